from contextlib import suppress
from typing import Final, final

from attrs import frozen

from ece_domain.identity.administration import revoke
from ece_domain.identity.authentication_limits import (
    RECORDED_FAILURES,
    RECORDED_REFUSALS,
    AuthenticationLimits,
)
from ece_domain.identity.client_address import ClientAddress
from ece_domain.identity.email import EmailAddress
from ece_domain.identity.errors import WrongCredentials
from ece_domain.identity.events import LogInFailed, LogInLimited
from ece_domain.identity.password import Password, PasswordHash
from ece_domain.identity.ports import (
    IdentityTransaction,
    PasswordHasher,
    RevokedSessions,
    TokenIssuer,
)
from ece_domain.identity.session import (
    MAX_OPEN_SESSIONS,
    EndReason,
    Session,
    SessionId,
    SessionTokens,
)
from ece_domain.identity.tokens import RefreshToken, SecretSource
from ece_domain.identity.user import User, UserId
from ece_domain.kernel import Begin, Clock, ConcurrentChange, NewId, RateLimited

_TRIES: Final = 10
"""More than log-ins of one user that are likely to end at one moment."""


@final
@frozen
class LogIn:
    """Start a session for a user with a valid e-mail address and password.

    A wrong password and an unknown address get the same answer after the same work. The password
    is checked between two transactions, since none should stay open for that long. A user has up
    to 50 open sessions; a further log-in ends the oldest.
    """

    begin: Begin[IdentityTransaction]
    passwords: PasswordHasher
    limits: AuthenticationLimits
    tokens: TokenIssuer
    secrets: SecretSource
    revoked: RevokedSessions
    clock: Clock
    new_id: NewId

    async def __call__(
        self, *, email: EmailAddress, password: Password, address: ClientAddress | None = None
    ) -> SessionTokens:
        """
        :raises RateLimited: if the account or the address had too many attempts lately.
        :raises WrongCredentials: if there is no such user, or the password is another.
        :raises AccessSuspended: if the password is right, and the user is suspended.
        :raises TooBusy: if too many passwords wait to be checked.
        :raises ConcurrentChange: if the password was changed at the same time, or so much else
            that several tries were too few.
        """
        try:
            await self.limits.before_log_in(
                email, address, lambda network: self._has_session_from(network, email)
            )
        except RateLimited as refusal:
            await self._record_limited(email, address, refusal)
            raise
        async with self.begin() as transaction:
            user = await transaction.users.with_email(email)
        is_known = await self.passwords.verify(
            password, user.password_hash if user else None, address
        )
        if user is None or not is_known:
            await self._record_failed(email, address, user)
            raise WrongCredentials
        user.check_not_suspended()
        is_outdated = self.passwords.needs_rehash(user.password_hash)
        renewed = (
            await self.passwords.hash(password, address) if is_outdated else user.password_hash
        )
        for _ in range(_TRIES):
            with suppress(ConcurrentChange):
                return await self._start(user, renewed, address)
            async with self.begin() as transaction:
                current = await transaction.users.get(user.id)
            current.check_not_suspended()
            if current.password_hash != user.password_hash:
                break
            user = current
        raise ConcurrentChange

    async def _start(
        self, user: User, password_hash: PasswordHash, address: ClientAddress | None
    ) -> SessionTokens:
        now = self.clock()
        refresh = RefreshToken.fresh(self.secrets)
        session = Session.start(
            SessionId(self.new_id()), user_id=user.id, token=refresh, address=address, now=now
        )
        async with self.begin(actor_id=user.id) as transaction:
            oldest_first = await transaction.sessions.open_of(user.id)
            superfluous = oldest_first[: max(0, len(oldest_first) - MAX_OPEN_SESSIONS + 1)]
            ended = [each.end(EndReason.SUPERSEDED, now) for each in superfluous]
            if password_hash == user.password_hash:
                # A change of role locks the user, so it ends this session or fails this check.
                transaction.users.require_unchanged(user)
            else:
                transaction.users.save(user.with_password_hash(password_hash, now))
            transaction.sessions.save(session, *ended)
        revoke(self.revoked, ended)
        return SessionTokens(self.tokens.issue(user, session.id, now), refresh, session.expires_at)

    async def _has_session_from(self, network: str, email: EmailAddress) -> bool:
        now = self.clock()
        async with self.begin() as transaction:
            user = await transaction.users.with_email(email)
            # The same work for an account that does not exist.
            user_id = user.id if user else UserId(self.new_id())
            sessions = await transaction.sessions.open_of(user_id)
        return any(
            session.address is not None
            and session.address.network == network
            and session.expires_at > now
            for session in sessions
        )

    async def _record_failed(
        self, email: EmailAddress, address: ClientAddress | None, user: User | None
    ) -> None:
        """Publish the attempt, also that on an account that does not exist: the same work."""
        if await self.limits.should_record(RECORDED_FAILURES, email, address):
            failed = LogInFailed(
                occurred_at=self.clock(),
                attempt_id=self.new_id(),
                user_id=user.id if user else None,
                address=str(address) if address else None,
            )
            async with self.begin() as transaction:
                transaction.outbox.publish(failed)

    async def _record_limited(
        self, email: EmailAddress, address: ClientAddress | None, refusal: RateLimited
    ) -> None:
        if await self.limits.should_record(RECORDED_REFUSALS, email, address):
            async with self.begin() as transaction:
                user = await transaction.users.with_email(email)
                limited = LogInLimited(
                    occurred_at=self.clock(),
                    attempt_id=self.new_id(),
                    user_id=user.id if user else None,
                    address=str(address) if address else None,
                    limit=refusal.limit,
                )
                transaction.outbox.publish(limited)
