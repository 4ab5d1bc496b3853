"""Databases and folders that ECE cannot work with: one line, exit code 3, and what helps."""

import json
import os
import socket
import threading
from contextlib import asynccontextmanager
from secrets import token_hex
from urllib.parse import urlsplit

import pytest
from attrs import evolve

from ece_adapters.postgres.engine.connection import connect

from .ece import PROGRAM


@asynccontextmanager
async def database(server, options="", *statements):
    name = f"ece_unusable_{token_hex(4)}"
    admin = await connect(server.url())
    try:
        await admin.execute(f"CREATE DATABASE {name} {options}")
        for statement in statements:
            await admin.execute(statement.format(name=name))
        yield server.url(name)
    finally:
        await admin.close()
        await server.drop_database(name)


@pytest.fixture
def bound_ece(free_ece):
    """``ece`` for which permissions of files count, even when root runs the tests."""
    if os.geteuid() != 0:
        return free_ece
    prefix = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
    return evolve(free_ece, prefix=prefix)


def one_line(refused, code=3):
    assert refused.returncode == code, refused.stderr
    assert refused.stderr.startswith("ece: ")
    assert refused.stderr.count("\n") == 1
    return refused.stderr


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
async def test_a_database_that_does_not_store_all_characters_is_refused(
    ece, postgres_server, encoding
):
    options = f"ENCODING '{encoding}' LOCALE 'C' LOCALE_PROVIDER libc TEMPLATE template0"
    async with database(postgres_server, options) as url:
        away = ece.with_variable(ECE_DATABASE_URL=url)
        for arguments in (["serve", "--port", "0"], ["db", "upgrade"], ["db", "check"]):
            line = one_line(away(*arguments))
            assert encoding in line
            assert "CREATE DATABASE ece ENCODING 'UTF8'" in line
        shown = away("doctor", "--json")
    assert shown.returncode == 1
    (found,) = (one for one in json.loads(shown.stdout)["diagnoses"] if one["name"] == "database")
    assert found["health"] == "broken"
    assert encoding in found["what"]


async def test_an_account_that_may_not_create_tables_is_told_what_an_administrator_must_run(
    ece, postgres_server
):
    """It may use the schema, so that PostgreSQL only warns of its GRANT."""
    account = f"ece_guest_{token_hex(4)}"
    statements = (
        "DO $$ BEGIN CREATE ROLE ece_owner; EXCEPTION WHEN duplicate_object THEN END $$",
        "DO $$ BEGIN CREATE ROLE ece_application; EXCEPTION WHEN duplicate_object THEN END $$",
        f"CREATE ROLE {account} LOGIN PASSWORD 'pw' IN ROLE ece_owner, ece_application",
    )
    async with database(postgres_server, "", *statements) as url:
        admin = await connect(url)
        await admin.execute("REVOKE CREATE ON SCHEMA public FROM ece_owner, PUBLIC")
        await admin.execute(f"GRANT USAGE ON SCHEMA public TO {account}")
        await admin.close()
        host = urlsplit(url).netloc.rpartition("@")[2]
        guest = urlsplit(url)._replace(netloc=f"{account}:pw@{host}").geturl()
        away = ece.with_variable(ECE_DATABASE_URL=guest)
        line = one_line(away("db", "upgrade"))
        assert "GRANT USAGE, CREATE ON SCHEMA public TO ece_owner" in line
        one_line(away("serve", "--port", "0"))
    admin = await connect(postgres_server.url())
    await admin.execute(f"DROP ROLE {account}")
    await admin.close()


@pytest.mark.parametrize("store", ["memory", "postgres"])
@pytest.mark.parametrize("mode", [0o500, 0o000])
def test_a_data_folder_that_cannot_be_written_to_is_refused_with_the_cure(bound_ece, store, mode):
    folder = bound_ece.folder / ".ece"
    folder.mkdir(mode=mode)
    try:
        line = one_line(bound_ece("serve", "--store", store, "--port", "0"))
        shown = bound_ece("doctor", "--json")
    finally:
        folder.chmod(0o700)
    assert f"chmod -R u+rwX {folder}" in line
    assert shown.returncode == 1
    found = {each["name"]: each for each in json.loads(shown.stdout)["diagnoses"]}
    assert found["data folder"]["cure"] == f"chmod -R u+rwX {folder}"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_data_folder_of_another_account_is_refused_with_a_solution(bound_ece):
    folder = bound_ece.folder / ".ece"
    folder.mkdir(mode=0o755)
    os.chown(folder, 65534, 65534)
    line = one_line(bound_ece("serve", "--port", "0"))
    assert f"sudo chown -R root {folder}" in line
    assert bound_ece("doctor").returncode == 1


def test_check_refuses_a_folder_in_which_no_exchange_was_ever_opened(free_ece):
    for command in (["check"], ["db", "check"], ["db", "downgrade", "base"]):
        line = one_line(free_ece(*command))
        assert f"no exchange was ever opened in {free_ece.folder}/.ece/postgres" in line
    assert list(free_ece.folder.iterdir()) == []


def test_check_refuses_the_memory_store(free_ece):
    line = one_line(free_ece.with_variable(ECE_STORE="memory")("check"), code=2)
    assert "unset ECE_STORE" in line
    assert list(free_ece.folder.iterdir()) == []


async def test_check_names_the_exchange_that_it_checked(ece, postgres_server):
    async with database(postgres_server) as url:
        away = ece.with_variable(ECE_DATABASE_URL=url)
        assert away("db", "upgrade").returncode == 0
        address = urlsplit(url)
        place = f"PostgreSQL at {address.hostname}:{address.port}{address.path}"
        assert away("check").stdout.startswith(f"checked {place}: ")
        assert json.loads(away("check", "--json").stdout)["exchange"] == place


def test_doctor_knows_the_port_of_its_own_exchange(ece):
    with ece.serving("--store", "memory") as exchange:
        beside = ece.with_variable(ECE_PORT=exchange.url.rpartition(":")[2])
        found = json.loads(beside("doctor", "--json").stdout)["diagnoses"]
    (port,) = (each for each in found if each["name"] == "port")
    assert port["health"] == "good"
    assert "an exchange answers" in port["what"]


def test_doctor_does_not_take_another_server_for_an_exchange(ece):
    def answer(listener):
        connection, _ = listener.accept()
        connection.recv(1000)
        connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{"status":"ok"}')
        connection.close()

    with socket.create_server(("127.0.0.1", 0)) as other:
        threading.Thread(target=answer, args=(other,)).start()
        beside = ece.with_variable(ECE_PORT=str(other.getsockname()[1]))
        found = json.loads(beside("doctor", "--json").stdout)["diagnoses"]
    (port,) = (each for each in found if each["name"] == "port")
    assert port["health"] == "optional"


@pytest.mark.parametrize(
    "command", ["doctor", "--help", "openapi", "serve --help", "doctor --json"]
)
def test_a_reader_that_ends_early_causes_no_traceback(ece, command):
    ran = ece.in_shell(f"'{PROGRAM}' {command} | true")
    assert ran.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["check", "--json"], 3),
        (["db", "check", "--json", "--nonsense"], 2),
        (["import", "tcg-pocket", "nowhere", "--json"], 2),
    ],
)
def test_with_json_an_error_is_json(free_ece, arguments, code):
    refused = free_ece(*arguments)
    assert refused.returncode == code
    error = json.loads(refused.stdout)["error"]
    assert error["exit_code"] == code
    assert error["what"]
    assert refused.stderr == ""


def test_an_unexpected_failure_of_the_system_is_one_line(free_ece):
    """A folder that is removed under the command, for example."""
    gone = free_ece.folder / "gone"
    ran = free_ece.in_shell(f"mkdir '{gone}' && cd '{gone}' && rmdir '{gone}' && '{PROGRAM}' check")
    assert ran.returncode == 3
    assert ran.stderr.count("\n") == 1, ran.stderr
