"""``ece serve`` with several workers, its end without a failed request, and its signals."""

import json
import os
import signal
import socket
import threading
import time
from typing import Self
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import psutil
import pytest

from .ece import Open, all_gone

DEMO = {"email": "ada@demo.example", "password": "collect-them-all"}
BODY = b'{"email": "ann@example.com", "password": "none of them"}'


def workers_of(exchange: Open) -> list[psutil.Process]:
    return list(filter(_is_worker, psutil.Process(exchange.process.pid).children()))


def _is_worker(process: psutil.Process) -> bool:
    try:
        return "multiprocessing.spawn" in " ".join(process.cmdline())
    except psutil.Error:  # it ended meanwhile
        return False


def wait_for(condition, seconds=120):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def status(exchange: Open, path: str) -> int:
    try:
        with urlopen(exchange.url + path, timeout=5) as answer:
            return int(answer.status)
    except HTTPError as refused:
        return refused.code


class Visitor(threading.Thread):
    """Asks for the start page again and again, on a new connection each time."""

    def __init__(self, exchange: Open) -> None:
        super().__init__(daemon=True)
        self.exchange, self.failures, self.is_done = exchange, [], False

    def run(self) -> None:
        while not self.is_done:
            try:
                with urlopen(f"{self.exchange.url}/health/ready", timeout=20):
                    pass
            except URLError as error:
                self.failures.append(error)
            time.sleep(0.02)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.is_done = True
        self.join(30)


def test_a_dead_worker_is_replaced_and_a_new_secret_is_read_without_a_failed_request(free_ece):
    secret, other = (free_ece.folder / ".ece" / name for name in ("secret", "other"))
    other.parent.mkdir()
    for path in (secret, other):
        path.touch(mode=0o600)
        path.write_bytes(os.urandom(32))
    rotating = free_ece.with_variable(ECE_OTHER_SECRET_FILES=str(other), ECE_ACCESS_LOG="false")
    with rotating.serving("--workers", "2", "--demo") as exchange:
        first = workers_of(exchange)
        assert len(first) == 2
        token = log_in(exchange)

        first[0].kill()
        wait_for(lambda: len({*workers_of(exchange)} - {*first}) == 1)
        second = workers_of(exchange)

        both = secret.read_bytes(), other.read_bytes()
        secret.write_bytes(both[1])
        other.write_bytes(both[0])
        with Visitor(exchange) as visitor:
            exchange.process.send_signal(signal.SIGHUP)
            wait_for(lambda: len(now := {*workers_of(exchange)}) == 2 and not now & {*second})
        assert visitor.failures == []
        assert me(exchange, token) == 200, "signed with the secret of before"
        assert log_in(exchange).partition(".")[0] != token.partition(".")[0], "another key"

        processes = exchange.processes
        assert exchange.stop(signal.SIGTERM) == 0
        assert all_gone(processes)


def test_ctrl_c_ends_all_workers_quietly(ece):
    with ece.serving("--workers", "2") as exchange:
        processes = exchange.processes
        assert len(workers_of(exchange)) == 2
        assert exchange.stop(signal.SIGINT) == 0
        assert all_gone(processes)


def test_workers_end_when_their_supervisor_is_killed(ece):
    with ece.serving("--workers", "2") as exchange:
        processes = exchange.processes
        exchange.process.kill()
        assert all_gone(processes)


def test_the_memory_store_has_one_worker(ece):
    refused = ece("serve", "--store", "memory", "--workers", "2")
    assert refused.returncode == 2
    assert "--workers 1" in refused.stderr


def test_the_server_is_not_ready_before_it_ends_and_finishes_requests_in_progress(ece):
    draining = ece.with_variable(ECE_DRAIN_SECONDS="2")
    with draining.serving("--store", "memory") as exchange:
        host, port = exchange.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as client:
            head = (
                f"POST /v1/sessions HTTP/1.1\r\nHost: {host}:{port}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n"
            )
            client.sendall(head.encode() + BODY[:10])
            assert status(exchange, "/health/ready") == 200
            exchange.process.send_signal(signal.SIGTERM)
            wait_for(lambda: status(exchange, "/health/ready") == 503, 2)
            assert status(exchange, "/health/live") == 200, "still serves"
            wait_for(lambda: not exchange.answers("/health/live"))
            client.sendall(BODY[10:])
            assert client.recv(1000).startswith(b"HTTP/1.1 401 ")
        assert exchange.process.wait(30) == 0


def test_a_second_ctrl_c_ends_the_drain(ece):
    with ece.with_variable(ECE_DRAIN_SECONDS="60").serving("--store", "memory") as exchange:
        exchange.process.send_signal(signal.SIGTERM)
        wait_for(lambda: status(exchange, "/health/ready") == 503, 2)
        assert exchange.stop(signal.SIGINT) == 0


@pytest.mark.parametrize("workers", ["0", "-1", "many"])
def test_refuses_a_number_of_workers_that_cannot_be(ece, workers):
    assert ece("serve", "--workers", workers).returncode == 2


def log_in(exchange: Open) -> str:
    return str(asked(exchange, "POST", "/v1/sessions", DEMO)["access_token"])


def me(exchange: Open, token: str) -> int:
    return int(asked(exchange, "GET", "/v1/me", None, token)["status"])


def asked(exchange: Open, method: str, path: str, body=None, token=""):
    request = Request(
        exchange.url + path,
        method=method,
        data=json.dumps(body).encode() if body else None,
        headers={
            **({"Content-Type": "application/json"} if body else {}),
            **({"Authorization": f"Bearer {token}"} if token else {}),
        },
    )
    with urlopen(request, timeout=10) as answer:
        return {**json.load(answer), "status": answer.status}
