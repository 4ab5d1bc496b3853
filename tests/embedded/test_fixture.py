"""The fixtures that give other tests their databases."""

import asyncio
import os
import subprocess
import sys
from contextlib import ExitStack
from types import SimpleNamespace

import pytest

from ece_adapters.postgres.embedded.embedded_server import EmbeddedPostgres
from tests import postgres_fixture
from tests.postgres_fixture import migrated_database

COUNT_DATABASES = "SELECT count(*) FROM pg_database"


@pytest.fixture
def upgraded(ask, monkeypatch):
    """The migrated databases; the migration creates one table."""
    databases = []

    def upgrade(url):
        databases.append(url)
        asyncio.run(ask(url, "CREATE TABLE cards AS SELECT 1 AS id", "SELECT 1"))

    migrate = SimpleNamespace(upgrade=upgrade)
    monkeypatch.setitem(sys.modules, "ece_adapters.postgres.engine.migrate", migrate)
    return databases


async def test_databases_are_migrated_once_and_apart(server: EmbeddedPostgres, upgraded, ask):
    with server:
        async with migrated_database(server) as first, migrated_database(server) as second:
            await ask(first, "INSERT INTO cards VALUES (2)", "SELECT 1")
            assert await ask(first, "SELECT count(*) FROM cards") == 2
            assert await ask(second, "SELECT count(*) FROM cards") == 1
        assert len(upgraded) == 1
        databases_and_template = await ask(server.url(), COUNT_DATABASES)
        assert databases_and_template == 4


def test_fails_and_names_the_missing_programs_without_postgresql(monkeypatch):
    monkeypatch.setattr("ece_adapters.postgres.embedded.server_binaries.find_spec", {}.get)
    missing = r"\[embedded\].*or set ECE_TEST_DATABASE_URL"
    with ExitStack() as cleanup, pytest.raises(pytest.fail.Exception, match=missing):
        postgres_fixture._embedded_server(cleanup)


CHILD = """
import os, sys
from types import SimpleNamespace

sys.modules["ece_adapters.postgres.engine.migrate"] = SimpleNamespace(upgrade=lambda url: None)

def test_runs_on_the_named_server(postgres_url):
    address = os.environ["ECE_TEST_DATABASE_URL"].rpartition("/")[0]
    assert postgres_url.startswith(address + "/ece_test_")
"""


async def test_uses_the_server_of_the_variable_and_leaves_it_as_it_was(server, ask, tmp_path):
    (tmp_path / "test_child.py").write_text(CHILD)
    (tmp_path / "pytest.ini").write_text("[pytest]\nasyncio_mode = auto\n")
    with server:
        before = await ask(server.url(), COUNT_DATABASES)
        child = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "pytest", "-q", "-p", "tests.postgres_fixture", tmp_path],
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(sys.path),
                "ECE_TEST_DATABASE_URL": server.url("postgres"),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert "1 passed" in child.stdout, child.stdout
        assert await ask(server.url(), COUNT_DATABASES) == before
