"""A user's password and sessions, as they look after them, over every store."""

import pytest
from attrs import evolve

from ece_domain import identity
from ece_domain.identity import (
    ClientAddress,
    Password,
    SessionNotActive,
    SessionNotFound,
    WrongCredentials,
    WrongPassword,
)
from ece_domain.kernel import ConcurrentChange, PageRequest, RateLimited
from tests.contract.identity.office import NAMESAKE, PASSWORD
from tests.contract.identity.test_use_cases import Begins
from tests.rate_limits import usual_limits

NEW = Password("staple battery horse")
HOME = ClientAddress("192.0.2.1")


async def change(exchange, signed, current=PASSWORD, new=NEW):
    claims = exchange.claims(signed)
    change_password = identity.ChangePassword(
        exchange.database.begin,
        exchange.passwords,
        exchange._limits,
        exchange.revoked,
        exchange.clock,
    )
    await change_password(
        user_id=claims.user_id, session_id=claims.session_id, current=current, new=new
    )


async def listed(exchange, user_id, limit=25, after=None):
    list_my_sessions = identity.ListMySessions(exchange.database.begin, exchange.clock)
    return await list_my_sessions(user_id=user_id, page=PageRequest(limit, after))


class TestChangePassword:
    async def test_ends_the_other_sessions_and_keeps_this_one(self, exchange, outbox):
        await exchange.register("ann")
        here, there = await exchange.log_in("ann"), await exchange.log_in("ann")
        await change(exchange, here)

        assert exchange.claims(await exchange.refresh(here.refresh))
        with pytest.raises(SessionNotActive):
            exchange.claims(there)
        with pytest.raises(WrongCredentials):
            await exchange.log_in("ann", PASSWORD)
        assert await exchange.log_in("ann", NEW)
        assert (await outbox()).count("identity.password-changed") == 1

    async def test_needs_the_present_password(self, exchange):
        await exchange.register("ann")
        signed = await exchange.log_in("ann")
        with pytest.raises(WrongPassword):
            await change(exchange, signed, current=NEW)

        assert await exchange.log_in("ann", PASSWORD)

    async def test_refuses_easy_passwords(self, exchange):
        await exchange.register("ann", email="ann@example.com")
        signed = await exchange.log_in("ann")
        with pytest.raises(identity.UnacceptablePassword):
            await change(exchange, signed, new=Password("ann@example.com"))

    async def test_guesses_with_a_stolen_session_end_at_the_limit(self, exchange):
        limited = evolve(exchange, limits=usual_limits(exchange.clock))
        await limited.register("ann")
        signed = await limited.log_in("ann")
        for _ in range(10):
            with pytest.raises(WrongPassword):
                await change(limited, signed, current=NAMESAKE)
        with pytest.raises(RateLimited):
            await change(limited, signed)

    async def test_loses_against_a_change_that_came_first(self, exchange):
        await exchange.register("ann")
        signed = await exchange.log_in("ann")
        rival, begun = Password("another battery horse"), 0
        database = exchange.database

        def begin(**origin):
            return database.begin(**origin)

        class Rival:
            def __getattr__(self, name):
                return getattr(exchange.passwords, name)

            async def hash(self, *arguments):
                nonlocal begun
                begun += 1
                if begun == 1:
                    await change(exchange, signed, new=rival)
                return await exchange.passwords.hash(*arguments)

        with pytest.raises(ConcurrentChange):
            await change(evolve(exchange, passwords=Rival(), database=Begins(begin)), signed)
        assert await exchange.log_in("ann", rival)


class TestSessions:
    async def test_are_listed_newest_first_in_pages(self, exchange):
        ann = await exchange.register("ann")
        await exchange.register("bob")
        await exchange.log_in("bob")
        signed = [await exchange.log_in("ann", address=HOME) for _ in range(3)]
        sessions = [await exchange.session(each) for each in signed]
        first = await listed(exchange, ann.id, 2)
        second = await listed(exchange, ann.id, 2, first.next)

        assert [*first.items, *second.items] == sessions[::-1]
        assert (second.next, first.items[0].address) == (None, HOME)

    async def test_that_ended_or_expired_are_not_listed(self, exchange):
        ann = await exchange.register("ann")
        await exchange.log_in("ann")
        exchange.clock.advance(days=14)
        gone, kept = await exchange.log_in("ann"), await exchange.log_in("ann")
        await exchange.log_out(exchange.claims(gone).session_id)

        assert (await listed(exchange, ann.id)).items == (await exchange.session(kept),)

    async def test_end_one_by_one_for_their_user_alone(self, exchange):
        ann, bob = await exchange.register("ann"), await exchange.register("bob")
        here, there = await exchange.log_in("ann"), await exchange.log_in("ann")
        end = identity.EndSession(exchange.database.begin, exchange.revoked, exchange.clock)
        session_id = exchange.claims(there).session_id
        with pytest.raises(SessionNotFound):
            await end(session_id=session_id, user_id=bob.id)
        assert exchange.claims(there)

        for _ in range(2):
            await end(session_id=session_id, user_id=ann.id)
        with pytest.raises(SessionNotActive):
            exchange.claims(there)
        assert exchange.claims(here)
        assert (await exchange.session(there)).ended_at is not None

    async def test_end_all_at_once(self, exchange):
        ann = await exchange.register("ann")
        signed = [await exchange.log_in("ann") for _ in range(3)]
        end = identity.EndAllSessions(exchange.database.begin, exchange.revoked, exchange.clock)
        await end(user_id=ann.id)

        for each in signed:
            with pytest.raises(SessionNotActive):
                exchange.claims(each)
        assert (await listed(exchange, ann.id)).items == ()
