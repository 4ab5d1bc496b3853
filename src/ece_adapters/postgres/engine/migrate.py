"""Migrates a database to a revision of the schema."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from .connection import connect

T = TypeVar("T")


class MigrationFailed(Exception):
    """The database refused a step, and is as before; the text is the refusal."""


def upgrade(dsn: str, revision: str = "head") -> None:
    """Run every step up to the revision as the owner role, and grant all privileges anew.

    :raises RolesMissing: if roles are missing and the account may not create them.
    :raises MigrationFailed: if the database refuses a step.
    """
    _run(dsn, lambda connection: command.upgrade(_config(connection), revision))


def downgrade(dsn: str, revision: str) -> None:
    """Downgrade to the revision; ``base`` is the empty database.

    :raises RolesMissing: if roles are missing and the account may not create them.
    :raises MigrationFailed: if the database refuses a step.
    """
    _run(dsn, lambda connection: command.downgrade(_config(connection), revision))


def steps() -> list[str]:
    """Every revision, oldest first. This version of ECE needs the last one."""
    scripts = ScriptDirectory.from_config(_config(None))
    return [script.revision for script in scripts.walk_revisions()][::-1]


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def _run(dsn: str, work: Callable[[Connection], T]) -> T:
    # In a separate thread: the caller may already be inside an event loop.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _connected(dsn, work)).result()


async def _connected(dsn: str, work: Callable[[Connection], T]) -> T:
    async def opened() -> asyncpg.Connection:
        return await connect(dsn)

    # SQLAlchemy does not parse our URLs: it supports neither sslmode nor postgres://.
    engine = create_async_engine("postgresql+asyncpg://", async_creator=opened, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    except asyncpg.PostgresError as error:  # by the SQL of a step
        raise MigrationFailed(str(error)) from error
    except DBAPIError as error:  # by Alembic itself
        raise MigrationFailed(str(error.orig)) from error
    finally:
        await engine.dispose()
