"""Fast replacements of password hashing and signatures, without any security."""

from collections.abc import Awaitable, Callable

from attrs import frozen

from ece_adapters.crypto import KeyedSuccession
from ece_domain.identity import ClientAddress, Password, PasswordHash

SUCCESSION = KeyedSuccession.derived_from(b"the secret of a simulated world.")


@frozen
class QuickPasswords:
    """Insecure hashes. Each start of a server raises the cost, to test rehashing."""

    cost: int
    pause: Callable[[], Awaitable[None]]

    async def hash(self, password: Password, address: ClientAddress | None = None) -> PasswordHash:
        await self.pause()
        return PasswordHash(f"{self.cost} {password.text}")

    async def verify(
        self,
        password: Password,
        against: PasswordHash | None,
        address: ClientAddress | None = None,
    ) -> bool:
        await self.pause()
        return against is not None and against.partition(" ")[2] == password.text

    def needs_rehash(self, hashed: PasswordHash) -> bool:
        return int(hashed.partition(" ")[0]) < self.cost


@frozen
class NoSignature:
    """Issues and verifies access tokens without a key, with the real claims."""

    def sign(self, payload: bytes) -> str:
        return payload.decode()

    def open(self, token: str) -> bytes:
        return token.encode()
