"""The use cases of identity over one store, for tests."""

from uuid import uuid4

from attrs import frozen

from ece_adapters.crypto import (
    TOY_COST,
    Argon2Passwords,
    KeyedSuccession,
    SignedTokenIssuer,
    SignedTokenVerifier,
    SigningKey,
    fresh_secret,
)
from ece_adapters.system import new_id
from ece_domain import identity
from ece_domain.identity import (
    Actor,
    AuthenticationLimits,
    EmailAddress,
    Handle,
    Password,
    PasswordHash,
    RefreshToken,
    Role,
    Session,
    SessionId,
    User,
    UserId,
)
from ece_domain.kernel import Reason
from tests.clock import SettableClock
from tests.contract.conftest import Database
from tests.rate_limits import no_limits

PASSWORD = Password("correct horse battery")
NAMESAKE = Password("Correct-Horse")
KEY = SigningKey.derived_from(b"s" * 32)
SUCCESSION = KeyedSuccession.derived_from(b"s" * 32)
REASON = Reason("Sold cards that do not exist")
PASSWORDS = Argon2Passwords(TOY_COST)


@frozen
class Identity:
    """The use cases over one store."""

    database: Database
    clock: SettableClock
    revoked: set[SessionId]
    passwords: Argon2Passwords = PASSWORDS
    succession: KeyedSuccession = SUCCESSION
    limits: AuthenticationLimits | None = None
    """None if it is not about limits."""

    async def register(
        self, name="ann", role=Role.COLLECTOR, email=None, password=PASSWORD, address=None
    ):
        register_user = identity.RegisterUser(
            self.database.begin, self.passwords, self._limits, self.clock, new_id
        )
        return await register_user(
            email=EmailAddress(email or f"{name}@example.com"),
            handle=Handle(name),
            password=password,
            role=role,
            address=address,
        )

    @property
    def _limits(self):
        return self.limits or no_limits(self.clock)

    async def log_in(self, name="ann", password=PASSWORD, address=None):
        log_in = identity.LogIn(
            self.database.begin,
            self.passwords,
            self._limits,
            SignedTokenIssuer(KEY),
            fresh_secret,
            self.revoked,
            self.clock,
            new_id,
        )
        return await log_in(
            email=EmailAddress(f"{name}@example.com"), password=password, address=address
        )

    async def refresh(self, token, address=None):
        refresh_session = identity.RefreshSession(
            self.database.begin,
            self._limits,
            SignedTokenIssuer(KEY),
            self.succession,
            self.revoked,
            self.clock,
        )
        return await refresh_session(token=token, address=address)

    async def log_out(self, session_id):
        await identity.LogOut(self.database.begin, self.revoked, self.clock)(session_id=session_id)

    async def change_role(self, user, role, by):
        change_role = identity.ChangeRole(self.database.begin, self.revoked, self.clock)
        return await change_role(
            user_id=user.id, role=role, actor=by if isinstance(by, Actor) else Actor.of(by)
        )

    async def set_password(self, user, password, by):
        set_password = identity.SetPassword(
            self.database.begin, self.passwords, self.revoked, self.clock
        )
        return await set_password(user_id=user.id, password=password, actor=by)

    async def suspend(self, user, by, reason=REASON):
        suspend_user = identity.SuspendUser(self.database.begin, self.revoked, self.clock)
        return await suspend_user(user_id=user.id, reason=reason, actor=by)

    async def reinstate(self, user, by, reason=REASON):
        reinstate_user = identity.ReinstateUser(self.database.begin, self.clock)
        return await reinstate_user(user_id=user.id, reason=reason, actor=by)

    def claims(self, signed):
        return SignedTokenVerifier(KEY, self.revoked, self.clock).verify(signed.access.text)

    async def session(self, signed):
        async with self.database.begin() as transaction:
            return await transaction.sessions.of_family(signed.refresh.family_digest)


async def save(database, *aggregates):
    async with database.begin() as transaction:
        for aggregate in aggregates:
            kept = transaction.users if isinstance(aggregate, User) else transaction.sessions
            kept.save(aggregate)


async def load(database, user_id):
    async with database.begin() as transaction:
        return await transaction.users.get(user_id)


def a_user(name="ann"):
    return User.register(
        UserId(uuid4()),
        email=EmailAddress(f"{name}@example.com"),
        handle=Handle(name),
        password_hash=PasswordHash("$"),
        role=Role.COLLECTOR,
        now=SettableClock().moment,
    )


def a_session(user):
    return Session.start(
        SessionId(uuid4()),
        user_id=user.id,
        token=RefreshToken.fresh(fresh_secret),
        now=SettableClock().moment,
    )
