"""How often passwords may be tried, and what of it is recorded (decision 29)."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from hashlib import sha256
from typing import Final

from attrs import frozen

from ece_domain.kernel import RateLimit, RateLimiter, RateLimitUse

from .client_address import ClientAddress
from .email import EmailAddress
from .user import UserId

_WINDOW: Final = timedelta(minutes=15)
RECORDED_FAILURES: Final = RateLimit("recorded-failures", 10, _WINDOW)
RECORDED_REFUSALS: Final = RateLimit("recorded-refusals", 10, _WINDOW)
"""How many log-ins that fail, or that a limit refuses, become events: for an account, and for a
network."""


@frozen
class AuthenticationLimits:
    """Asked before a password is hashed, since hashing is what an attacker can make ECE do.

    A limit that is None does not count. An address that is None is that of the exchange itself.
    """

    limiter: RateLimiter
    samples: RateLimiter
    """Counts which failures become events. Its answers are not for the client."""
    attempts: RateLimit | None
    """Passwords for one account from one network: a person's own budget."""
    network: RateLimit | None
    """Passwords from one network, for whatever accounts."""
    account: RateLimit | None
    """Passwords for one account from all networks that its user has no session from."""
    refreshes: RateLimit | None
    """Refresh tokens from one network."""

    async def before_log_in(
        self,
        email: EmailAddress,
        address: ClientAddress | None,
        has_session_from: Callable[[str], Awaitable[bool]],
    ) -> None:
        """Whether or not the account exists.

        Where others have used up the limit of the account, ``has_session_from`` is asked whether
        the account's user has a session from the network: then the attempt does not count there.

        :raises RateLimited: if a limit refuses.
        """
        account, network = _partition_of(email), _network_of(address)
        own = [
            *_use(self.attempts, f"{account} {network}"),
            *_use(self.network if address else None, network),
        ]
        shared = _use(self.account, account)
        decision = await self.limiter.acquire(*own, *shared)
        is_shared_alone = [status.limit for status in decision.refused] == [self.account]
        if is_shared_alone and await has_session_from(network):
            decision = await self.limiter.acquire(*own)
        decision.check()

    async def before_registration(self, address: ClientAddress | None) -> None:
        """:raises RateLimited: if the network has tried too many passwords, or made accounts."""
        if address is not None:
            await self._acquire(*_use(self.network, address.network))

    async def before_password_change(self, user_id: UserId, address: ClientAddress | None) -> None:
        """:raises RateLimited: if the user or the network has tried too many passwords."""
        await self._acquire(
            *_use(self.attempts, str(user_id)),
            *_use(self.network if address else None, _network_of(address)),
        )

    async def before_refresh(self, address: ClientAddress | None) -> None:
        """:raises RateLimited: if the network has shown too many refresh tokens."""
        if address is not None:
            await self._acquire(*_use(self.refreshes, address.network))

    async def should_record(
        self, of: RateLimit, email: EmailAddress, address: ClientAddress | None
    ) -> bool:
        """Whether an attempt becomes an event: strangers cannot fill the outbox."""
        decision = await self.samples.acquire(
            RateLimitUse(of, _partition_of(email)),
            RateLimitUse(of, _network_of(address)),
        )
        return not decision.refused

    async def _acquire(self, *uses: RateLimitUse) -> None:
        (await self.limiter.acquire(*uses)).check()


def _use(limit: RateLimit | None, partition: str) -> list[RateLimitUse]:
    return [] if limit is None else [RateLimitUse(limit, partition)]


def _partition_of(email: EmailAddress) -> str:
    """A digest, as limiters may keep partitions outside of the exchange's database."""
    return sha256(email.key.encode()).hexdigest()


def _network_of(address: ClientAddress | None) -> str:
    return "" if address is None else address.network
