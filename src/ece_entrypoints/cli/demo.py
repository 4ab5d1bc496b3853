"""The demo exchange: ``ece demo``."""

from cyclopts import App

from ece_entrypoints.demo import PASSWORD, PEOPLE, fill

from .databases import bring_up_to_date, database_of, on_exchange
from .epilogue import EXCHANGE, reads
from .options import DatabaseUrl, settings_with

app = App(
    name="demo",
    help="Fill an exchange with a demo set, collectors and trade.",
    help_epilogue=reads(*EXCHANGE),
)


@app.command
def seed(*, database_url: DatabaseUrl = None) -> None:
    """Fill the exchange with the demo, unless it was filled before.

    All demo collectors have the same, published password: use it on your own machine only.
    """
    settings = settings_with(database_url=database_url)
    with database_of(settings, may_create=True) as urls:
        bring_up_to_date(urls)
        filled = on_exchange(urls, settings, fill)
    names = ", ".join(person.email for person in PEOPLE)
    done = f"log in as {names}, with the password {PASSWORD}"
    print(done if filled else "the demo was filled before: nothing to do")
