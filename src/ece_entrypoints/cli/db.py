"""The database schema: ``ece db``."""

import json
import sys
from typing import Annotated

from alembic.util import CommandError
from cyclopts import App, Parameter

from ece_adapters.postgres.engine import migrate
from ece_adapters.postgres.engine.filled_tables import filled_tables
from ece_adapters.postgres.engine.roles import RolesMissing
from ece_adapters.postgres.engine.schema_revision import NEWEST
from ece_entrypoints.server.signals import run

from .databases import Urls, bring_up_to_date, database_of, revision_at
from .epilogue import DATABASE, reads
from .exit_codes import Exit, Stopped
from .options import AsJson, DatabaseUrl, settings_with

app = App(name="db", help="Manage the database schema.", help_epilogue=reads(*DATABASE))


@app.command
def upgrade(*, database_url: DatabaseUrl = None) -> None:
    """Migrate the schema to the newest revision, and restore its owner and privileges."""
    with database_of(settings_with(database_url=database_url), may_create=True) as urls:
        bring_up_to_date(urls, even_if_newest=True)
    print(f"the schema is at revision {NEWEST}")


@app.command
def downgrade(
    revision: str,
    /,
    *,
    yes: Annotated[bool, Parameter(negative="")] = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Downgrade the schema. The data of removed tables is lost: it asks before.

    :param revision: The revision to go back to; "base" leaves an empty database.
    :param yes: Do not ask. Needed in scripts, where there is data.
    """
    with database_of(settings_with(database_url=database_url)) as urls:
        if revision_at(urls.migration) != revision and not yes:
            _ask_before_deleting(urls)
        try:
            migrate.downgrade(urls.migration, revision)
        except CommandError as error:
            raise Stopped(str(error), Exit.MISUSED) from error
        except (RolesMissing, migrate.MigrationFailed) as error:
            raise Stopped(str(error)) from error
    print(f"the schema is at revision {revision}")


def _ask_before_deleting(urls: Urls) -> None:
    """:raises Stopped: unless there is nothing to delete, or a person agrees."""
    filled = run(filled_tables(urls.migration))
    if not filled:
        return
    what = f"this deletes data in {urls.place}, from {len(filled)} tables: {', '.join(filled)}"
    if not sys.stdin.isatty():
        raise Stopped(f"{what}. Add --yes if that is meant", Exit.MISUSED)
    if input(f"{what}.\nType yes to go on: ").strip() != "yes":
        raise Stopped("nothing was deleted", Exit.INTERRUPTED)


@app.command
def check(*, database_url: DatabaseUrl = None, as_json: AsJson = False) -> Exit:
    """Check that the database can be reached and is at the newest revision."""
    with database_of(settings_with(database_url=database_url)) as urls:
        revision = revision_at(urls.migration)
    if as_json:
        print(json.dumps({"revision": revision, "newest": NEWEST, "ok": revision == NEWEST}))
    elif revision == NEWEST:
        print(f"the schema is at revision {revision}, the newest")
    else:
        print(f"the schema is at revision {revision}, not at {NEWEST}: run ece db upgrade")
    return Exit.DONE if revision == NEWEST else Exit.FOUND_WRONG
