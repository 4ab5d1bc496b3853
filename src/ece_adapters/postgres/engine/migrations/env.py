"""Run by Alembic for every command: passes it the connection that ``migrate`` opened."""

from alembic import context
from sqlalchemy import text
from sqlalchemy.util import await_only

from ece_adapters.postgres.engine import privileges, roles

connection = context.config.attributes["connection"]
context.configure(connection=connection)
with context.begin_transaction():
    # When servers start at the same moment, one migrates; the others wait and find it done.
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('ece migration'))"))
    driver = connection.connection.driver_connection
    await_only(roles.become_owner(driver))
    context.run_migrations()
    await_only(privileges.grant(driver))
