"""Database URLs: every tool accepts the same ones, and no error text shows a password."""

import asyncio
import traceback
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from ece_adapters.postgres import PostgresDatabase
from ece_adapters.postgres.embedded.embedded_server import EmbeddedPostgres
from ece_adapters.postgres.embedded.running_server import RunningServer
from ece_adapters.postgres.engine import migrate
from ece_adapters.postgres.engine.connection import (
    InvalidDatabaseUrl,
    connect,
    connection_arguments,
)
from ece_adapters.postgres.engine.schema_revision import NEWEST, read_server_info
from ece_adapters.postgres.engine.server import PostgresServer, ServerByUrl
from ece_entrypoints.wiring.exchange import Exchange
from ece_entrypoints.wiring.settings import Settings

PASSWORD = "open-sesame"
URL = f"postgresql://ann:{PASSWORD}@127.0.0.1:1/ece"


@pytest.fixture
async def empty_database(postgres_server: PostgresServer):
    url = await postgres_server.create_database("ece_test_urls")
    yield url
    await postgres_server.drop_database("ece_test_urls")


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url.replace("postgresql://", "postgres://"),
        lambda url: url + "?sslmode=disable",
        lambda url: url + "?sslmode=prefer&connect_timeout=7&keepalives=1&channel_binding=prefer",
        lambda url: url + "?application_name=check&options=-c%20work_mem%3D8MB",
        lambda url: url.replace("@127.0.0.1:", "@127.0.0.1:1,127.0.0.1:"),
        lambda url: url.replace("@127.0.0.1:", "@[::ffff:127.0.0.1]:"),
    ],
)
async def test_migrations_the_doctor_and_the_exchange_read_the_same_urls(empty_database, change):
    url = change(empty_database)
    await asyncio.to_thread(migrate.upgrade, url)
    assert (await read_server_info(url)).revision == NEWEST
    database = PostgresDatabase(url)
    await database.open()
    assert await database.ready()
    await database.close()


async def test_settings_of_the_url_reach_the_server_and_ours_win(empty_database):
    url = empty_database + "?application_name=mine&options=-c%20work_mem%3D8MB"
    connection = await connect(url, {"application_name": "ece"})
    try:
        assert await connection.fetchval("SHOW work_mem") == "8MB"
        assert await connection.fetchval("SHOW application_name") == "ece"
    finally:
        await connection.close()


async def test_sslmode_require_refuses_a_server_without_tls(empty_database):
    with pytest.raises((asyncpg.PostgresError, ConnectionError), match="SSL"):
        await connect(empty_database + "?sslmode=require")


def test_a_url_names_the_seconds_to_wait_for_a_connection():
    assert connection_arguments(URL)["timeout"] == 5
    assert connection_arguments(f"{URL}?connect_timeout=30")["timeout"] == 30


@pytest.mark.parametrize(
    ("url", "what"),
    [
        (f"mysql://ann:{PASSWORD}@host/ece", "does not begin with postgresql://"),
        (PASSWORD, "does not begin with postgresql://"),
        (f"postgresql://ann:{PASSWORD}/x@host/ece", "%2F for /"),
        (f"postgresql://ann:{PASSWORD}@x@host/ece", "%40 for @"),
        (f"postgresql://ann:{PASSWORD}#x@host/ece", "%23 for #"),
        (f"postgresql://ann:{PASSWORD}?x@host/ece", "cannot be read"),
        (f"postgresql://ann:{PASSWORD}@host:port/ece", "host cannot be read"),
        (f"postgresql://ann:{PASSWORD}@[host/ece", "cannot be read"),
        (f"{URL}?sslmode", "name=value"),
        (f"{URL}?connect_timeout=soon", "connect_timeout"),
        (f"{URL}?channel_binding=require", "channel_binding asks for"),
        (f"{URL}?requirepeer=postgres", "requirepeer asks for"),
    ],
)
async def test_a_url_that_cannot_be_read_is_refused_without_being_quoted(url, what):
    with pytest.raises(InvalidDatabaseUrl, match=what) as refused:
        await read_server_info(url)
    assert PASSWORD not in "".join(traceback.format_exception(refused.value))


def test_nothing_shows_the_password_of_a_url(tmp_path: Path, postgres_server: PostgresServer):
    settings = Settings(database_url=URL)
    shown = [
        repr(ServerByUrl(URL)),
        repr(settings),
        repr(PostgresDatabase(URL)),
        repr(Exchange(settings=settings).database()),
        repr(RunningServer(1, PASSWORD)),
        str(Settings.__attrs_attrs__),
    ]
    assert not [text for text in shown if PASSWORD in text]
    assert isinstance(postgres_server, (EmbeddedPostgres, ServerByUrl))
    password = urlsplit(postgres_server.url()).password
    assert password
    assert password not in repr(postgres_server)


async def test_an_error_of_a_connection_does_not_show_the_password():
    for url in (URL, f"{URL}?password={PASSWORD}&sslmode=disable"):
        with pytest.raises(OSError, match="Connect call failed") as refused:
            await connect(url)
        assert PASSWORD not in "".join(traceback.format_exception(refused.value))
