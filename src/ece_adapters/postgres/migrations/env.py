"""Run by Alembic, for every command: hands it the connection that ``migrate`` opened."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
