"""Users, thieves and admins: accounts, sessions, and their invariants."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

from attrs import define, field

from ece_adapters.crypto import (
    KeyedSuccession,
    SignedTokenIssuer,
    SignedTokenVerifier,
)
from ece_adapters.storage.revoked_sessions import RecentlyRevoked
from ece_domain import identity
from ece_domain.identity import (
    REFRESH_GRACE,
    Actor,
    Claims,
    EmailAddress,
    Handle,
    Password,
    RefreshToken,
    RefreshTokenReused,
    Role,
    Session,
    SessionId,
    SessionNotActive,
    SessionTokens,
    User,
    UserId,
    WrongCredentials,
)
from ece_domain.kernel import Unavailable
from tests.rate_limits import no_limits

from .changes import TableChanges
from .process import Process
from .toy_crypto import SUCCESSION, NoSignature, QuickPasswords
from .world import Violated, World, at_once

DEAD_AFTER = timedelta(seconds=5)
"""Seconds for which a server may still accept an access token of an ended session."""

NAMES = tuple(f"newcomer{number}" for number in range(6))
ADMINS = ("root_of_a", "root_of_b")


@define(eq=False)
class Family:
    """A session as its client knows it, with every token that it received."""

    id: SessionId
    user: UserId
    access: list[str]
    tokens: list[RefreshToken]
    is_dead: bool = False
    """Whether the client received the response."""


@define(eq=False)
class IdentityLife:
    """Accounts and sessions, with thieves of tokens."""

    share = 6

    world: World
    families: list[Family] = field(factory=list)
    people: dict[str, User] = field(factory=dict)
    """The users whose registration was acknowledged, by handle."""
    _answers: dict[RefreshToken, tuple[RefreshToken, datetime]] = field(factory=dict)
    """The successor of each used refresh token, and the moment of its first response."""
    _changed_users: TableChanges[UUID, User] = field(init=False)
    _changed_sessions: TableChanges[UUID, Session] = field(init=False)
    _ended: dict[UUID, Session] = field(factory=dict)
    _key: NoSignature = field(factory=NoSignature)
    _succession: KeyedSuccession = SUCCESSION

    def __attrs_post_init__(self) -> None:
        tables = self.world.store.database.identity
        self._changed_users = TableChanges(tables.users)
        self._changed_sessions = TableChanges(tables.sessions)

    async def start(self, process: Process) -> SimpleNamespace:
        world = self.world
        begin, clock, new_id = world.store.begin, world.clock, world.new_id
        passwords, limits = QuickPasswords(process.starts, self._pause), no_limits(clock)
        issuer, secrets = SignedTokenIssuer(self._key), self._secret
        revoked = await self._watch_revoked_sessions(process)
        verifier = SignedTokenVerifier(self._key, revoked, clock)

        async def show(*, token: str) -> Claims:
            return verifier.verify(token)

        return SimpleNamespace(
            register=identity.RegisterUser(begin, passwords, limits, clock, new_id),
            log_in=identity.LogIn(
                begin, passwords, limits, issuer, secrets, revoked, clock, new_id
            ),
            refresh=identity.RefreshSession(
                begin, limits, issuer, self._succession, revoked, clock
            ),
            log_out=identity.LogOut(begin, revoked, clock),
            change_role=identity.ChangeRole(begin, revoked, clock),
            show=show,
        )

    async def set_up(self) -> None:
        for name in ADMINS:
            await self._register(name, role=Role.ADMIN)
        await self._register(NAMES[0])
        await self._log_in(NAMES[0])

    def actions(self) -> Sequence[Callable[[], Awaitable[None]]]:
        return (
            self.register,
            self.log_in,
            self.log_in,
            self.refresh,
            self.refresh,
            self.refresh,
            self.show,
            self.show,
            self.show,
            self.log_out,
            self.change_role,
        )

    async def register(self) -> None:
        """Register; two users may choose the same handle or address at the same time."""
        name = self.world.chance.choice(NAMES)
        if self.world.chance.random() < 0.5:
            await self._register(name)
        else:
            other = self.world.chance.choice((name.upper(), NAMES[-1]))
            await at_once(self._register(name), self._register(other))

    async def log_in(self) -> None:
        if self.world.chance.random() < 0.1:
            await self._guess()
        else:
            await self._log_in(self.world.chance.choice(list(self.people)))

    async def refresh(self) -> None:
        """Refresh, usually with the newest token; sometimes with a used one, or twice at once."""
        family = self._some_family()
        kind = self.world.chance.random()
        if kind < 0.1:
            await self._refresh(family, self.world.chance.choice(family.tokens))
        elif kind < 0.3:
            token = family.tokens[-1]
            await at_once(self._refresh(family, token), self._refresh(family, token))
        else:
            await self._refresh(family, family.tokens[-1])

    async def show(self) -> None:
        """Present an access token."""
        await self._show(self._some_family(odds=0.5))

    async def _show(self, family: Family) -> None:
        token = self.world.chance.choice(family.access)
        claims = await self.world.call(self, "show", token=token)
        session = self._stored(claims.session_id)
        if session.ended_at is not None and session.ended_at + DEAD_AFTER < self.world.clock():
            raise Violated(f"a token was taken though its session is over: {session}")
        if (claims.session_id, claims.user_id) != (family.id, family.user):
            raise Violated(f"a token speaks for somebody else: {claims}")
        self._check_role(token, session)

    async def log_out(self) -> None:
        family = self._some_family()
        await self.world.call(self, "log_out", session_id=family.id)
        family.is_dead = True

    async def change_role(self) -> None:
        """Change a role; also without permission, and by two admins who demote each other."""
        admins = [user for user in self.people.values() if self._user(user.id).role is Role.ADMIN]
        kind = self.world.chance.random()
        if kind < 0.3 and len(admins) > 1:
            one, other = self.world.chance.sample(admins, 2)
            await at_once(
                self._change_role(one, Role.COLLECTOR, by=other),
                self._change_role(other, Role.COLLECTOR, by=one),
            )
        else:
            everybody = list(self.people.values())
            by = self.world.chance.choice(everybody if kind < 0.5 else admins)
            role = self.world.chance.choice((Role.MODERATOR, Role.ADMIN))
            await self._change_role(self.world.chance.choice(everybody), role, by=by)

    def check(self) -> None:
        users = self._changed_users.look()
        for _, user in users:
            self._check_names(user)
        if users and self.people:
            self._check_admins()
        for _, session in self._changed_sessions.look():
            before = self._ended.get(session.id)
            if before is not None:
                raise Violated(f"a session that had ended was changed: {before} to {session}")
            if session.ended_at is not None:
                self._ended[session.id] = session

    async def settle_down(self) -> None:
        """Every client comes back: first with the token it has, then, late, with one it used.

        Every server refuses clients whose session has ended.
        """
        for family in self.families:
            await self._come_back(family, family.tokens[-1])
        await asyncio.sleep(REFRESH_GRACE.total_seconds())
        for family in self.families:
            await self._come_back(family, family.tokens[0])
            with suppress(SessionNotActive):
                await self._show(family)

    def check_at_the_end(self) -> None:
        for family in self.families:
            for token in family.access:
                self._check_role(token, self._stored(family.id))
        tables = self.world.store.database.identity
        for user in tables.users:
            self._check_names(user)
        if not len(tables.users) == len(tables.by_email) == len(tables.by_handle):
            raise Violated("somebody has two names, or none")
        self._check_admins()

    async def _register(self, name: str, role: Role = Role.COLLECTOR) -> None:
        """The address of a handle, sometimes in capitals: addresses ignore case."""
        handle = Handle(name.lower() if name.islower() else f"{name.lower()}_too")
        email = EmailAddress(f"{name}@example.com")
        user = await self.world.call(
            self, "register", email=email, handle=handle, password=_password(name), role=role
        )
        self.people[name] = user

    async def _log_in(self, name: str) -> None:
        try:
            signed_in = await self.world.call(
                self, "log_in", email=self.people[name].email, password=_password(name)
            )
        except WrongCredentials as refusal:
            raise Violated(f"{name} was registered, and is not known") from refusal
        session = self._stored_of(signed_in)
        self.families.append(
            Family(session.id, self.people[name].id, [signed_in.access.text], [signed_in.refresh])
        )

    async def _guess(self) -> None:
        name = self.world.chance.choice(list(self.people))
        try:
            await self.world.call(
                self,
                "log_in",
                email=self.people[name].email,
                password=Password("let me in, please"),
            )
        except WrongCredentials:
            return
        raise Violated(f"somebody guessed the password of {name}")

    async def _refresh(self, family: Family, token: RefreshToken) -> None:
        """A client without a response retries with the only token that it has."""
        was_dead, started_at = family.is_dead, self.world.clock()
        try:
            try:
                signed_in = await self.world.call(self, "refresh", token=token)
            except Unavailable:
                started_at = self.world.clock()
                signed_in = await self.world.call(self, "refresh", token=token)
                self.world.counts["refreshes repeated after a fault"] += 1
        except (RefreshTokenReused, SessionNotActive) as refusal:
            family.is_dead = True
            if isinstance(refusal, RefreshTokenReused):
                self._check_reused(family, token)
            raise
        if was_dead:
            raise Violated(f"a session was refreshed after its end: {family.id}")
        self._check_answer(token, signed_in.refresh, started_at)
        if signed_in.refresh not in family.tokens:
            family.tokens.append(signed_in.refresh)
        family.access.append(signed_in.access.text)

    async def _come_back(self, family: Family, token: RefreshToken) -> None:
        session = self._stored(family.id)
        is_good = session.ended_at is None and session.secret_digest == token.secret_digest
        try:
            await self._refresh(family, token)
        except (RefreshTokenReused, SessionNotActive) as refusal:
            if is_good:
                raise Violated(f"the token was good: {session}") from refusal

    def _check_answer(self, token: RefreshToken, following: RefreshToken, asked: datetime) -> None:
        """A refresh token has one successor, and repeats are accepted for a short time only."""
        first, told_at = self._answers.setdefault(token, (following, self.world.clock()))
        if first != following:
            raise Violated("a refresh token was traded for two others")
        if told_at + REFRESH_GRACE <= asked:
            raise Violated(f"a refresh token was good again at {asked}, long after {told_at}")
        later = self._answers.get(following)
        if later is not None and later[1] < asked:
            raise Violated("a refresh token was good again after the next one was used")
        self.world.counts["refreshes answered again"] += told_at < asked

    def _check_reused(self, family: Family, token: RefreshToken) -> None:
        """``RefreshTokenReused`` is returned only for a token that was used, beyond the grace."""
        session = self._stored(family.id)
        if session.ended_at is None:
            raise Violated(f"a reused token did not end its session: {session}")
        is_current = session.secret_digest == token.secret_digest
        in_grace = session.ended_at < session.refreshed_at + REFRESH_GRACE
        if is_current or (in_grace and session.replaced_digest == token.secret_digest):
            raise Violated(f"a client was taken for a thief: {session}")

    async def _change_role(self, user: User, role: Role, *, by: User) -> None:
        """An actor with the role admin in the token, but perhaps no longer in the store."""
        actor = Actor(by.id, Role.ADMIN)
        open_before = self._open_sessions(user.id)
        was = self._user(user.id).role
        changed = await self.world.call(
            self, "change_role", user_id=user.id, role=role, actor=actor
        )
        self.world.counts["roles changed"] += 1
        if changed.role is not was and any(
            self._stored(session).ended_at is None for session in open_before
        ):
            raise Violated(f"a session outlived its role: {user.id}")

    async def _watch_revoked_sessions(self, process: Process) -> RecentlyRevoked:
        """Watch revoked sessions, as a server does. The store is slow at times, but answers."""
        revoked = RecentlyRevoked(self.world.store.begin_soundly, self.world.clock)
        looked = asyncio.Event()

        async def watch() -> None:
            async with revoked.watching():
                looked.set()
                await asyncio.Event().wait()

        process.keep(watch())
        await looked.wait()
        return revoked

    def _check_role(self, token: str, session: Session) -> None:
        says = json.loads(self._key.open(token))["role"]
        if session.ended_at is None and says != self._user(session.user_id).role:
            raise Violated(f"a token of a session that is open speaks of an earlier role: {says}")

    def _check_names(self, user: User) -> None:
        tables = self.world.store.database.identity
        names = tables.by_email.get(user.email.key), tables.by_handle.get(user.handle.text)
        if names != (user.id, user.id):
            raise Violated(f"a mailbox or handle of {user.id} is that of {names}")

    def _check_admins(self) -> None:
        users = self.world.store.database.identity.users
        if not any(user.role is Role.ADMIN for user in users):
            raise Violated("nobody is left to run the exchange")

    def _some_family(self, odds: float = 0.1) -> Family:
        """A session, preferably one that may be active."""
        alive = [family for family in self.families if not family.is_dead]
        is_odd = not alive or self.world.chance.random() < odds
        return self.world.chance.choice(self.families if is_odd else alive[-3:])

    def _open_sessions(self, user: UserId) -> list[SessionId]:
        sessions = self.world.store.database.identity.sessions
        return [each.id for each in sessions if each.user_id == user and each.ended_at is None]

    def _stored(self, session_id: SessionId) -> Session:
        session = self.world.store.database.identity.sessions.get(session_id)
        if session is None:
            raise Violated(f"session {session_id} is gone")
        return session

    def _stored_of(self, signed_in: SessionTokens) -> Session:
        tables = self.world.store.database.identity
        session_id = tables.by_family.get(signed_in.refresh.family_digest)
        if session_id is None:
            raise Violated("a session was acknowledged, and is not there")
        return self._stored(session_id)

    def _user(self, user_id: UserId) -> User:
        user = self.world.store.database.identity.users.get(user_id)
        if user is None:
            raise Violated(f"user {user_id} is gone")
        return user

    def _secret(self) -> bytes:
        return self.world.chance.randbytes(32)

    async def _pause(self) -> None:
        await asyncio.sleep(self.world.chance.choice((0.0, 0.0, 0.1)))


def _password(name: str) -> Password:
    return Password(f"{name} has a long password")
