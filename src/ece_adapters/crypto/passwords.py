"""Hashes passwords with Argon2id in a few threads, so that many log-ins do not block ECE."""

import asyncio
import secrets
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Final, TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from attrs import frozen

from ece_domain.identity import ClientAddress, Password, PasswordHash, TooBusy

T = TypeVar("T")


@frozen
class Cost:
    """The cost of one hash: memory, and the number of passes over it."""

    memory_kib: int
    passes: int


STANDARD_COST: Final = Cost(memory_kib=19 * 1024, passes=2)
"""OWASP's setting for Argon2id: tens of milliseconds and 19 MiB."""

TOY_COST: Final = Cost(memory_kib=8, passes=1)
"""The minimum that Argon2 allows, for tests only."""


class Argon2Passwords:
    """Argon2id in a thread pool with a bounded queue; beyond it, calls raise ``TooBusy``.

    Clients of one network have a few slots of the queue, so that nobody can take them all.
    """

    def __init__(
        self,
        cost: Cost = STANDARD_COST,
        *,
        workers: int = 2,
        waiting: int = 64,
        places_per_network: int = 8,
    ) -> None:
        self._argon2 = PasswordHasher(
            time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=1, type=Type.ID
        )
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="ece-passwords")
        self._places = workers + waiting
        self._places_per_network = places_per_network
        self._taken = Counter[str]()
        """By network; those without an address are under an empty text."""
        self._lock = Lock()
        self._dummy_hash = self._argon2.hash(secrets.token_bytes(32))

    async def hash(self, password: Password, address: ClientAddress | None = None) -> PasswordHash:
        return PasswordHash(
            await self._in_a_thread(lambda: self._argon2.hash(password.text), address)
        )

    async def verify(
        self,
        password: Password,
        against: PasswordHash | None,
        address: ClientAddress | None = None,
    ) -> bool:
        return await self._in_a_thread(
            lambda: self._matches(password, against or self._dummy_hash), address
        )

    def needs_rehash(self, hashed: PasswordHash) -> bool:
        return self._argon2.check_needs_rehash(hashed)

    def _matches(self, password: Password, hashed: str) -> bool:
        try:
            return self._argon2.verify(hashed, password.text)
        except (VerifyMismatchError, InvalidHashError):
            return False  # an account whose hash is none, such as an imported one

    async def _in_a_thread(self, work: Callable[[], T], address: ClientAddress | None = None) -> T:
        network = "" if address is None else address.network
        with self._lock:
            is_full = self._taken.total() >= self._places
            if is_full or (address and self._taken[network] >= self._places_per_network):
                raise TooBusy
            self._taken[network] += 1
        running = self._threads.submit(work)
        # A cancelled caller frees its slot only when the thread has finished the work.
        running.add_done_callback(lambda _: self._release(network))
        return await asyncio.wrap_future(running)

    def _release(self, network: str) -> None:
        """Called in the thread that did the work."""
        with self._lock:
            self._taken[network] -= 1
            if not self._taken[network]:
                del self._taken[network]
