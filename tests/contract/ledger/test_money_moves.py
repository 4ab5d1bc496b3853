"""Money moves and holds run once per key, also under concurrency."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from ece_domain import ledger
from ece_domain.identity import Role
from ece_domain.kernel import MAX_AMOUNT, IdempotencyKeyReused, IdempotentResult
from ece_domain.ledger import (
    HoldNotOpen,
    HoldPurpose,
    HoldState,
    InsufficientFunds,
)
from tests.clock import SettableClock
from tests.contract.conftest import Database
from tests.contract.ledger.stores import assert_sound
from tests.teller import Teller, dollars

COLLECTOR = Role.COLLECTOR


@pytest.fixture
async def teller(database: Database, clock: SettableClock) -> AsyncIterator[Teller]:
    """Audits the ledger after every test."""
    yield Teller(database, clock)
    await assert_sound(database)


async def of_a_deposit(teller, ann, bob):
    return lambda by, key, cents: teller.deposit(ann, cents, key, by)


async def of_a_withdrawal(teller, ann, bob):
    return lambda by, key, cents: teller.withdraw(ann, cents, key, by)


async def of_a_transfer(teller, ann, bob):
    return lambda by, key, cents: teller.transfer(by, bob, cents, key)


async def of_a_hold(teller, ann, bob):
    return lambda by, key, cents: teller.hold(ann, cents, key=key, by=by)


async def of_a_capture(teller, ann, bob):
    hold_id = (await teller.hold(ann, 500)).value.id
    return lambda by, key, cents: teller.capture(hold_id, cents, bob, key, by)


KEYED = [of_a_deposit, of_a_withdrawal, of_a_transfer, of_a_hold, of_a_capture]
Ask = Callable[..., Awaitable[IdempotentResult[object]]]


class TestS21KeyedRequests:
    @pytest.fixture(params=KEYED, ids=lambda build: build.__name__)
    async def ask(self, request, teller, people) -> Ask:
        """A call of it, by this user, under this key, for so many cents, sends the request."""
        return await request.param(teller, *people)

    @pytest.fixture
    async def people(self, teller):
        return await teller.someone(1000), await teller.someone(1000)

    async def everything(self, teller, people):
        """All state that an effect would change."""
        return [
            (await teller.wallet(someone), await teller.statement(someone)) for someone in people
        ]

    async def test_the_same_key_gets_the_same_answer_and_no_second_effect(
        self, teller, people, ask
    ):
        first = await ask(people[0], "one", 10)
        before = await self.everything(teller, people)
        again = await ask(people[0], "one", 10)

        assert (first.is_replayed, again.is_replayed) == (False, True)
        assert again.value == first.value
        assert await self.everything(teller, people) == before

    async def test_the_same_key_for_another_request_is_refused_and_nothing_executed(
        self, teller, people, ask
    ):
        await ask(people[0], "one", 10)
        before = await self.everything(teller, people)
        with pytest.raises(IdempotencyKeyReused):
            await ask(people[0], "one", 11)
        assert await self.everything(teller, people) == before

    async def test_the_same_key_of_another_user_is_another_request(self, teller, people, ask):
        first = await ask(people[0], "one", 10)
        other = await ask(await teller.someone(1000), "one", 10)

        assert not other.is_replayed
        assert other.value != first.value

    async def test_of_many_at_the_same_time_exactly_one_has_an_effect(self, teller, people, ask):
        before = await teller.account(people[0])
        answers = await asyncio.gather(*(ask(people[0], "one", 10) for _ in range(8)))
        after = await teller.account(people[0])

        assert [answer.is_replayed for answer in answers].count(False) == 1
        assert all(answer.value == answers[0].value for answer in answers)
        changes = (after.balance - before.balance, after.held - before.held)
        assert max(abs(change.amount) for change in changes) == 10

    async def test_a_key_is_for_one_kind_of_request(self, teller, people):
        await teller.deposit(people[0], 10, "one")
        with pytest.raises(IdempotencyKeyReused):
            await teller.withdraw(people[0], 10, "one")

    async def test_a_release_is_answered_once(self, teller, people):
        ann, bob = people
        hold_id = (await teller.hold(ann, 50)).value.id
        other_id = (await teller.hold(ann, 50)).value.id

        answers = await asyncio.gather(*(teller.release(hold_id, "one") for _ in range(8)))

        assert [answer.is_replayed for answer in answers].count(False) == 1
        assert {answer.value.state for answer in answers} == {HoldState.RELEASED}
        with pytest.raises(IdempotencyKeyReused):
            await teller.release(other_id, "one")
        assert (await teller.account(ann)).held == dollars(50)
        with pytest.raises(HoldNotOpen):
            await teller.release(hold_id, "one", by=bob)

    async def test_a_refused_request_may_succeed_later_under_its_key(self, teller, people):
        ann, bob = people
        with pytest.raises(InsufficientFunds):
            await teller.transfer(ann, bob, 1001, "one")
        await teller.deposit(ann, 1)
        assert not (await teller.transfer(ann, bob, 1001, "one")).is_replayed

    async def test_a_hold_is_replayed_as_it_was_placed(self, teller, people):
        ann, bob = people
        placed = (await teller.hold(ann, 50, minutes=1, key="one")).value
        await teller.capture(placed.id, 50, bob)

        assert await teller.hold(ann, 50, minutes=1, key="one") == IdempotentResult(
            placed, is_replayed=True
        )

    async def test_a_hold_is_replayed_when_its_expiry_would_be_refused_by_now(self, teller, people):
        ann, _ = people
        placed = await teller.hold(ann, 50, minutes=1, key="one")
        teller.clock.advance(minutes=10)
        assert await teller.hold(ann, 50, minutes=-9, key="one") == IdempotentResult(
            placed.value, is_replayed=True
        )


class TestMoneyUnderRivalry:
    async def test_s15_rivals_never_spend_more_than_there_is(self, teller):
        ann, bob = await teller.someone(100), await teller.someone()
        outcomes = await asyncio.gather(
            *(teller.transfer(ann, bob, 30) for _ in range(10)), return_exceptions=True
        )

        assert sum(isinstance(outcome, IdempotentResult) for outcome in outcomes) == 3
        refusals = [outcome for outcome in outcomes if not isinstance(outcome, IdempotentResult)]
        assert all(isinstance(refusal, InsufficientFunds) for refusal in refusals)
        assert (await teller.account(ann)).balance == dollars(10)
        assert (await teller.account(bob)).balance == dollars(90)

    async def test_s17_crossing_transfers_never_deadlock(self, teller):
        ann, bob = await teller.someone(100), await teller.someone(100)
        await asyncio.gather(
            *(teller.transfer(ann, bob, 1) for _ in range(20)),
            *(teller.transfer(bob, ann, 1) for _ in range(20)),
        )
        assert (await teller.account(ann)).balance == dollars(100)

    async def test_s11_rival_captures_never_take_more_than_is_held(self, teller):
        ann, bob = await teller.someone(1000), await teller.someone()
        hold_id = (await teller.hold(ann, 100)).value.id
        outcomes = await asyncio.gather(
            *(teller.capture(hold_id, 30, bob) for _ in range(6)), return_exceptions=True
        )

        assert sum(isinstance(outcome, IdempotentResult) for outcome in outcomes) == 3
        refusals = [outcome for outcome in outcomes if not isinstance(outcome, IdempotentResult)]
        assert all(isinstance(refusal, ledger.HoldExceeded) for refusal in refusals)
        assert (await teller.account(bob)).balance == dollars(90)

    async def test_s8_held_money_cannot_be_spent(self, teller):
        ann, bob = await teller.someone(100), await teller.someone()
        await teller.hold(ann, 80)
        for spend in (
            teller.transfer(ann, bob, 21),
            teller.withdraw(ann, 21),
            teller.hold(ann, 21),
        ):
            with pytest.raises(InsufficientFunds):
                await spend
        await teller.transfer(ann, bob, 20)


class TestExpiry:
    async def test_releases_only_holds_past_their_expiry(self, teller):
        ann = await teller.someone(1000)
        await teller.hold(ann, 1, minutes=5)
        await teller.hold(ann, 10, minutes=6)
        await teller.hold(ann, 100)
        teller.clock.advance(minutes=5)

        assert await teller.expire() == 1
        assert (await teller.account(ann)).held == dollars(110)
        assert await teller.expire() == 0

    async def test_continues_until_no_hold_is_overdue(self, teller, monkeypatch):
        monkeypatch.setattr("ece_domain.ledger.use_cases.expire_holds.BATCH", 2)
        ann = await teller.someone(1000)
        for cents in range(1, 6):
            await teller.hold(ann, cents, minutes=5)
        teller.clock.advance(minutes=5)

        assert await teller.expire() == 5
        assert (await teller.account(ann)).held == dollars(0)

    async def test_rivals_expire_each_hold_once(self, teller):
        ann = await teller.someone(1000)
        for cents in range(1, 6):
            await teller.hold(ann, cents, minutes=5)
        teller.clock.advance(minutes=5)

        assert sum(await asyncio.gather(*(teller.expire() for _ in range(4)))) == 5
        assert (await teller.account(ann)).available == dollars(1000)

    async def test_leaves_listings_to_the_market(self, teller):
        ann = await teller.someone()
        hold_id = await teller.listed_card(ann)
        teller.clock.advance(hours=2)

        assert await teller.expire() == 0
        async with teller.database.begin() as transaction:
            assert (await transaction.ledger.hold(hold_id)).state is HoldState.OPEN

    async def test_the_longest_overdue_come_first(self, teller):
        ann = await teller.someone(1000)
        sooner = (await teller.hold(ann, 1, minutes=3)).value
        later = (await teller.hold(ann, 1, minutes=9)).value
        bid = (await teller.hold(ann, 1, minutes=1, purpose=HoldPurpose.BID)).value
        now = teller.clock.advance(hours=1)

        async def due(context, limit):
            async with teller.database.begin() as transaction:
                return list(await transaction.wallets.past_expiry(context, now, limit))

        assert await due("ledger", 9) == [bid, sooner, later]
        assert await due("ledger", 2) == [bid, sooner]
        assert await due("market", 9) == []

    @pytest.mark.parametrize("purpose", HoldPurpose)
    async def test_a_hold_placed_by_an_operator_expires_whatever_its_purpose(self, teller, purpose):
        ann = await teller.someone(1000)
        hold = (await teller.hold(ann, 100, minutes=5, purpose=purpose)).value
        teller.clock.advance(minutes=5)

        assert await teller.expire() == 1
        async with teller.database.begin() as transaction:
            assert (await transaction.ledger.hold(hold.id)).state is HoldState.EXPIRED


async def test_the_largest_amount_goes_through(teller):
    ann, bob = await teller.someone(MAX_AMOUNT), await teller.someone()
    await teller.transfer(ann, bob, MAX_AMOUNT)
    assert (await teller.account(bob)).balance == dollars(MAX_AMOUNT)
