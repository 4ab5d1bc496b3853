"""Only the context that placed a hold can end it, in every store."""

from datetime import timedelta

import pytest
from attrs import evolve

from ece_adapters.postgres import PostgresDatabase
from ece_domain.cards import CardId
from ece_domain.ledger import (
    CaptureHold,
    Deal,
    ExpireHold,
    HeldCard,
    HeldMoney,
    Hold,
    HoldAlreadyPlaced,
    HoldId,
    HoldNotFound,
    HoldPurpose,
    HoldState,
    MalformedSettlement,
    Move,
    MoveCard,
    MoveMoney,
    PlaceHold,
    ReleaseHold,
    Settlement,
    SettlementId,
)
from tests.contract.conftest import postgres_database
from tests.strategies.ledger import NOON
from tests.teller import Teller

from .stores import Store, a_user, an_id, assert_sound, deposit, dollars, mint, settle, usd

ANN, BOB = a_user("ann"), a_user("bob")
CARD = CardId(an_id("card"))
BID = Hold(
    id=HoldId(an_id("bid")),
    deal=Deal("auctions", an_id("auction")),
    purpose=HoldPurpose.BID,
    subject=HeldMoney(dollars("ann"), 60),
    expires_at=NOON + timedelta(hours=1),
)
LISTING = Hold(
    id=HoldId(an_id("listing")),
    deal=Deal("market", an_id("listing")),
    purpose=HoldPurpose.LISTING,
    subject=HeldCard(CARD, ANN),
    expires_at=NOON + timedelta(hours=1),
)


async def settle_as(
    store: Store, context: str, name: object, *moves: Move, now=NOON
) -> SettlementId:
    settlement_id = SettlementId(an_id("settlement", name))
    async with store.begin() as transaction:
        transaction.ledger.settle(Settlement(settlement_id, f"{context}.act", moves), now)
    return settlement_id


async def hold_in(store: Store, hold_id: HoldId) -> Hold:
    async with store.begin() as transaction:
        return await transaction.ledger.hold(hold_id)


@pytest.fixture
async def held(database) -> Store:
    """A bid of an auction and a listing of the market are open."""
    await mint(database, ANN, CARD)
    await settle(database, "fund", deposit(dollars("ann"), 100))
    await settle_as(database, "auctions", "bid", PlaceHold(BID))
    await settle_as(database, "market", "list", PlaceHold(LISTING))
    return database


PAY = MoveMoney(dollars("ann"), dollars("bob"), usd(60))
ENDS = {
    "release a bid": (ReleaseHold(BID), "market"),
    "capture a bid": (CaptureHold(BID, PAY), "market"),
    "capture a part of a bid": (CaptureHold(BID, evolve(PAY, amount=usd(1))), "ledger"),
    "expire a bid": (ExpireHold(BID), "ledger"),
    "release a listing": (ReleaseHold(LISTING), "auctions"),
    "capture a listing": (CaptureHold(LISTING, MoveCard(CARD, ANN, BOB)), "trades"),
    "expire a listing": (ExpireHold(LISTING), "ledger"),
}


@pytest.mark.parametrize("name", ENDS)
async def test_another_context_finds_no_such_hold(held, name):
    move, stranger = ENDS[name]
    now = NOON + timedelta(hours=isinstance(move, ExpireHold))
    with pytest.raises(HoldNotFound):
        await settle_as(held, stranger, name, move, now=now)

    assert await hold_in(held, move.hold.id) == move.hold
    await assert_sound(held)


async def test_the_name_of_a_context_is_compared_whole(held):
    with pytest.raises(HoldNotFound):
        await settle_as(held, "auction", "shorter", ReleaseHold(BID))


async def test_a_hold_that_claims_another_deal_is_still_that_of_its_context(held):
    """The store checks which context placed a hold, not what the caller claims."""
    claimed = evolve(BID, deal=Deal("ledger", BID.id))
    with pytest.raises(HoldNotFound):
        await settle_as(held, "ledger", "claim", ReleaseHold(claimed))


async def test_an_ended_hold_is_not_there_for_another_context_either(held):
    await settle_as(held, "auctions", "release", ReleaseHold(BID))
    with pytest.raises(HoldNotFound):
        await settle_as(held, "ledger", "again", ReleaseHold(BID))


async def test_a_context_cannot_place_a_hold_for_another_context(held):
    with pytest.raises(MalformedSettlement):
        await settle_as(held, "ledger", "forge", PlaceHold(evolve(BID, id=HoldId(an_id("new")))))


@pytest.mark.parametrize("purpose", ["", "market", ".purchase", "Market.purchase", "market."])
async def test_a_settlement_names_the_context_that_settles(held, purpose):
    settlement = Settlement(SettlementId(an_id("nameless")), purpose, (PAY,))
    with pytest.raises(MalformedSettlement):
        async with held.begin() as transaction:
            transaction.ledger.settle(settlement, NOON)


@pytest.mark.parametrize("end", ["release", "capture"])
async def test_operators_cannot_end_a_bid(held, clock, end):
    """A generic release freed the bid of an auction."""
    teller = Teller(held, clock)
    ends = {
        "release": lambda: teller.release(BID.id),
        "capture": lambda: teller.capture(BID.id, 10, None),
    }
    with pytest.raises(HoldNotFound):
        await ends[end]()

    assert await hold_in(held, BID.id) == BID


async def test_the_sweep_leaves_money_that_another_context_has_set_aside(held, clock):
    teller = Teller(held, clock)
    clock.advance(hours=2)

    assert await teller.expire() == 0
    assert await hold_in(held, BID.id) == BID


@pytest.mark.parametrize("hold", [BID, LISTING], ids=["money", "card"])
@pytest.mark.parametrize("end", ["captured", "released", "expired"])
async def test_a_hold_is_found_in_every_state_and_its_id_is_never_free_again(held, hold, end):
    capture = PAY if hold is BID else MoveCard(CARD, ANN, BOB)
    move, now = {
        "captured": (CaptureHold(hold, capture), NOON),
        "released": (ReleaseHold(hold), NOON),
        "expired": (ExpireHold(hold), NOON + timedelta(hours=1)),
    }[end]
    await settle_as(held, hold.deal.context, "end", move, now=now)

    ended = await hold_in(held, hold.id)
    assert ended.state is HoldState(end)
    assert ended == evolve(hold, state=ended.state, captured=ended.captured)
    if hold is LISTING and end == "captured":
        return  # the card is another's by now, which is refused first
    again = PlaceHold(evolve(hold, subject=HeldMoney(dollars("ann"), 1)))
    with pytest.raises(HoldAlreadyPlaced):
        await settle_as(held, hold.deal.context, "again", again)


async def test_ended_holds_leave_the_hot_table_and_partial_captures_are_hot_updates(
    postgres_server, tally
):
    """Of 2,000 updates of holds none was HOT: each wrote to an index."""
    async with postgres_database(postgres_server) as postgres:
        await settle(postgres, "fund", deposit(dollars("ann"), 10_000))
        for number in range(20):
            hold = evolve(
                BID, id=HoldId(an_id("bid", number)), subject=HeldMoney(dollars("ann"), 20)
            )
            await settle_as(postgres, "auctions", ("place", number), PlaceHold(hold))
            part = CaptureHold(hold, evolve(PAY, amount=usd(1)))
            for nth in range(20):
                await settle_as(postgres, "auctions", ("part", number, nth), part)

        seen = await _updates(postgres)

        assert await _count(postgres, "ledger_hold") == 0
        assert await _count(postgres, "ledger_ended_hold") == 20
    assert seen["ledger_ended_hold"] == (0, 0)
    for table in ("ledger_hold", "ledger_account"):
        updates, hot = seen[table]
        tally.count(f"updates of {table}", updates, at_least=19 * 20)
        tally.count(f"HOT updates of {table}", hot, at_least=updates * 9 // 10)


async def _updates(postgres: PostgresDatabase) -> dict[str, tuple[int, int]]:
    async with postgres.begin() as transaction:
        await transaction.unit.fetch("SELECT pg_stat_force_next_flush()")
        rows = await transaction.unit.fetch(
            "SELECT relname, n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables"
        )
    return {row["relname"]: (row["n_tup_upd"], row["n_tup_hot_upd"]) for row in rows}


async def _count(postgres: PostgresDatabase, table: str) -> int:
    async with postgres.begin() as transaction:
        (row,) = await transaction.unit.fetch(f"SELECT count(*) FROM {table}")
    return int(row["count"])
