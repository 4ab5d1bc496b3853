"""Users and sessions in every store, and the use cases on top of them."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from attrs import evolve, frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ece_adapters.crypto import (
    TOY_COST,
    Argon2Passwords,
    Cost,
    SignedTokenIssuer,
    SignedTokenVerifier,
    SigningKey,
    fresh_secret,
)
from ece_adapters.memory import MemoryDatabase
from ece_adapters.system import new_id
from ece_domain import identity
from ece_domain.identity import (
    EmailAddress,
    EmailTaken,
    Handle,
    HandleTaken,
    Password,
    PasswordHash,
    RefreshToken,
    RefreshTokenReused,
    Role,
    Session,
    SessionId,
    SessionOver,
    User,
    UserId,
    UserNotFound,
    WrongCredentials,
)
from ece_domain.kernel import ConcurrentChange
from tests.clock import SettableClock
from tests.contract.conftest import Database
from tests.strategies.identity import moments, sessions, users

PASSWORD = Password("correct horse battery")
NAMESAKE = Password("Correct-Horse")
KEY = SigningKey.derived_from(b"s" * 32)
PASSWORDS = Argon2Passwords(TOY_COST)

on_one_database = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@frozen
class Identity:
    """The use cases over one store."""

    database: Database
    clock: SettableClock
    revoked: set[SessionId]
    passwords: Argon2Passwords = PASSWORDS

    async def register(self, name="ann", role=Role.COLLECTOR, email=None, password=PASSWORD):
        register_user = identity.RegisterUser(
            self.database.begin, self.passwords, self.clock, new_id
        )
        return await register_user(
            email=EmailAddress(email or f"{name}@example.com"),
            handle=Handle(name),
            password=password,
            role=role,
        )

    async def log_in(self, name="ann", password=PASSWORD):
        log_in = identity.LogIn(
            self.database.begin,
            self.passwords,
            SignedTokenIssuer(KEY),
            fresh_secret,
            self.clock,
            new_id,
        )
        return await log_in(email=EmailAddress(f"{name}@example.com"), password=password)

    async def refresh(self, token):
        refresh_session = identity.RefreshSession(
            self.database.begin, SignedTokenIssuer(KEY), fresh_secret, self.revoked, self.clock
        )
        return await refresh_session(token=token)

    async def log_out(self, session_id):
        await identity.LogOut(self.database.begin, self.revoked, self.clock)(session_id=session_id)

    async def change_role(self, user, role, by):
        change_role = identity.ChangeRole(self.database.begin, self.revoked, self.clock)
        return await change_role(user_id=user.id, role=role, by=by.id)

    def claims(self, signed):
        return SignedTokenVerifier(KEY, self.revoked, self.clock).verify(signed.access.text)

    async def session(self, signed):
        async with self.database.begin() as transaction:
            return await transaction.sessions.of_family(signed.refresh.family_digest)


@pytest.fixture
def exchange(database, clock):
    return Identity(database, clock, set())


@pytest.fixture
def outbox(database):
    """Gives the kinds of all events that were committed, in their order."""

    async def kinds():
        if isinstance(database, MemoryDatabase):
            return [published.event.kind for published in database.outbox]
        async with database.begin() as transaction:
            rows = await transaction.unit.fetch("SELECT kind FROM outbox ORDER BY number")
        return [row["kind"] for row in rows]

    return kinds


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


class TestStores:
    """What the repositories promise."""

    @on_one_database
    @given(data=st.data())
    async def test_return_exactly_the_user_that_was_saved(self, database, data):
        number = uuid4().hex[:12]
        user = data.draw(
            users(
                st.just(uuid4()),
                st.just(EmailAddress(f"{number}.Ann@example.com")),
                st.just(Handle(number)),
            )
        )
        await save(database, user)
        saved = evolve(user, version=1)

        async with database.begin() as transaction:
            assert await transaction.users.get(user.id) == saved
            shouted = EmailAddress(user.email.text.upper())
            assert await transaction.users.with_email(shouted) == saved
            assert await transaction.users.with_handle(user.handle) == saved

        other = data.draw(users(st.just(user.id)))
        changed = evolve(other, version=1, email=user.email, handle=user.handle)
        await save(database, changed)
        assert await load(database, user.id) == evolve(changed, version=2)

    @on_one_database
    @given(data=st.data())
    async def test_return_exactly_the_session_that_was_saved(self, database, data):
        user = a_user(uuid4().hex[:12])
        await save(database, user)
        drawn = data.draw(sessions(user.id))
        session = evolve(
            drawn, id=SessionId(uuid4()), family_digest=RefreshToken.fresh(fresh_secret).family
        )
        await save(database, session)
        saved = evolve(session, version=1)
        later = evolve(saved, refreshed_at=data.draw(moments), ended_at=data.draw(moments))

        async with database.begin() as transaction:
            assert await transaction.sessions.find(session.id) == saved
            assert await transaction.sessions.of_family(session.family_digest) == saved
        await save(database, later)
        async with database.begin() as transaction:
            assert await transaction.sessions.find(session.id) == evolve(later, version=2)

    async def test_know_nothing_of_unknown_ids(self, database):
        async with database.begin() as transaction:
            with pytest.raises(UserNotFound):
                await transaction.users.get(UserId(uuid4()))
            with pytest.raises(UserNotFound):
                await transaction.users.with_handle(Handle("nobody_at_all"))
            assert await transaction.users.with_email(EmailAddress("no@example.com")) is None
            assert await transaction.sessions.find(SessionId(uuid4())) is None
            assert await transaction.sessions.of_family(b"x" * 32) is None
            assert await transaction.sessions.open_of(UserId(uuid4())) == []

    async def test_keep_nothing_of_a_transaction_that_failed(self, database, outbox):
        user = a_user()

        async def fail_after_saving():
            async with database.begin() as transaction:
                transaction.users.save(user)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await fail_after_saving()

        assert await outbox() == []
        with pytest.raises(UserNotFound):
            await load(database, user.id)

    async def test_keep_nothing_of_a_transaction_that_was_refused(self, database, outbox):
        ann, rival = a_user("ann"), evolve(a_user("eve"), email=EmailAddress("ANN@example.com"))
        await save(database, ann)
        before = await outbox()
        bob = a_user("bob")
        with pytest.raises(EmailTaken):
            await save(database, bob, a_session(ann), rival)

        assert await outbox() == before
        with pytest.raises(UserNotFound):
            await load(database, bob.id)
        await save(database, bob)

    async def test_store_the_events_in_order(self, database, outbox):
        user = a_user()
        session = a_session(user).end(identity.EndReason.LOGGED_OUT, SettableClock().moment)
        await save(database, user)
        await save(database, session)

        assert await outbox() == [
            "identity.user-registered",
            "identity.session-started",
            "identity.session-ended",
        ]

    async def test_refuse_a_stale_user_and_a_stale_session(self, database):
        user = a_user()
        session = a_session(user)
        await save(database, user)
        await save(database, session)
        for unsaved in (user, session):
            with pytest.raises(ConcurrentChange):
                await save(database, evolve(unsaved, version=2))
            await save(database, evolve(unsaved, version=1, events=()))
            with pytest.raises(ConcurrentChange):
                await save(database, evolve(unsaved, version=1))

    async def test_refuse_a_second_user_or_session_with_the_same_id(self, database):
        user, other = a_user("ann"), a_user("bob")
        session = a_session(user)
        await save(database, user)
        await save(database, session)

        with pytest.raises(ConcurrentChange):
            await save(database, evolve(other, id=user.id))
        with pytest.raises(ConcurrentChange):
            await save(database, evolve(a_session(user), id=session.id))
        assert (await load(database, user.id)).handle == user.handle

    @pytest.mark.parametrize(
        ("email", "handle", "refusal"),
        [
            ("ANN@EXAMPLE.COM", "bob", EmailTaken),
            ("bob@example.com", "ann", HandleTaken),
            ("Ann@example.com", "ann", EmailTaken),
        ],
    )
    @pytest.mark.parametrize("is_new", [True, False])
    async def test_refuse_names_that_are_taken(self, database, email, handle, refusal, is_new):
        await save(database, a_user("ann"))
        bob = a_user("robert")
        if not is_new:
            await save(database, bob)
            bob = evolve(bob, version=1)
        with pytest.raises(refusal):
            await save(database, evolve(bob, email=EmailAddress(email), handle=Handle(handle)))

    async def test_free_the_names_that_a_user_gives_up(self, database):
        ann = a_user("ann")
        await save(database, ann)
        anna = evolve(ann, version=1, email=EmailAddress("anna@example.com"), handle=Handle("anna"))
        await save(database, anna)
        await save(database, a_user("ann"))

        async with database.begin() as transaction:
            assert (await transaction.users.with_handle(Handle("anna"))).id == ann.id

    async def test_tell_open_sessions_from_ended_ones(self, database, clock):
        user = a_user()
        await save(database, user)
        open_session, ended = a_session(user), a_session(user)
        noon = clock()
        await save(database, open_session)
        await save(database, ended.end(identity.EndReason.LOGGED_OUT, noon))

        async with database.begin() as transaction:
            assert await transaction.sessions.open_of(user.id) == [evolve(open_session, version=1)]
            assert await transaction.sessions.ended_since(noon) == {ended.id}
            assert await transaction.sessions.ended_since(noon + timedelta(seconds=1)) == set()


class TestRegistration:
    async def test_opens_an_account_that_can_log_in(self, exchange, outbox):
        user = await exchange.register("ann")
        claims = exchange.claims(await exchange.log_in("ann"))

        assert (claims.user_id, claims.role) == (user.id, Role.COLLECTOR)
        assert user.registered_at == exchange.clock()
        assert await outbox() == ["identity.user-registered", "identity.session-started"]

    async def test_of_rival_registrations_exactly_one_wins(self, exchange, outbox):
        answers = await asyncio.gather(
            *(exchange.register(f"ann_{n}", email="ann@example.com") for n in range(8)),
            return_exceptions=True,
        )

        assert [type(answer) for answer in answers].count(User) == 1
        assert [type(answer) for answer in answers].count(EmailTaken) == 7
        assert await outbox() == ["identity.user-registered"]

    async def test_refuses_reserved_handles_and_easy_passwords(self, exchange):
        with pytest.raises(identity.HandleReserved):
            await exchange.register("admin", email="x@example.com")
        with pytest.raises(identity.UnacceptablePassword):
            await exchange.register("ann", email="correct-horse@example.com", password=NAMESAKE)


class TestLogIn:
    async def test_refuses_a_wrong_password_and_an_unknown_address_alike(self, exchange):
        await exchange.register("ann")
        with pytest.raises(WrongCredentials) as wrong:
            await exchange.log_in("ann", Password("wrong horse battery"))
        with pytest.raises(WrongCredentials) as unknown:
            await exchange.log_in("bob")

        assert str(wrong.value) == str(unknown.value)

    async def test_renews_a_hash_of_another_cost(self, exchange):
        dearer = evolve(exchange, passwords=Argon2Passwords(Cost(memory_kib=16, passes=1)))
        user = await exchange.register("ann")
        await dearer.log_in("ann")
        renewed = await load(exchange.database, user.id)

        assert renewed.password_hash.startswith("$argon2id$v=19$m=16,t=1,p=1$")
        await dearer.log_in("ann")
        assert await load(exchange.database, user.id) == renewed


class TestRefresh:
    async def test_trades_a_token_for_the_next(self, exchange):
        await exchange.register("ann")
        first = await exchange.log_in("ann")
        exchange.clock.advance(days=13)
        second = await exchange.refresh(first.refresh)
        exchange.clock.advance(days=13)
        third = await exchange.refresh(second.refresh)

        assert exchange.claims(third).session_id == (await exchange.session(first)).id
        assert first.session_expires_at == SettableClock().moment + timedelta(days=14)
        assert third.session_expires_at == SettableClock().moment + timedelta(days=30)

    async def test_refuses_a_token_of_no_session(self, exchange):
        with pytest.raises(identity.InvalidRefreshToken):
            await exchange.refresh(RefreshToken.fresh(fresh_secret))

    async def test_a_used_token_kills_its_session_and_no_other(self, exchange, outbox):
        await exchange.register("ann")
        first, elsewhere = await exchange.log_in("ann"), await exchange.log_in("ann")
        second = await exchange.refresh(first.refresh)
        with pytest.raises(RefreshTokenReused):
            await exchange.refresh(first.refresh)

        with pytest.raises(SessionOver):
            await exchange.refresh(second.refresh)
        with pytest.raises(SessionOver):
            exchange.claims(second)
        assert exchange.claims(await exchange.refresh(elsewhere.refresh))
        assert (await outbox())[-1] == "identity.session-ended"

    async def test_a_guess_at_a_session_does_not_end_it(self, exchange):
        await exchange.register("ann")
        signed = await exchange.log_in("ann")
        session = await exchange.session(signed)
        with pytest.raises(identity.InvalidRefreshToken):
            await exchange.refresh(RefreshToken(session.id.bytes * 2, fresh_secret()))

        assert await exchange.refresh(signed.refresh)

    async def test_of_rival_refreshes_exactly_one_wins_and_the_retries_end_the_session(
        self, exchange
    ):
        await exchange.register("ann")
        signed = await exchange.log_in("ann")

        async def refresh_as_an_entrypoint_does():
            while True:
                try:
                    return await exchange.refresh(signed.refresh)
                except ConcurrentChange:
                    continue

        answers = await asyncio.gather(
            *(refresh_as_an_entrypoint_does() for _ in range(8)), return_exceptions=True
        )
        kinds = [type(answer) for answer in answers]

        assert kinds.count(identity.SignedIn) == 1
        assert kinds.count(RefreshTokenReused) == 1
        assert kinds.count(SessionOver) == 6
        assert (await exchange.session(signed)).ended_at is not None


class TestLogOut:
    async def test_kills_the_session_with_all_its_tokens(self, exchange, outbox):
        await exchange.register("ann")
        signed = await exchange.log_in("ann")
        session_id = exchange.claims(signed).session_id
        await exchange.log_out(session_id)

        with pytest.raises(SessionOver):
            exchange.claims(signed)
        with pytest.raises(SessionOver):
            await exchange.refresh(signed.refresh)

        await exchange.log_out(session_id)
        assert (await outbox()).count("identity.session-ended") == 1

    async def test_of_an_unknown_session_changes_nothing(self, exchange, outbox):
        await exchange.log_out(SessionId(uuid4()))

        assert await outbox() == []


class TestChangeRole:
    async def test_gives_the_role_and_ends_the_sessions_that_speak_of_another(self, exchange):
        admin = await exchange.register("boss", Role.ADMIN)
        ann = await exchange.register("ann")
        before = await exchange.log_in("ann")
        changed = await exchange.change_role(ann, Role.MODERATOR, by=admin)

        assert changed.role is Role.MODERATOR
        with pytest.raises(SessionOver):
            exchange.claims(before)
        assert exchange.claims(await exchange.log_in("ann")).role is Role.MODERATOR

    async def test_to_the_same_role_ends_nothing(self, exchange):
        admin = await exchange.register("boss", Role.ADMIN)
        ann = await exchange.register("ann")
        signed = await exchange.log_in("ann")
        await exchange.change_role(ann, Role.COLLECTOR, by=admin)

        assert exchange.claims(signed)

    async def test_is_for_admins_and_not_for_oneself(self, exchange):
        admin = await exchange.register("boss", Role.ADMIN)
        moderator = await exchange.register("mod", Role.MODERATOR)
        with pytest.raises(identity.AdminsOnly):
            await exchange.change_role(moderator, Role.ADMIN, by=moderator)
        with pytest.raises(identity.OwnRole):
            await exchange.change_role(admin, Role.COLLECTOR, by=admin)

    async def test_refuses_an_unknown_user(self, exchange):
        admin = await exchange.register("boss", Role.ADMIN)
        with pytest.raises(UserNotFound):
            await exchange.change_role(a_user(), Role.ADMIN, by=admin)


class TestQueries:
    async def test_a_user_sees_their_account(self, exchange):
        ann = await exchange.register("ann")
        read_own_account = identity.ReadOwnAccount(exchange.database.begin)

        assert await read_own_account(user_id=ann.id) == evolve(ann, version=1)

    async def test_everybody_sees_a_profile_by_id_and_by_handle(self, exchange):
        ann = await exchange.register("ann")
        read_profile = identity.ReadProfile(exchange.database.begin)

        assert await read_profile(of=ann.id) == identity.Profile(ann.handle, ann.registered_at)
        assert await read_profile(of=Handle("Ann")) == await read_profile(of=ann.id)
        with pytest.raises(UserNotFound):
            await read_profile(of=UserId(UUID(int=0)))
