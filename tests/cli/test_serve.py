"""``ece serve`` as a process: what it starts, and that all of it ends."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from .curl import path_with_curl
from .ece import PROGRAM, Open, all_gone, free_port

STORES = ["memory", "postgres"]


@pytest.mark.parametrize("store", STORES)
def test_serve_answers_requests_and_exits_on_ctrl_c(ece, store):
    with ece.serving("--store", store) as exchange:
        for path in ("/health/live", "/health/ready", "/docs/api"):
            assert exchange.answers(path)
            assert exchange.url + path in exchange.said or path == "/health/live"
        processes = exchange.processes
        assert len(processes) > 1 or store == "memory"
        assert exchange.stop(signal.SIGINT) == 0
        assert all_gone(processes)


@pytest.mark.parametrize("store", STORES)
def test_prints_a_line_that_buys_a_card(free_ece, store):
    with free_ece.serving("--store", store, "--demo") as exchange:
        bought = json.loads(bought_by_the_line(exchange, free_ece.folder))
        assert bought["price"] == {"amount": 125, "asset": "USD/2"}
        again = json.loads(bought_by_the_line(exchange, free_ece.folder))
        assert again == bought, "the same key, the same answer"


def test_a_restart_is_fast_keeps_the_sale_and_offers_another_card(free_ece):
    with free_ece.serving("--demo") as exchange:
        first = json.loads(bought_by_the_line(exchange, free_ece.folder))
    with free_ece.serving("--demo") as exchange:
        assert exchange.cpu_seconds < 4
        second = json.loads(bought_by_the_line(exchange, free_ece.folder))
    assert second["id"] != first["id"]
    assert second["buyer_id"] == first["buyer_id"]
    assert free_ece("check").returncode == 0


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP])
def test_serve_exits_cleanly_on_every_termination_signal(ece, ending):
    with ece.serving() as exchange:
        processes = exchange.processes
        assert exchange.stop(ending) == 0
        assert all_gone(processes)


def test_only_their_owner_can_read_the_secret_and_the_database(ece):
    with ece.serving():
        secret = ece.folder / ".ece" / "secret"
        assert secret.stat().st_mode & 0o777 == 0o600
        before = secret.read_bytes()
    with ece.serving() as again:
        assert secret.read_bytes() == before
        assert again.cpu_seconds < 4


def test_a_second_server_on_the_same_folder_is_refused(ece):
    with ece.serving() as exchange:
        refused = ece("serve", "--port", str(free_port()))
        assert refused.returncode == 3
        assert f"is in use by process {exchange.process.pid}" in refused.stderr
        assert refused.stderr.count("\n") == 1


def test_restarts_the_embedded_postgresql_when_it_was_killed(free_ece):
    with free_ece.serving("--demo") as exchange:
        before = json.loads(bought_by_the_line(exchange, free_ece.folder))
        (first, *_) = (one for one in exchange.processes if one.name() == "postgres")
        first.kill()
        deadline = time.monotonic() + 30
        while not exchange.answers("/health/ready") or first.is_running():
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert json.loads(bought_by_the_line(exchange, free_ece.folder)) == before
        processes = exchange.processes
        assert exchange.stop() == 0
        assert all_gone(processes)


def test_check_works_while_the_exchange_is_running(ece):
    with ece.serving() as exchange:
        assert ece("check").returncode == 0
        assert ece("db", "check").returncode == 0
        assert exchange.answers("/health/ready")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems cannot end us with our parent")
def test_all_processes_end_when_the_parent_is_killed(ece):
    port = free_port()
    serve = f"'{PROGRAM}' serve --port {port} --stop-with-parent & wait"
    parent = subprocess.Popen(
        ["sh", "-c", serve], cwd=ece.folder, env=dict(ece.environment), stdout=subprocess.DEVNULL
    )
    processes = _wait_for_postgres(parent)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    assert all_gone(processes)


def bought_by_the_line(exchange: Open, folder: Path) -> str:
    """Run the printed ``curl`` line in a shell; return its output."""
    (line,) = (line for line in exchange.said.splitlines() if line.startswith("curl "))
    ran = subprocess.run(
        ["sh", "-c", line],
        env={**os.environ, "PATH": path_with_curl(folder)},
        capture_output=True, text=True, check=True, timeout=30,
    )  # fmt: skip
    assert ran.stderr == ""
    return ran.stdout


def _wait_for_postgres(parent: "subprocess.Popen[bytes]") -> list[psutil.Process]:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = psutil.Process(parent.pid).children(recursive=True)
        if any("checkpointer" in _command_of(one) for one in found):
            return found
        time.sleep(0.1)
    raise AssertionError("PostgreSQL did not start")


def _command_of(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:  # short-lived ones end while they are looked at
        return ""
