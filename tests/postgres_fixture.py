"""Databases for tests, on a real PostgreSQL.

Name this module in ``pytest_plugins`` of ``tests/conftest.py``. Each process of a test run starts
one embedded server, and ends it; set ``ECE_TEST_DATABASE_URL`` to use a running server instead,
by an account that may create databases. With neither, the tests fail.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager
from itertools import count
from pathlib import Path
from secrets import token_hex

import pytest

from ece_adapters.postgres.embedded.embedded_server import EmbeddedPostgres, ServerProgramsMissing
from ece_adapters.postgres.engine.server import PostgresServer, ServerByUrl

SERVER_VARIABLE = "ECE_TEST_DATABASE_URL"

_fresh_names = map(f"ece_test_{token_hex(4)}_{{}}".format, count(1))
_templates: dict[PostgresServer, str] = {}


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    with ExitStack() as cleanup:
        yield server_for_tests(cleanup)


def server_for_tests(cleanup: ExitStack) -> PostgresServer:
    """The server that the environment names, or an embedded one until the cleanup."""
    url = os.environ.get(SERVER_VARIABLE)
    if not url:
        return _embedded_server(cleanup)
    server = ServerByUrl(url)
    cleanup.callback(_drop_template, server)
    return server


@pytest.fixture
async def postgres_url(postgres_server: PostgresServer) -> AsyncIterator[str]:
    """The URL of an empty, migrated database for one test alone."""
    async with migrated_database(postgres_server) as url:
        yield url


@asynccontextmanager
async def migrated_database(server: PostgresServer) -> AsyncIterator[str]:
    """The URL of an empty, migrated database, which is dropped on leaving. Takes 0.1 s."""
    if server not in _templates:
        _templates[server] = await _migrated_template(server)
    name = next(_fresh_names)
    try:
        yield await server.create_database(name, _templates[server])
    finally:
        await server.drop_database(name)


def _embedded_server(cleanup: ExitStack) -> PostgresServer:
    folder = Path(tempfile.mkdtemp(prefix="ece-postgres-"))
    cleanup.callback(shutil.rmtree, folder)
    folder.chmod(0o711)  # when root runs the tests, the server runs as somebody else
    try:
        return cleanup.enter_context(EmbeddedPostgres(folder / "server", durable=False))
    except ServerProgramsMissing as missing:
        pytest.fail(f"these tests need PostgreSQL: {missing}; or set {SERVER_VARIABLE}")


async def _migrated_template(server: PostgresServer) -> str:
    from ece_adapters.postgres.engine.migrate import upgrade  # noqa: PLC0415 - needs the schema, not all do

    name = next(_fresh_names)
    url = await server.create_database(name)
    await asyncio.to_thread(upgrade, url)
    return name


def _drop_template(server: PostgresServer) -> None:
    if name := _templates.pop(server, None):
        with ThreadPoolExecutor() as thread:  # as the event loop of the tests belongs to this one
            thread.submit(asyncio.run, server.drop_database(name)).result()
