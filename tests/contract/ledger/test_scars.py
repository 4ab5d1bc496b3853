"""Bugs that other engines of exchange shipped, each as a test against both stores.

The numbers are those of the design's list of such bugs.
"""

from datetime import timedelta

import pytest
from attrs import evolve

from ece_domain.cards import CardId, CardNotFound
from ece_domain.kernel import USD
from ece_domain.ledger import (
    Account,
    CaptureHold,
    ExpireHold,
    HeldCard,
    HeldMoney,
    Hold,
    HoldExceeded,
    HoldId,
    HoldNotExpired,
    HoldNotFound,
    HoldNotOpen,
    HoldPastExpiry,
    HoldPurpose,
    HoldState,
    InsufficientFunds,
    MalformedSettlement,
    MoveCard,
    MoveMoney,
    PlaceHold,
    PlatformRole,
    ReleaseHold,
    Settlement,
    SettlementId,
    SettlementIdReused,
)
from tests.strategies.ledger import DEAL, NOON

from .stores import Store, a_user, an_id, assert_sound, deposit, dollars, mint, settle, usd

ANNA, BELA = a_user("anna"), a_user("bela")
ANNAS, BELAS = dollars("anna"), dollars("bela")
HOUSE = Account.of_platform(PlatformRole.COMMISSION, USD)
CARD = CardId(an_id("card"))


def a_bid(amount: int, name: str = "bid", **more: object) -> Hold:
    hold = Hold(
        id=HoldId(an_id(name)),
        deal=DEAL,
        purpose=HoldPurpose.BID,
        subject=HeldMoney(ANNAS, amount),
    )
    return evolve(hold, **more)


async def available(store: Store, account: Account) -> int:
    async with store.begin() as transaction:
        (record,) = [
            record
            async for record in transaction.books.accounts()
            if record.account_id == account.id
        ]
    return record.balance.available


async def state(store: Store, hold: Hold) -> HoldState:
    async with store.begin() as transaction:
        return (await transaction.ledger.hold(hold.id)).state


@pytest.fixture(autouse=True)
async def _sound_in_the_end(database: Store):
    yield
    await assert_sound(database)


async def test_s04_two_lines_of_one_settlement_are_summed_before_the_check(database):
    await settle(database, "deposit", deposit(ANNAS, 100))
    twice = (MoveMoney(ANNAS, BELAS, usd(60)), MoveMoney(ANNAS, HOUSE, usd(60)))

    with pytest.raises(InsufficientFunds) as refusal:
        await settle(database, "twice", *twice)

    assert refusal.value.details == {"available": usd(100), "needed": usd(120)}


async def test_s04_two_captures_of_one_hold_are_summed_before_the_check(database):
    bid = a_bid(100)
    await settle(database, "deposit", deposit(ANNAS, 500), PlaceHold(bid))
    capture = CaptureHold(bid, MoveMoney(ANNAS, BELAS, usd(60)))

    with pytest.raises(HoldExceeded) as refusal:
        await settle(database, "twice", capture, capture)

    assert refusal.value.details == {"hold_id": bid.id, "remaining": usd(100), "needed": usd(120)}


async def test_s05_the_held_amount_is_the_sum_of_open_holds_after_every_step(database):
    first, second = a_bid(30, "first"), a_bid(50, "second", expires_at=NOON + timedelta(hours=1))
    later = NOON + timedelta(hours=2)
    steps = [
        (NOON, (deposit(ANNAS, 100), PlaceHold(first)), 70),
        (NOON, (PlaceHold(second),), 20),
        (NOON, (CaptureHold(first, MoveMoney(ANNAS, BELAS, usd(10))),), 20),
        (NOON, (CaptureHold(first, MoveMoney(ANNAS, BELAS, usd(5))), ReleaseHold(first)), 35),
        (later, (ExpireHold(second),), 85),
    ]
    for number, (now, moves, left) in enumerate(steps):
        await settle(database, number, *moves, now=now)
        assert await available(database, ANNAS) == left
        await assert_sound(database)


async def test_s08_holds_count_in_the_balance_check(database):
    await settle(database, "deposit", deposit(ANNAS, 100), PlaceHold(a_bid(60)))

    with pytest.raises(InsufficientFunds) as refusal:
        await settle(database, "spend", MoveMoney(ANNAS, BELAS, usd(41)))
    assert refusal.value.details == {"available": usd(40), "needed": usd(41)}

    with pytest.raises(InsufficientFunds):
        await settle(database, "hold", PlaceHold(a_bid(41, "another")))

    await settle(database, "all that is left", MoveMoney(ANNAS, BELAS, usd(40)))
    assert await available(database, ANNAS) == 0


async def test_s09_a_hold_released_twice_is_refused_by_name(database):
    bid = a_bid(60)
    await settle(database, "deposit", deposit(ANNAS, 100), PlaceHold(bid))
    await settle(database, "release", ReleaseHold(bid))

    with pytest.raises(HoldNotOpen) as refusal:
        await settle(database, "again", ReleaseHold(bid))

    assert refusal.value.details == {"hold_id": bid.id, "state": HoldState.RELEASED}
    assert await available(database, ANNAS) == 100


@pytest.mark.parametrize("final", [HoldState.CAPTURED, HoldState.RELEASED, HoldState.EXPIRED])
async def test_s10_nothing_leads_out_of_a_final_state(database, final):
    bid = a_bid(60, expires_at=NOON + timedelta(seconds=1))
    capture = CaptureHold(bid, MoveMoney(ANNAS, BELAS, usd(60)))
    moves = {
        HoldState.CAPTURED: (capture, NOON),
        HoldState.RELEASED: (ReleaseHold(bid), NOON),
        HoldState.EXPIRED: (ExpireHold(bid), NOON + timedelta(seconds=1)),
    }
    await settle(database, "deposit", deposit(ANNAS, 100), PlaceHold(bid))
    move, now = moves[final]
    await settle(database, "final", move, now=now)

    for name, (another, at) in moves.items():
        with pytest.raises(HoldNotOpen):
            await settle(database, name, another, now=at)
        assert await state(database, bid) is final


async def test_s10_a_card_is_captured_once(database):
    await mint(database, ANNA, CARD)
    listing = Hold(
        id=HoldId(an_id("listing")),
        deal=DEAL,
        purpose=HoldPurpose.LISTING,
        subject=HeldCard(CARD, ANNA),
    )
    await settle(database, "list", PlaceHold(listing))
    await settle(database, "sell", CaptureHold(listing, MoveCard(CARD, ANNA, BELA)))

    with pytest.raises(HoldNotOpen):
        await settle(database, "again", CaptureHold(listing, MoveCard(CARD, ANNA, BELA)))


async def test_s11_captures_in_parts_never_sum_to_more_than_the_hold(database):
    bid = a_bid(100)
    await settle(database, "deposit", deposit(ANNAS, 500), PlaceHold(bid))
    for part in range(3):
        await settle(database, part, CaptureHold(bid, MoveMoney(ANNAS, BELAS, usd(30))))

    with pytest.raises(HoldExceeded) as refusal:
        await settle(database, "too much", CaptureHold(bid, MoveMoney(ANNAS, BELAS, usd(11))))
    assert refusal.value.details == {"hold_id": bid.id, "remaining": usd(10), "needed": usd(11)}

    await settle(database, "the rest", CaptureHold(bid, MoveMoney(ANNAS, BELAS, usd(10))))
    assert await state(database, bid) is HoldState.CAPTURED


async def test_s13_every_balance_that_moves_has_its_entry(database):
    settled = await settle(
        database, "deposit", deposit(ANNAS, 100), MoveMoney(ANNAS, HOUSE, usd(3))
    )

    assert {entry.account: entry.amount for entry in settled.entries} == {
        Account.external(USD): -100,
        ANNAS: 97,
        HOUSE: 3,
    }
    async with database.begin() as transaction:
        for account, balance in ((Account.external(USD), -100), (ANNAS, 97), (HOUSE, 3)):
            assert await transaction.books.balance_of(account) == balance


async def test_s14_a_hold_is_read_in_its_current_state(database):
    bid = a_bid(60)
    await settle(database, "deposit", deposit(ANNAS, 100), PlaceHold(evolve(bid, captured=60)))
    async with database.begin() as transaction:
        assert await transaction.ledger.hold(bid.id) == bid

    pretended = evolve(bid, state=HoldState.CAPTURED, captured=60)
    await settle(database, "release", ReleaseHold(pretended))
    assert await state(database, bid) is HoldState.RELEASED
    assert await available(database, ANNAS) == 100


async def test_s22_a_receipt_has_the_balances_after_the_settlement(database):
    settled = await settle(
        database, "deposit", deposit(ANNAS, 100), MoveMoney(ANNAS, BELAS, usd(30))
    )

    assert {entry.account: entry.balance_after for entry in settled.entries} == {
        Account.external(USD): None,
        ANNAS: 70,
        BELAS: 30,
    }


async def test_s22_the_settlement_returns_its_receipt(database):
    moves = (deposit(ANNAS, 100), MoveMoney(ANNAS, BELAS, usd(30)))
    settlement = Settlement(SettlementId(an_id("returned")), "test.settle", moves)
    receipts = []
    for _ in range(2):
        async with database.begin() as transaction:
            receipts.append(transaction.ledger.settle(settlement, NOON))

    async with database.begin() as transaction:
        assert receipts[0].value == await transaction.ledger.receipt(settlement.id)
    assert receipts[1].value is None, "a repetition settles nothing"


async def test_a_hold_is_past_its_expiry_from_the_very_moment_on(database):
    expiry = NOON + timedelta(seconds=10)
    just_before, capture = expiry - timedelta(microseconds=1), MoveMoney(ANNAS, BELAS, usd(1))
    bid = a_bid(60, expires_at=expiry)
    await settle(database, "deposit", deposit(ANNAS, 100), PlaceHold(bid))

    with pytest.raises(HoldNotExpired):
        await settle(database, "early", ExpireHold(bid), now=just_before)
    await settle(database, "in time", CaptureHold(bid, capture), now=just_before)
    with pytest.raises(HoldPastExpiry):
        await settle(database, "late", CaptureHold(bid, capture), now=expiry)
    both = CaptureHold(bid, capture), ReleaseHold(bid)
    with pytest.raises(HoldPastExpiry):
        await settle(database, "late, with the rest released", *both, now=expiry)
    await settle(database, "expiry", ExpireHold(bid), now=expiry)
    assert await available(database, ANNAS) == 99


async def test_the_same_settlement_again_changes_nothing_and_another_is_refused(database):
    first = await settle(database, "one", deposit(ANNAS, 100))
    again = await settle(database, "one", deposit(ANNAS, 100), now=NOON + timedelta(days=1))

    assert again == first
    assert await available(database, ANNAS) == 100
    with pytest.raises(SettlementIdReused):
        await settle(database, "one", deposit(ANNAS, 101))


async def test_the_same_settlement_again_is_known_though_its_hold_has_gone_on(database):
    bid = a_bid(60)
    move = MoveMoney(ANNAS, BELAS, usd(60))
    await settle(database, "deposit", deposit(ANNAS, 100), PlaceHold(bid))
    first = await settle(database, "capture", CaptureHold(bid, move))
    async with database.begin() as transaction:
        captured = await transaction.ledger.hold(bid.id)

    assert await settle(database, "capture", CaptureHold(captured, move)) == first


async def test_refused_settlements_leave_nothing_behind(database):
    await settle(database, "deposit", deposit(ANNAS, 100))
    moves = MoveMoney(ANNAS, BELAS, usd(10)), MoveCard(CARD, ANNA, BELA)
    with pytest.raises(CardNotFound):
        await settle(database, "half", *moves)

    assert await available(database, ANNAS) == 100
    await mint(database, ANNA, CARD)
    await settle(database, "half", *moves)
    assert await available(database, ANNAS) == 90


async def test_a_contradiction_is_refused_before_anything_is_queued(database):
    with pytest.raises(MalformedSettlement):
        await settle(database, "nothing")
    with pytest.raises(HoldNotFound):
        await settle(database, "nothing", ReleaseHold(a_bid(1)))
