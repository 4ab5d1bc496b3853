"""Changes of operators to the accounts of other users, in every store."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from attrs import evolve

from ece_domain import identity
from ece_domain.identity import (
    AccessSuspended,
    Actor,
    Password,
    Role,
    RoleNotAllowed,
    SessionNotActive,
    Suspension,
    UserNotFound,
    WrongCredentials,
)
from ece_domain.kernel import PageRequest
from tests.contract.identity.office import PASSWORD, REASON, a_user, load
from tests.contract.identity.test_use_cases import Begins

EXCHANGE = Actor.exchange()
NEW = Password("staple battery horse")


@pytest.fixture
async def boss(exchange):
    return Actor.of(await exchange.register("boss", Role.ADMIN))


class TestSetPassword:
    async def test_replaces_the_password_and_ends_the_sessions(self, exchange, outbox):
        ann = await exchange.register("ann")
        before = await exchange.log_in("ann")
        changed = await exchange.set_password(ann, NEW, by=EXCHANGE)

        assert (changed, changed.events) == (await load(exchange.database, ann.id), ())
        with pytest.raises(SessionNotActive):
            exchange.claims(before)
        with pytest.raises(WrongCredentials):
            await exchange.log_in("ann", PASSWORD)
        assert exchange.claims(await exchange.log_in("ann", NEW))
        assert {"identity.password-changed", "identity.session-ended"} <= set(await outbox())

    async def test_is_for_admins_and_the_exchange(self, exchange, boss):
        ann = await exchange.register("ann")
        await exchange.set_password(ann, NEW, by=boss)
        for role in (Role.COLLECTOR, Role.MODERATOR, Role.SERVICE):
            other = await exchange.register(f"a_{role}", role)
            with pytest.raises(RoleNotAllowed):
                await exchange.set_password(ann, PASSWORD, by=Actor.of(other))

        assert await exchange.log_in("ann", NEW)

    async def test_refuses_easy_passwords_and_unknown_users(self, exchange):
        ann = await exchange.register("annalena_b", email="annalena_b@example.com")
        with pytest.raises(identity.UnacceptablePassword):
            await exchange.set_password(ann, Password("annalena_b"), by=EXCHANGE)
        with pytest.raises(UserNotFound):
            await exchange.set_password(a_user(), NEW, by=EXCHANGE)


class TestSuspension:
    async def test_ends_the_sessions_and_refuses_the_next_log_in(self, exchange, boss, outbox):
        ann = await exchange.register("ann")
        signed = await exchange.log_in("ann")
        suspended = await exchange.suspend(ann, by=boss)

        assert suspended.suspension == Suspension(REASON, exchange.clock())
        assert (suspended, suspended.events) == (await load(exchange.database, ann.id), ())
        with pytest.raises(SessionNotActive):
            exchange.claims(signed)
        with pytest.raises(SessionNotActive):
            await exchange.refresh(signed.refresh)
        with pytest.raises(AccessSuspended) as refused:
            await exchange.log_in("ann")
        assert refused.value.reason == REASON.text
        assert (await outbox())[-2:] == ["identity.user-suspended", "identity.session-ended"]

    async def test_is_not_revealed_without_the_password(self, exchange, boss):
        await exchange.suspend(await exchange.register("ann"), by=boss)
        with pytest.raises(WrongCredentials):
            await exchange.log_in("ann", NEW)

    async def test_is_seen_by_a_log_in_that_is_under_way(self, exchange, boss):
        ann = await exchange.register("ann")
        is_suspended = False

        @asynccontextmanager
        async def begin(**origin):
            nonlocal is_suspended
            async with exchange.database.begin(**origin) as transaction:
                yield transaction
            if not is_suspended:
                is_suspended = True
                await exchange.suspend(ann, by=boss)

        with pytest.raises(AccessSuspended):
            await evolve(exchange, database=Begins(begin)).log_in("ann")
        async with exchange.database.begin() as transaction:
            assert await transaction.sessions.open_of(ann.id) == []

    async def test_ends_with_the_reinstatement(self, exchange, boss, outbox):
        ann = await exchange.register("ann")
        await exchange.suspend(ann, by=boss)
        reinstated = await exchange.reinstate(ann, by=EXCHANGE)

        assert (reinstated.suspension, reinstated.events) == (None, ())
        assert reinstated == await load(exchange.database, ann.id)
        assert exchange.claims(await exchange.log_in("ann"))
        assert "identity.user-reinstated" in await outbox()

    async def test_keeps_its_first_reason(self, exchange, boss):
        ann = await exchange.register("ann")
        await exchange.suspend(ann, by=boss)
        with pytest.raises(identity.AlreadySuspended):
            await exchange.suspend(ann, by=boss)
        await exchange.reinstate(ann, by=boss)
        with pytest.raises(identity.NotSuspended):
            await exchange.reinstate(ann, by=boss)

    async def test_is_for_admins_and_not_for_oneself(self, exchange, boss):
        ann = await exchange.register("ann")
        moderator = Actor.of(await exchange.register("mod", Role.MODERATOR))
        for action in (exchange.suspend, exchange.reinstate):
            with pytest.raises(RoleNotAllowed):
                await action(ann, by=moderator)
            with pytest.raises(UserNotFound):
                await action(a_user(), by=boss)
        with pytest.raises(identity.CannotSuspendYourself):
            await exchange.suspend(await load(exchange.database, boss.id), by=boss)

    async def test_of_two_admins_who_suspend_each_other_at_once_one_stays(self, exchange, boss):
        chief = Actor.of(await exchange.register("chief", Role.ADMIN))
        users = [await load(exchange.database, each.id) for each in (boss, chief)]
        answers = await asyncio.gather(
            exchange.suspend(users[0], by=chief),
            exchange.suspend(users[1], by=boss),
            return_exceptions=True,
        )

        assert AccessSuspended in {type(answer) for answer in answers}
        after = [await load(exchange.database, user.id) for user in users]
        assert [user.suspension for user in after].count(None) == 1


class TestExchange:
    async def test_changes_roles_without_an_admin(self, exchange):
        ann = await exchange.register("ann")
        assert (await exchange.change_role(ann, Role.ADMIN, by=EXCHANGE)).role is Role.ADMIN

    async def test_lists_users_newest_first(self, exchange, boss):
        people = [await exchange.register(name) for name in ("ann", "bob", "eve")]
        list_users = identity.ListUsers(exchange.database.begin)
        first = await list_users(page=PageRequest(2), actor=EXCHANGE)
        second = await list_users(page=PageRequest(2, first.next), actor=boss)

        assert first.items == (people[2], people[1])
        assert [user.handle.text for user in second.items] == ["ann", "boss"]
        assert second.next is None
        with pytest.raises(RoleNotAllowed):
            await list_users(page=PageRequest(2), actor=Actor.of(people[0]))
