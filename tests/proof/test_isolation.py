"""Two sessions, step by step: anomalies of READ COMMITTED, and the guards against them.

The guarded schedules run the SQL of the adapters. A control named ``unguarded`` shows that a
program without guards goes wrong.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import asyncpg
import pytest
from attrs import evolve

from ece_adapters.postgres.engine.database import PostgresTransaction
from ece_domain.cards import CardId
from ece_domain.kernel import USD, ConcurrentChange, Money, RequestInFlight
from ece_domain.ledger import (
    CaptureHold,
    CardAlreadyHeld,
    ExpireHold,
    HeldCard,
    HeldMoney,
    HoldId,
    HoldNotOpen,
    HoldPurpose,
    InsufficientFunds,
    MoveMoney,
    PlaceHold,
    SettlementIdReused,
)
from ece_domain.market import ListingState, Pricing
from tests.clock import SettableClock
from tests.contract.conftest import postgres_database
from tests.contract.ledger.stores import (
    a_hold,
    a_user,
    an_id,
    assert_sound,
    check,
    deposit,
    dollars,
    mint,
    settle,
    tamper,
    usd,
)
from tests.contract.market.stall import Stall
from tests.strategies.ledger import NOON

from .sessions import Sessions

FIRST, SECOND = sorted((dollars("anna"), dollars("bela")), key=lambda account: account.id)
"""Accounts in lock order. The first has a balance of 100, the second of 0."""
OWNER, CARD = a_user("owner"), CardId(an_id("card"))
BID = a_hold("bid", HoldPurpose.BID, HeldMoney(FIRST, 60), NOON)
OTHER_BID = evolve(BID, id=HoldId(an_id("other bid")))
LISTING = a_hold("listing", HoldPurpose.LISTING, HeldCard(CARD, OWNER))
TRADE = evolve(LISTING, id=HoldId(an_id("trade")), purpose=HoldPurpose.TRADE)

_BALANCE = "SELECT balance FROM ledger_account WHERE id = $1"
_SET_BALANCE = "UPDATE ledger_account SET balance = $2 WHERE id = $1"
_TOUCH = "UPDATE ledger_account SET balance = balance WHERE id = $1"


@pytest.fixture
async def at(postgres_server, tally) -> AsyncIterator[Sessions]:
    async with postgres_database(postgres_server) as database, Sessions.on(database) as sessions:
        await settle(database, "fund", deposit(FIRST, 100))
        yield sessions
        tally.count("schedules", 1)
        tally.count("waits for a lock", sessions.waits)


def pay(amount: int) -> MoveMoney:
    return MoveMoney(FIRST, SECOND, usd(amount))


async def test_dirty_read(at: Sessions):
    await at.a.start()
    await at.a.settle("pay", pay(60))
    assert await at.b.balance(FIRST) == 100
    await at.a.rollback()
    assert await at.b.balance(FIRST) == 100


async def test_lost_update_unguarded(at: Sessions):
    seen = [await session.sql(_BALANCE, FIRST.id) for session in (at.a, at.b)]
    await at.a.start()
    await at.a.sql(_SET_BALANCE, FIRST.id, seen[0] - 80)
    second = await at.b_waits_for_a(at.b.sql(_SET_BALANCE, FIRST.id, seen[1] - 60))
    await at.a.commit()
    await second
    assert await at.c.balance(FIRST) == 40  # as if the eighty had never been paid


async def test_lost_update(at: Sessions):
    await at.a.start()
    await at.a.settle("first", pay(80))
    second = await at.b_waits_for_a(at.b.settle("second", pay(60)))
    await at.a.commit()
    with pytest.raises(InsufficientFunds) as refusal:
        await second
    assert refusal.value.details == {"available": Money(20, USD), "needed": Money(60, USD)}
    await assert_sound(at.database)


async def test_a_guard_is_evaluated_again_after_the_other_transaction_rolled_back(at: Sessions):
    await at.a.start()
    await at.a.settle("first", pay(80))
    second = await at.b_waits_for_a(at.b.settle("second", pay(60)))
    await at.a.rollback()
    await second
    assert await at.c.balance(SECOND) == 60
    await assert_sound(at.database)


async def test_lost_update_of_a_listing_unguarded(at: Sessions):
    listing = await Stall(at.database, SettableClock()).listing(OWNER)
    set_price = "UPDATE market_listing SET price = $2 WHERE id = $1"
    await at.a.start()
    await at.a.sql(set_price, listing.id, 5)
    second = await at.b_waits_for_a(at.b.sql(set_price, listing.id, 7))
    await at.a.commit()
    await second
    assert await at.c.sql("SELECT price FROM market_listing") == 7


async def test_lost_update_of_a_listing(at: Sessions):
    listing = await Stall(at.database, SettableClock()).listing(OWNER)

    def at_price(cents: int) -> Callable[[PostgresTransaction], None]:
        repriced = evolve(listing, pricing=Pricing(usd(cents)))
        return lambda transaction: transaction.listings.save(repriced)

    await at.a.start()
    await at.a.save(at_price(5))
    second = await at.b_waits_for_a(at.b.save(at_price(7)))
    await at.a.commit()
    with pytest.raises(ConcurrentChange):
        await second
    assert await at.c.sql("SELECT price FROM market_listing") == 5


async def test_non_repeatable_read_unguarded(at: Sessions):
    await at.a.start()
    assert await at.a.balance(FIRST) == 100
    await at.b.settle("pay", pay(60))
    assert await at.a.balance(FIRST) == 40
    await at.a.commit()


async def test_non_repeatable_read(at: Sessions):
    """The buyer reads, the seller changes the price, and the buyer decides on what was read."""
    stall = Stall(at.b, SettableClock())
    listing = await Stall(at.database, stall.clock).listing(OWNER, 1_000)
    async with at.a.begin() as transaction:
        read = await transaction.listings.get(listing.id)
    await stall.reprice(listing, 4_000)
    sold = evolve(read, state=ListingState.SOLD)
    with pytest.raises(ConcurrentChange):
        await at.a.save(lambda transaction: transaction.listings.save(sold))


async def test_read_skew_unguarded(at: Sessions):
    await at.a.start()
    first = await at.a.balance(FIRST)
    await at.b.settle("pay", pay(60))
    assert first + await at.a.balance(SECOND) == 160  # of a hundred
    await at.a.commit()


async def test_read_skew(at: Sessions):
    async with at.a.begin() as transaction:
        assert [closing async for closing in transaction.books.closings()] == []
        await at.b.settle("pay", pay(60))
        seen = {
            record.account_id: record.balance.total async for record in transaction.books.accounts()
        }
    assert seen == {FIRST.id: 100}


async def test_phantom_unguarded(at: Sessions):
    count = "SELECT count(*) FROM ledger_entry"
    await at.a.start()
    assert await at.a.sql(count) == 2
    await at.b.settle("pay", pay(60))
    assert await at.a.sql(count) == 4
    await at.a.commit()


async def test_phantom(at: Sessions):
    async with at.a.begin() as transaction:
        before = [record async for record in transaction.books.journal()]
        await at.b.settle("pay", pay(60))
        assert [record async for record in transaction.books.journal()] == before
    assert (await check(at.database)).settlements == len(before) + 1


@pytest.mark.parametrize("isolation", ["READ COMMITTED", "REPEATABLE READ"])
async def test_write_skew_unguarded(at: Sessions, isolation):
    """Each holds 60 of 100, because the other's hold is not visible yet."""
    for session, hold in ((at.a, BID), (at.b, OTHER_BID)):
        await session.start(isolation)
        assert await session.sql(_AVAILABLE, FIRST.id) == 100
        await session.sql(_ADD_HOLD, hold.id, FIRST.id)
    await at.a.commit()
    await at.b.commit()
    assert await at.c.sql(_AVAILABLE, FIRST.id) == -20


_AVAILABLE = """
SELECT balance - (
    SELECT coalesce(sum(amount), 0)::bigint FROM ledger_hold
    WHERE account_id = $1
) FROM ledger_account WHERE id = $1
"""
_ADD_HOLD = """
INSERT INTO ledger_hold (id, context, deal_id, purpose, owner_id, account_id, amount)
VALUES ($1, 'test', $1, 'bid', $1, $2, 60)
"""


async def test_write_skew(at: Sessions):
    await at.a.start()
    await at.a.settle("bid", PlaceHold(BID))
    second = await at.b_waits_for_a(at.b.settle("other bid", PlaceHold(OTHER_BID)))
    await at.a.commit()
    with pytest.raises(InsufficientFunds):
        await second
    await assert_sound(at.database)


async def test_a_card_for_two_purposes_unguarded(at: Sessions):
    await mint(at.database, OWNER, CARD)
    await tamper(at.database, "DROP INDEX ledger_hold_card_once")
    for session, hold in ((at.a, LISTING), (at.b, TRADE)):
        await session.start()
        assert await session.sql("SELECT count(*) FROM ledger_hold WHERE card_id = $1", CARD) == 0
        await session.sql(_ADD_CARD_HOLD, hold.id, CARD, OWNER)
    await at.a.commit()
    await at.b.commit()
    assert {violation.invariant for violation in (await check(at.database)).violations} == {"I5"}


_ADD_CARD_HOLD = """
INSERT INTO ledger_hold (id, context, deal_id, purpose, card_id, owner_id, amount)
VALUES ($1, 'test', $1, 'trade', $2, $3, 1)
"""


async def test_a_card_for_two_purposes(at: Sessions):
    await mint(at.database, OWNER, CARD)
    await at.a.start()
    await at.a.settle("list", PlaceHold(LISTING))
    second = await at.b_waits_for_a(at.b.settle("trade", PlaceHold(TRADE)))
    await at.a.commit()
    with pytest.raises(CardAlreadyHeld):
        await second
    await assert_sound(at.database)


async def test_a_hold_that_expires_while_it_is_captured(at: Sessions):
    await settle(at.database, "bid", PlaceHold(BID), now=NOON - timedelta(hours=1))
    await at.a.start()
    await at.a.settle("expire", ExpireHold(BID))
    capture = at.b.settle("capture", CaptureHold(BID, pay(60)), now=NOON - timedelta(seconds=1))
    second = await at.b_waits_for_a(capture)
    await at.a.commit()
    with pytest.raises(HoldNotOpen):
        await second
    await assert_sound(at.database)


async def test_an_account_that_two_open_at_once(at: Sessions):
    new = dollars("new")
    await at.a.start()
    await at.a.settle("a", deposit(new, 5))
    second = await at.b_waits_for_a(at.b.settle("b", deposit(new, 7)))
    await at.a.commit()
    await second
    assert await at.c.balance(new) == 12
    await assert_sound(at.database)


async def test_the_same_key_at_once_unguarded(at: Sessions):
    await tamper(
        at.database, "ALTER TABLE idempotency_record DROP CONSTRAINT idempotency_record_pkey"
    )
    await at.a.start()
    assert await at.a.deposit_once(SECOND, "a") == "a"
    second = await at.b_waits_for_a(at.b.deposit_once(SECOND, "b"))  # for the account
    await at.a.commit()
    assert await second == "b"
    assert await at.c.balance(SECOND) == 10


@pytest.mark.parametrize("a_commits", [True, False])
async def test_s21_the_same_key_at_once(at: Sessions, a_commits):
    await at.a.start()
    assert await at.a.deposit_once(SECOND, "a") == "a"
    second = await at.b_waits_for_a(at.b.deposit_once(SECOND, "b"))
    await (at.a.commit() if a_commits else at.a.rollback())
    assert await second == ("a" if a_commits else "b")
    assert await at.c.balance(SECOND) == 5
    await assert_sound(at.database)


async def test_the_same_settlement_at_once(at: Sessions):
    await at.a.start()
    await at.a.settle("once", pay(60))
    same = await at.b_waits_for_a(at.b.settle("once", pay(60)))
    await at.a.commit()
    await same
    with pytest.raises(SettlementIdReused):
        await at.b.settle("once", pay(61))
    assert await at.c.balance(SECOND) == 60


_DELETE_CARD = "DELETE FROM cards_card WHERE id = $1"
_LISTINGS_OF_NOTHING = """
SELECT count(*) FROM market_listing WHERE card_id NOT IN (SELECT id FROM cards_card)
"""


async def test_a_card_that_is_deleted_while_it_is_listed(at: Sessions):
    """No foreign key connects rows of different owners: the card's guard refuses."""
    card = await Stall(at.database, SettableClock()).card(OWNER)
    await at.a.start()
    await at.a.sql(_DELETE_CARD, card)
    listing = Stall(at.b, SettableClock()).answer_list(card, OWNER)
    second = await at.b_waits_for_a(listing)
    await at.a.commit()
    with pytest.raises(ConcurrentChange):
        await second
    assert await at.c.sql(_LISTINGS_OF_NOTHING) == 0


async def test_s16_a_lock_conflict_is_not_reported_as_insufficient_funds(at: Sessions):
    """The error is ``ConcurrentChange`` or ``RequestInFlight``."""
    await at.b.sql("SELECT set_config('lock_timeout', '50ms', false)")
    await at.a.start()
    await at.a.deposit_once(SECOND, "a")
    with pytest.raises(ConcurrentChange):
        await at.b.settle("b", deposit(SECOND, 5))
    with pytest.raises(RequestInFlight):
        await at.b.deposit_once(SECOND, "b")
    await at.a.commit()
    assert await at.b.deposit_once(SECOND, "b") == "a"


async def test_locks_without_an_order(at: Sessions):
    await settle(at.database, "fund the other", deposit(SECOND, 100))
    for session, account in ((at.a, FIRST), (at.b, SECOND)):
        await session.start()
        await session.sql(_TOUCH, account.id)
    first = await at.a_waits_for_b(at.a.sql(_TOUCH, SECOND.id))
    ends = await asyncio.gather(first, at.b.sql(_TOUCH, FIRST.id), return_exceptions=True)
    assert [type(end) for end in ends].count(asyncpg.DeadlockDetectedError) == 1


async def test_locks_in_their_order(at: Sessions):
    """A transaction that waits for the first lock does not hold the second."""
    await settle(at.database, "fund the other", deposit(SECOND, 100))
    await at.a.start()
    await at.a.settle("a", deposit(FIRST, 1))
    against_the_order = MoveMoney(SECOND, FIRST, usd(50))
    second = await at.b_waits_for_a(at.b.settle("b", against_the_order))
    await at.a.settle("a again", pay(10))
    await at.a.commit()
    await second
    assert await at.c.balance(FIRST) == 100 + 1 - 10 + 50
    await assert_sound(at.database)
