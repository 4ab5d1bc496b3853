"""Left-over processes and files of a killed owner, server or machine are cleaned up."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from ece_adapters.postgres.embedded.embedded_server import EmbeddedPostgres

OWNER = """
import signal, sys, time
from pathlib import Path
from ece_adapters.postgres.embedded.embedded_server import EmbeddedPostgres

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
server = EmbeddedPostgres(Path(sys.argv[1]), durable=False).start()
print(server.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("death", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells a server of its owner's death"
)
def test_server_ends_with_the_process_that_started_it(open_folder, death):
    folder = open_folder / "server"
    command = [sys.executable, "-c", OWNER, folder]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as owner:
        assert owner.stdout is not None
        postmaster = psutil.Process(int(owner.stdout.readline()))
        assert postmaster.is_running()
        owner.send_signal(death)
        owner.wait(5)
        postmaster.wait(10)
    assert not (folder / "cluster/postmaster.pid").exists()


def of_the_same_account(server: EmbeddedPostgres, *command: str | Path) -> subprocess.Popen[bytes]:
    """A process that does not end with its parent."""
    account = server._folder.account
    root = os.geteuid() == 0
    return subprocess.Popen(
        command,
        cwd="/",
        env={"LC_ALL": "C", "PATH": os.environ["PATH"]},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        user=account.uid if root else None,
        group=account.gid if root else None,
        extra_groups=[] if root else None,
    )


def test_start_ends_a_left_over_server(server):
    with server:
        cluster, port = server.data_directory / "cluster", server.port
    program = server.binaries / "postgres"
    sockets = ("-c", f"port={port}", "-c", "unix_socket_directories=")
    with of_the_same_account(server, program, "-D", cluster, *sockets) as left_over:
        while not server._folder.says_ready(left_over.pid):
            assert left_over.poll() is None
            time.sleep(0.01)
        with server:
            assert left_over.wait(0.1) == 0
            assert server.pid != left_over.pid


def test_starts_although_another_program_reused_the_pid(server):
    with server:
        state = server.data_directory / "cluster/postmaster.pid"
        server.kill()
        with of_the_same_account(server, "sleep", "60") as stranger:
            lines = state.read_text().splitlines()
            state.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
            server.start(timeout_seconds=10)
            assert stranger.poll() is None
            stranger.kill()


def test_starts_with_a_truncated_state_file(server):
    with server:
        server.kill()
        (server.data_directory / "cluster/postmaster.pid").write_text("")
        server.start(timeout_seconds=10)


def test_an_interrupted_initdb_is_repeated(server):
    with server:
        pass
    folder = server.data_directory
    (folder / "cluster").rename(folder / "cluster.new")
    (folder / "cluster.new/global/pg_control").unlink()
    with server:
        assert not (folder / "cluster.new").exists()
