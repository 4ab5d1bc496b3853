"""The contract of transactions in every store: locking reads, guards, one lock order."""

import asyncio
from collections import Counter
from collections.abc import Awaitable

import asyncpg
import pytest
from attrs import evolve

from ece_adapters.system import new_id
from ece_domain.cards import AssessCondition, CardId, Condition, ConditionScale
from ece_domain.identity import UserId
from ece_domain.kernel import ConcurrentChange, DomainError, LockTimeout
from ece_domain.ledger import (
    Deal,
    HeldCard,
    Hold,
    HoldId,
    HoldPurpose,
    InsufficientFunds,
    MoveMoney,
    PlaceHold,
    Settlement,
    SettlementId,
)
from ece_domain.market import ListingId, Pricing
from tests.contract.ledger.stores import NOON, assert_sound, deposit, dollars, settle
from tests.contract.ledger.stores import usd as money
from tests.contract.market.stall import Stall, usd

RIVALS = 64
ROUNDS = 12


@pytest.fixture
def stall(database, clock) -> Stall:
    return Stall(database, clock)


@pytest.fixture
async def listing_id(stall: Stall) -> ListingId:
    seller = await stall.someone()
    return (await stall.listing(seller)).id


async def raise_price(database, listing_id: ListingId, *, locked: bool = True) -> None:
    async with database.begin() as transaction:
        listings = transaction.listings
        listing = await (listings.get_for_update if locked else listings.get)(listing_id)
        await asyncio.sleep(0)  # so that rivals on the memory store get their turn
        price = usd(listing.pricing.price.amount + 1)
        listings.save(evolve(listing, pricing=Pricing(price)))


async def outcomes(attempts: list[Awaitable[None]]) -> Counter[str]:
    found = await asyncio.gather(*attempts, return_exceptions=True)
    return Counter("done" if each is None else type(each).__name__ for each in found)


async def test_64_callers_of_one_row_all_succeed_with_a_locking_read(database, listing_id):
    counted = await outcomes([raise_price(database, listing_id) for _ in range(RIVALS)])

    assert counted == {"done": RIVALS}
    async with database.begin() as transaction:
        listing = await transaction.listings.get(listing_id)
    assert listing.pricing.price == usd(1000 + RIVALS)


async def test_without_the_locking_read_most_rivals_are_refused(database, listing_id):
    """The control: if this passed without refusals, the test above would prove nothing."""
    attempts = [raise_price(database, listing_id, locked=False) for _ in range(RIVALS)]

    assert (await outcomes(attempts))["ConcurrentChange"] > 0


async def test_a_writer_without_a_lock_never_makes_a_locking_reader_fail(database, listing_id):
    lockers = [raise_price(database, listing_id) for _ in range(RIVALS // 2)]
    others = [raise_price(database, listing_id, locked=False) for _ in range(RIVALS // 2)]

    locked, unlocked = await asyncio.gather(outcomes(lockers), outcomes(others))

    assert locked == {"done": RIVALS // 2}
    assert set(unlocked) <= {"done", "ConcurrentChange"}


async def test_waiting_transactions_get_a_row_in_the_order_of_their_calls(database, listing_id):
    order: list[int] = []

    async def take(number: int) -> None:
        async with database.begin() as transaction:
            await transaction.listings.get_for_update(listing_id)
            order.append(number)
            await asyncio.sleep(0 if number else 0.5)

    await asyncio.gather(*(database.ready() for _ in range(8)))  # connect all that it takes
    tasks = []
    for number in range(8):
        tasks.append(asyncio.create_task(take(number)))
        await asyncio.sleep(0.05)
    await asyncio.gather(*tasks)

    assert order == list(range(8))


async def test_a_lock_timeout_names_what_is_locked(database, listing_id):
    async with database.begin() as transaction:
        await transaction.listings.get_for_update(listing_id)
        with pytest.raises(LockTimeout) as refused:
            await raise_price(database, listing_id)
        with pytest.raises(LockTimeout):
            await raise_price(database, listing_id, locked=False)

    assert refused.value.what == "market listing"
    await raise_price(database, listing_id)


async def test_a_row_is_free_again_after_a_refusal_and_after_a_cancellation(database, listing_id):
    async def fail() -> None:
        async with database.begin() as transaction:
            await transaction.listings.get_for_update(listing_id)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()

    async def hang() -> None:
        async with database.begin() as transaction:
            await transaction.listings.get_for_update(listing_id)
            await asyncio.sleep(60)

    holder = asyncio.create_task(hang())
    await asyncio.sleep(0.1)
    waiter = asyncio.create_task(raise_price(database, listing_id))
    given_up = asyncio.create_task(raise_price(database, listing_id))
    await asyncio.sleep(0.05)
    given_up.cancel()
    holder.cancel()
    await asyncio.gather(holder, given_up, return_exceptions=True)
    async with asyncio.timeout(1):
        await waiter
        await raise_price(database, listing_id)


async def test_a_guard_refuses_an_aggregate_that_changed_since_the_read(database, stall, clock):
    owner = await stall.someone()
    card_id = await stall.card(owner)
    worn = Condition(ConditionScale.TCGPLAYER, "DM")

    async def decide() -> None:
        async with database.begin() as transaction:
            card = await transaction.cards.get(card_id)
            await AssessCondition(database.begin, clock)(
                card_id=card_id, condition=worn, owner_id=owner, expected_version=card.version
            )
            transaction.cards.require_unchanged(card)

    with pytest.raises(ConcurrentChange):
        await decide()


async def test_a_guard_saves_nothing(database, stall):
    card_id = await stall.card(await stall.someone())
    for _ in range(2):
        async with database.begin() as transaction:
            card = await transaction.cards.get(card_id)
            transaction.cards.require_unchanged(card)

    async with database.begin() as transaction:
        assert await transaction.cards.get(card_id) == card


async def test_a_guarded_transaction_is_refused_for_the_first_thing_in_order(database, stall):
    """A save comes before a settlement, although neither is possible."""
    owner = await stall.someone()
    card_id = await stall.card(owner)
    async with database.begin() as transaction:
        card = await transaction.cards.get(card_id)
    async with database.begin() as transaction:
        transaction.cards.save(evolve(card, assessment=Condition(ConditionScale.TCGPLAYER, "NM")))

    async def pay() -> None:
        async with database.begin() as transaction:
            transaction.ledger.settle(a_payment("too much", 10**9), stall.clock())
            transaction.cards.require_unchanged(card)

    with pytest.raises(ConcurrentChange):
        await pay()


async def test_a_refusal_undoes_what_the_transaction_had_applied_before(database):
    async def deposit_and_overdraw() -> None:
        async with database.begin() as transaction:
            for move in (
                deposit(dollars("ann"), 5),
                MoveMoney(dollars("bob"), dollars("ann"), money(1)),
            ):
                settlement = Settlement(SettlementId(new_id()), "test.both", (move,))
                transaction.ledger.settle(settlement, NOON)

    with pytest.raises(InsufficientFunds):
        await deposit_and_overdraw()

    async with database.begin() as transaction:
        assert await transaction.books.balance_of(dollars("ann")) == 0
        assert [record async for record in transaction.books.journal()] == []
        assert await transaction.event_log.assign_positions(100) == 0


async def test_two_settlements_in_one_transaction_never_deadlock(database):
    names = ("ann", "bob")
    for name in names:
        await settle(database, name, deposit(dollars(name), 10_000))

    async def both(number: int) -> None:
        first, second = names if number % 2 else reversed(names)
        async with database.begin() as transaction:
            for each in (first, second):
                move = MoveMoney(dollars(each), dollars("shop"), money(1))
                transaction.ledger.settle(
                    Settlement(SettlementId(new_id()), "test.pay", (move,)), NOON
                )

    for _ in range(ROUNDS):
        await no_deadlock([both(number) for number in range(16)])
    await assert_sound(database)


async def test_a_guarded_card_and_a_settlement_never_deadlock(database, stall):
    owner = await stall.someone()
    cards = [await stall.card(owner) for _ in range(2)]

    async def hold_other(number: int) -> None:
        mine, other = cards if number % 2 else reversed(cards)
        async with database.begin() as transaction:
            card = await transaction.cards.get(CardId(mine))
            transaction.cards.require_unchanged(card)
            transaction.ledger.settle(a_hold(CardId(other), owner), stall.clock())

    for _ in range(ROUNDS):
        await no_deadlock([hold_other(number) for number in range(16)])
    await assert_sound(database)


async def no_deadlock(attempts: list[Awaitable[None]]) -> None:
    for found in await asyncio.gather(*attempts, return_exceptions=True):
        assert found is None or isinstance(found, DomainError), repr(found)
        cause = getattr(found, "__cause__", None)
        assert not isinstance(cause, asyncpg.DeadlockDetectedError)
        assert not isinstance(found, LockTimeout)


def a_payment(name: str, amount: int) -> Settlement:
    move = MoveMoney(dollars(name), dollars("shop"), money(amount))
    return Settlement(SettlementId(new_id()), "test.pay", (move,))


def a_hold(card: CardId, owner: UserId) -> Settlement:
    hold_id = HoldId(new_id())
    hold = Hold(
        id=hold_id,
        deal=Deal("trades", hold_id),
        purpose=HoldPurpose.TRADE,
        subject=HeldCard(card, owner),
    )
    return Settlement(SettlementId(new_id()), "test.hold", (PlaceHold(hold),))
