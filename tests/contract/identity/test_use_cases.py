"""Registering, logging in, refreshing and logging out, over every store."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from attrs import evolve, frozen
from hypothesis import HealthCheck, settings

from ece_adapters.crypto import (
    Argon2Passwords,
    Cost,
    KeyedSuccession,
    fresh_secret,
)
from ece_domain import identity
from ece_domain.identity import (
    Actor,
    EmailTaken,
    Handle,
    Password,
    RefreshToken,
    RefreshTokenReused,
    Role,
    RoleNotAllowed,
    SessionId,
    SessionNotActive,
    User,
    UserId,
    UserNotFound,
    WrongCredentials,
)
from ece_domain.kernel import ConcurrentChange
from tests.clock import SettableClock
from tests.contract.identity.office import (
    NAMESAKE,
    a_session,
    a_user,
    load,
    save,
)

on_one_database = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@frozen
class Begins:
    """A database, as far as use cases know one."""

    begin: object


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

    async def test_gives_the_user_as_it_was_saved(self, exchange):
        ann = await exchange.register("ann")

        assert (ann, ann.events) == (await load(exchange.database, ann.id), ())

    async def test_refuses_reserved_handles_and_easy_passwords(self, exchange):
        with pytest.raises(identity.HandleReserved):
            await exchange.register("admin", email="x@example.com")
        with pytest.raises(identity.UnacceptablePassword):
            await exchange.register("ann", email="correct-horse@example.com", password=NAMESAKE)


class TestLogIn:
    async def test_refuses_a_wrong_password_like_an_unknown_address(self, exchange):
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
        kept = await load(exchange.database, user.id)
        assert kept.password_hash == renewed.password_hash

    async def test_conflicts_with_a_concurrent_renewal_of_the_hash(self, exchange):
        dearer = evolve(exchange, passwords=Argon2Passwords(Cost(memory_kib=16, passes=1)))
        await exchange.register("ann")

        @asynccontextmanager
        async def begin(**origin):
            async with exchange.database.begin(**origin) as transaction:
                yield transaction
            await dearer.log_in("ann")

        with pytest.raises(ConcurrentChange):
            await evolve(dearer, database=Begins(begin)).log_in("ann")

    async def test_of_many_at_once_each_gets_a_session(self, exchange):
        await exchange.register("ann")
        signed = await asyncio.gather(*(exchange.log_in("ann") for _ in range(4)))

        assert len({exchange.claims(one).session_id for one in signed}) == 4

    async def test_raises_when_others_are_always_first(self, exchange):
        ann = await exchange.register("ann")

        @asynccontextmanager
        async def begin(**origin):
            async with exchange.database.begin(**origin) as transaction:
                yield transaction
                await save(exchange.database, await load(exchange.database, ann.id))

        with pytest.raises(ConcurrentChange):
            await evolve(exchange, database=Begins(begin)).log_in("ann")

    async def test_does_not_change_the_user(self, exchange):
        ann = await exchange.register("ann")
        await exchange.log_in("ann")

        assert await load(exchange.database, ann.id) == ann


class TestRefresh:
    async def test_exchanges_a_token_for_the_next(self, exchange):
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

    async def test_a_refresh_repeated_after_a_lost_response_gets_the_same_tokens(
        self, exchange, outbox
    ):
        await exchange.register("ann")
        first = await exchange.log_in("ann")
        lost = await exchange.refresh(first.refresh)
        exchange.clock.advance(seconds=29)
        again = await exchange.refresh(first.refresh)

        assert again.refresh == lost.refresh
        assert again.session_expires_at == lost.session_expires_at
        assert again.access.expires_at > lost.access.expires_at
        assert exchange.claims(lost).session_id == exchange.claims(again).session_id
        assert await exchange.refresh(again.refresh)
        assert "identity.session-ended" not in await outbox()

    async def test_a_token_reused_after_the_grace_period_ends_only_its_session(
        self, exchange, outbox
    ):
        await exchange.register("ann")
        first, elsewhere = await exchange.log_in("ann"), await exchange.log_in("ann")
        second = await exchange.refresh(first.refresh)
        exchange.clock.advance(seconds=15)
        await exchange.refresh(first.refresh)
        exchange.clock.advance(seconds=15)
        with pytest.raises(RefreshTokenReused):
            await exchange.refresh(first.refresh)

        with pytest.raises(SessionNotActive):
            await exchange.refresh(second.refresh)
        with pytest.raises(SessionNotActive):
            exchange.claims(second)
        assert exchange.claims(await exchange.refresh(elsewhere.refresh))
        assert (await outbox())[-1] == "identity.session-ended"

    async def test_a_token_older_than_the_previous_one_ends_its_session_at_once(self, exchange):
        await exchange.register("ann")
        first = await exchange.log_in("ann")
        second = await exchange.refresh(first.refresh)
        third = await exchange.refresh(second.refresh)
        with pytest.raises(RefreshTokenReused):
            await exchange.refresh(first.refresh)

        with pytest.raises(SessionNotActive):
            await exchange.refresh(third.refresh)

    async def test_a_repeated_refresh_gets_the_same_tokens_while_the_secret_is_replaced(
        self, exchange
    ):
        await exchange.register("ann")
        first = await exchange.log_in("ann")
        old, new = b"o" * 32, b"n" * 32
        on_old = evolve(exchange, succession=KeyedSuccession.derived_from(old, [new]))
        on_new = evolve(exchange, succession=KeyedSuccession.derived_from(new, [old]))
        lost = await on_old.refresh(first.refresh)

        assert (await on_new.refresh(first.refresh)).refresh == lost.refresh

    async def test_a_guess_at_a_session_does_not_end_it(self, exchange):
        await exchange.register("ann")
        signed = await exchange.log_in("ann")
        session = await exchange.session(signed)
        with pytest.raises(identity.InvalidRefreshToken):
            await exchange.refresh(RefreshToken(session.id.bytes * 2, fresh_secret()))

        assert await exchange.refresh(signed.refresh)

    async def test_refreshes_at_once_keep_the_session_and_get_the_same_token(self, exchange):
        await exchange.register("ann")
        signed = await exchange.log_in("ann")

        async def refresh_as_an_entrypoint_does():
            while True:
                try:
                    return await exchange.refresh(signed.refresh)
                except ConcurrentChange:
                    continue

        answers = await asyncio.gather(*(refresh_as_an_entrypoint_does() for _ in range(8)))

        assert len({answer.refresh for answer in answers}) == 1
        assert (await exchange.session(signed)).version == 2
        assert await exchange.refresh(answers[0].refresh)


class TestLogOut:
    async def test_ends_the_session_with_all_its_tokens(self, exchange, outbox):
        await exchange.register("ann")
        signed = await exchange.log_in("ann")
        session_id = exchange.claims(signed).session_id
        await exchange.log_out(session_id)

        with pytest.raises(SessionNotActive):
            exchange.claims(signed)
        with pytest.raises(SessionNotActive):
            await exchange.refresh(signed.refresh)

        await exchange.log_out(session_id)
        assert (await outbox()).count("identity.session-ended") == 1

    async def test_of_an_unknown_session_changes_nothing(self, exchange, outbox):
        await exchange.log_out(SessionId(uuid4()))

        assert await outbox() == []


class TestChangeRole:
    async def test_changes_the_role_and_ends_the_sessions_with_the_old_one(self, exchange):
        admin = await exchange.register("boss", Role.ADMIN)
        ann = await exchange.register("ann")
        before = await exchange.log_in("ann")
        changed = await exchange.change_role(ann, Role.MODERATOR, by=admin)

        assert changed.role is Role.MODERATOR
        with pytest.raises(SessionNotActive):
            exchange.claims(before)
        assert exchange.claims(await exchange.log_in("ann")).role is Role.MODERATOR

    async def test_gives_the_user_as_it_was_saved(self, exchange):
        admin = await exchange.register("boss", Role.ADMIN)
        ann = await exchange.register("ann")
        changed = await exchange.change_role(ann, Role.MODERATOR, by=admin)

        assert (changed, changed.events) == (await load(exchange.database, ann.id), ())

    async def test_ends_thousands_of_sessions_of_a_user(self, exchange):
        """A program that logs in for every call, say, and never out."""
        admin = await exchange.register("boss", Role.ADMIN)
        ann = await exchange.register("ann")
        for _ in range(10):
            await save(exchange.database, *(a_session(ann) for _ in range(500)))
        await exchange.change_role(ann, Role.MODERATOR, by=admin)

        async with exchange.database.begin() as transaction:
            assert await transaction.sessions.open_of(ann.id) == []
        assert len(exchange.revoked) == 5_000

    async def test_a_concurrent_log_in_waits_for_the_change_of_role(self, exchange):
        admin = await exchange.register("boss", Role.ADMIN)
        ann = await exchange.register("ann")
        coming = []

        @asynccontextmanager
        async def begin(**origin):
            async with exchange.database.begin(**origin) as transaction:
                yield transaction
                coming.append(asyncio.create_task(exchange.log_in("ann")))
                await asyncio.sleep(0.5)

        change_role = identity.ChangeRole(begin, exchange.revoked, exchange.clock)
        await change_role(user_id=ann.id, role=Role.MODERATOR, actor=Actor(admin.id, Role.ADMIN))

        assert exchange.claims(await coming[0]).role is Role.MODERATOR

    async def test_is_seen_by_a_log_in_that_is_under_way(self, exchange):
        admin = await exchange.register("boss", Role.ADMIN)
        ann = await exchange.register("ann")
        has_changed = False

        @asynccontextmanager
        async def begin(**origin):
            nonlocal has_changed
            async with exchange.database.begin(**origin) as transaction:
                yield transaction
            if not has_changed:
                has_changed = True
                await exchange.change_role(ann, Role.MODERATOR, by=admin)

        signed = await evolve(exchange, database=Begins(begin)).log_in("ann")
        assert exchange.claims(signed).role is Role.MODERATOR

    async def test_to_the_same_role_ends_nothing(self, exchange):
        admin = await exchange.register("boss", Role.ADMIN)
        ann = await exchange.register("ann")
        signed = await exchange.log_in("ann")
        await exchange.change_role(ann, Role.COLLECTOR, by=admin)

        assert exchange.claims(signed)

    async def test_is_for_admins_and_not_for_oneself(self, exchange):
        admin = await exchange.register("boss", Role.ADMIN)
        moderator = await exchange.register("mod", Role.MODERATOR)
        with pytest.raises(RoleNotAllowed) as refused:
            await exchange.change_role(admin, Role.COLLECTOR, by=moderator)
        with pytest.raises(identity.CannotChangeOwnRole):
            await exchange.change_role(admin, Role.COLLECTOR, by=admin)

        assert refused.value.required == ("admin",)

    async def test_believes_the_store_more_than_the_token(self, exchange):
        admin = await exchange.register("boss", Role.ADMIN)
        other = await exchange.register("chief", Role.ADMIN)
        await exchange.change_role(other, Role.COLLECTOR, by=admin)

        with pytest.raises(RoleNotAllowed):
            await exchange.change_role(admin, Role.COLLECTOR, by=other)

    async def test_of_two_admins_who_dismiss_each_other_at_once_one_remains(self, exchange):
        one = await exchange.register("boss", Role.ADMIN)
        other = await exchange.register("chief", Role.ADMIN)
        answers = await asyncio.gather(
            exchange.change_role(one, Role.COLLECTOR, by=other),
            exchange.change_role(other, Role.COLLECTOR, by=one),
            return_exceptions=True,
        )

        assert {type(answer) for answer in answers} == {RoleNotAllowed, User}
        after = [await load(exchange.database, user.id) for user in (one, other)]
        assert [user.role for user in after].count(Role.ADMIN) == 1

    async def test_refuses_an_unknown_user(self, exchange):
        admin = await exchange.register("boss", Role.ADMIN)
        with pytest.raises(UserNotFound):
            await exchange.change_role(a_user(), Role.ADMIN, by=admin)


class TestQueries:
    async def test_a_user_sees_their_account(self, exchange):
        ann = await exchange.register("ann")
        get_my_account = identity.GetMyAccount(exchange.database.begin)

        assert await get_my_account(user_id=ann.id) == ann

    async def test_everybody_sees_a_profile_by_id_and_by_handle(self, exchange):
        ann = await exchange.register("ann")
        get_profile = identity.GetProfile(exchange.database.begin)

        assert await get_profile(of=ann.id) == identity.Profile(
            ann.id, ann.handle, ann.registered_at
        )
        assert await get_profile(of=Handle("Ann")) == await get_profile(of=ann.id)
        with pytest.raises(UserNotFound):
            await get_profile(of=UserId(UUID(int=0)))
