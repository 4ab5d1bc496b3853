"""Starts a pgbouncer in front of a test's server, if one is installed."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from re import search
from urllib.parse import urlsplit

import pytest

from ece_adapters.postgres.embedded.server_account import ENVIRONMENT, server_home

PROGRAM = shutil.which("pgbouncer", path="/usr/bin:/usr/sbin:/usr/local/bin:/usr/local/sbin")
KEEPS_PREPARED_STATEMENTS = (1, 21)
SERVERS = 2
"""Connections to the server: fewer than clients, so that clients share them."""

_CONFIGURATION = """
[databases]
* = host={host} port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own_port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = {servers}
max_client_conn = 100
server_tls_sslmode = disable
"""


def version() -> tuple[int, int]:
    """:raises Skipped: if pgbouncer is not installed or too old."""
    if PROGRAM is None:
        pytest.skip("pgbouncer is not installed: apt-get install pgbouncer")
    answer = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True)
    found = search(r"PgBouncer (\d+)\.(\d+)", answer.stdout)
    assert found, answer.stdout
    return int(found[1]), int(found[2])


@contextmanager
def pgbouncer(url: str, *, settings: str = "") -> Iterator[str]:
    """The URL of the same database and account, through a pgbouncer."""
    assert PROGRAM
    address = urlsplit(url)
    assert address.username
    assert address.password
    folder = Path(tempfile.mkdtemp(prefix="ece-pgbouncer-"))
    folder.chmod(0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        own_port = probe.getsockname()[1]
    (folder / "users").write_text(f'"{address.username}" "{address.password}"\n')
    (folder / "ini").write_text(
        _CONFIGURATION.format(
            host=address.hostname,
            port=address.port,
            own_port=own_port,
            folder=folder,
            servers=SERVERS,
        )
        + settings
    )
    _, account = server_home(folder)  # pgbouncer, too, refuses to run as root
    command = account.command(Path(PROGRAM), "-q", folder / "ini")
    with subprocess.Popen(command, env=ENVIRONMENT, cwd="/", start_new_session=True) as process:
        try:
            _wait_for(own_port, process)
            login = f"{address.username}:{address.password}"
            yield address._replace(netloc=f"{login}@127.0.0.1:{own_port}").geturl()
        finally:
            process.terminate()
            process.wait(10)
            shutil.rmtree(folder)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert process.poll() is None, f"pgbouncer ended with {process.returncode}"
            assert time.monotonic() < deadline, "pgbouncer does not listen"
            time.sleep(0.05)
        else:
            return
