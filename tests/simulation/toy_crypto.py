"""Passwords, signatures and secrets that protect nothing, and cost nothing."""

from collections.abc import Awaitable, Callable

from attrs import frozen

from ece_adapters.crypto import KeyedSuccession
from ece_domain.identity import Password, PasswordHash

SUCCESSION = KeyedSuccession.derived_from(b"the secret of a simulated world.")


@frozen
class QuickPasswords:
    """Hashes that hide nothing. Each start of a server raises the cost, as operators do."""

    cost: int
    pause: Callable[[], Awaitable[None]]

    async def hash(self, password: Password) -> PasswordHash:
        await self.pause()
        return PasswordHash(f"{self.cost} {password.text}")

    async def verify(self, password: Password, against: PasswordHash | None) -> bool:
        await self.pause()
        return against is not None and against.partition(" ")[2] == password.text

    def needs_rehash(self, hashed: PasswordHash) -> bool:
        return int(hashed.partition(" ")[0]) < self.cost


@frozen
class NoSignature:
    """Signs and opens access tokens without a key; what they say is as real as ever."""

    def sign(self, payload: bytes) -> str:
        return payload.decode()

    def open(self, token: str) -> bytes:
        return token.encode()
