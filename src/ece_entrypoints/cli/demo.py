"""The demo exchange: ``ece demo``."""

from cyclopts import App

from ece_domain.identity import Actor, Password
from ece_entrypoints.demo import PASSWORD, PEOPLE, fill, with_published_password
from ece_entrypoints.wiring.exchange import Exchange

from .databases import bring_up_to_date, check_up_to_date, database_of, on_exchange
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


@app.command
def close(*, database_url: DatabaseUrl = None) -> None:
    """Give every demo collector a random password, so that nobody can log in as one of them.

    Their sessions end. Cards, listings and sales stay.
    """
    settings = settings_with(database_url=database_url)
    with database_of(settings) as urls:
        check_up_to_date(urls)
        closed = on_exchange(urls, settings, _close)
    print(f"{closed} demo collectors can no longer log in with the published password")


async def _close(exchange: Exchange) -> int:
    fresh_secret = exchange.identity.secrets()
    users = await with_published_password(exchange)
    for user in users:
        await exchange.identity.set_password()(
            user_id=user.id, password=Password(fresh_secret().hex()), actor=Actor.exchange()
        )
    return len(users)
