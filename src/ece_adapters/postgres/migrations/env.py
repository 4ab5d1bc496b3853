"""Run by Alembic, for every command: hands it the connection that ``migrate`` opened."""

from alembic import context
from sqlalchemy import text

connection = context.config.attributes["connection"]
context.configure(connection=connection)
with context.begin_transaction():
    # Of servers that start at the same moment, one migrates, and the others then find it done.
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('ece migration'))"))
    context.run_migrations()
