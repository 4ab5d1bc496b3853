"""Clients that cost little, as they share the machine with what they measure.

One thread waits on all sockets. Requests are made before the clock starts; a connection is kept
alive and has one request under way at a time. Every status is checked, and some bodies are kept.
"""

import select
import socket
from collections import deque
from collections.abc import Sequence
from math import inf
from time import perf_counter

from attrs import define, field, frozen

_EVERY_NTH_BODY = 100
_LENGTH = b"content-length: "


class UnexpectedAnswer(Exception):
    """The server said something else than the benchmark is about."""


@frozen
class Driven:
    """What came of a load."""

    seconds: float
    latencies: list[float] = field(repr=False)
    """Seconds from when a request was due to its answer: waiting for a connection counts."""
    bodies: list[bytes] = field(repr=False)

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds


@define
class _Client:
    connection: socket.socket
    due: float = 0.0
    received: bytes = b""


class Crowd:
    """Clients with a connection each."""

    def __init__(self, port: int, clients: int) -> None:
        self._poll = select.epoll()
        self._clients: dict[int, _Client] = {}
        for _ in range(clients):
            connection = socket.create_connection(("127.0.0.1", port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._poll.register(connection, select.EPOLLIN)
            self._clients[connection.fileno()] = _Client(connection)

    def leave(self) -> None:
        for client in self._clients.values():
            client.connection.close()
        self._poll.close()

    def send(
        self, requests: Sequence[bytes], per_second: float = inf, status: bytes = b"201"
    ) -> Driven:
        """Send all requests: each as soon as a client is free, or at a steady rate.

        :raises UnexpectedAnswer: if an answer has another status.
        """
        idle, waiting = deque(self._clients.values()), deque(requests)
        latencies: list[float] = []
        bodies: list[bytes] = []
        wanted = b"HTTP/1.1 " + status
        started = now = perf_counter()
        sent = 0
        while len(latencies) < len(requests):
            while waiting and idle and (due := started + sent / per_second) <= now:
                client = idle.popleft()
                client.due = due
                client.connection.sendall(waiting.popleft())
                sent += 1
            pause = max(0.0, due - now) if waiting and idle else -1
            for number, _ in self._poll.poll(pause):
                client = self._clients[number]
                answer = client.received + client.connection.recv(65_536)
                if not _is_whole(answer):
                    client.received = answer
                    continue
                client.received = b""
                if not answer.startswith(wanted):
                    raise UnexpectedAnswer(answer.decode())
                if len(latencies) % _EVERY_NTH_BODY == 0:
                    bodies.append(answer.partition(b"\r\n\r\n")[2])
                latencies.append(perf_counter() - client.due)
                idle.append(client)
            now = perf_counter()
        return Driven(perf_counter() - started, latencies, bodies)


def _is_whole(answer: bytes) -> bool:
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        if not answer:
            raise UnexpectedAnswer("the server hung up")
        return False
    start = answer.index(_LENGTH) + len(_LENGTH)
    length = int(answer[start : answer.index(b"\r\n", start)])
    return len(answer) >= end + 4 + length
