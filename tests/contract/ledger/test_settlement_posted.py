"""Every settlement publishes one event with all its changes, in every store."""

from uuid import uuid4

import pytest
from attrs import evolve

from ece_domain.cards import CardId
from ece_domain.kernel import RecordedEvent, SequenceEvents
from ece_domain.ledger import (
    CaptureHold,
    ExpireHold,
    HeldCard,
    HeldMoney,
    HoldPurpose,
    InsufficientFunds,
    MoveCard,
    MoveMoney,
    PlaceHold,
    PostedHold,
    PostedHoldAction,
    ReleaseHold,
    Settlement,
    SettlementId,
    SettlementIdReused,
    SettlementPosted,
)
from tests.strategies.ledger import NOON

from .stores import Store, a_hold, a_user, an_id, deposit, dollars, mint, settle, usd

ANN, BOB = a_user("ann"), a_user("bob")
CARD = CardId(an_id("card"))
BID = a_hold("bid", HoldPurpose.BID, HeldMoney(dollars("ann"), 60), expires_at=NOON)
LISTING = a_hold("listing", HoldPurpose.LISTING, HeldCard(CARD, ANN))


async def recorded(database: Store) -> list[RecordedEvent]:
    """All events of the ledger."""
    await SequenceEvents(database.begin)()
    async with database.begin() as transaction:
        log = await transaction.event_log.read_after(0, 1_000)
    return [each for each in log if each.event.kind.startswith("ledger.")]


async def last(database: Store) -> SettlementPosted:
    event = (await recorded(database))[-1].event
    assert isinstance(event, SettlementPosted)
    return event


def became(hold: PostedHold) -> tuple[PostedHoldAction, int | None]:
    return hold.action, hold.money and hold.money.amount


async def test_has_the_change_of_each_owners_balance(database):
    await settle(database, "deposit", deposit(dollars("ann"), 100))
    await settle(database, "pay", MoveMoney(dollars("ann"), dollars("bob"), usd(30)))
    event = await last(database)

    assert (event.settlement_id, event.purpose) == (an_id("settlement", "pay"), "test.settle")
    assert event.occurred_at == NOON
    gained = {entry.owner: (entry.account_kind, entry.money) for entry in event.entries}
    assert gained == {str(ANN): ("user", usd(-30)), str(BOB): ("user", usd(30))}
    assert (event.cards, event.holds) == ((), ())


async def test_has_the_old_and_the_new_owner_of_each_card(database):
    await mint(database, ANN, CARD)
    await settle(database, "list", PlaceHold(LISTING))
    listed = await last(database)
    await settle(database, "sell", CaptureHold(LISTING, MoveCard(CARD, ANN, BOB)))
    sold = await last(database)

    assert listed.cards == ()
    assert [(*became(hold), hold.card_id) for hold in listed.holds] == [("placed", None, CARD)]
    assert [(card.card_id, card.from_owner_id, card.to_owner_id) for card in sold.cards] == [
        (CARD, ANN, BOB)
    ]
    assert [(*became(hold), hold.owner_id) for hold in sold.holds] == [("captured", None, ANN)]


@pytest.mark.parametrize(("move", "action"), [(ReleaseHold, "released"), (ExpireHold, "expired")])
async def test_has_the_released_amount_of_the_stored_hold(database, move, action):
    """The loaded hold has 60 left; the stored one has 45."""
    hold = evolve(BID, expires_at=None if move is ReleaseHold else NOON)
    await settle(database, "deposit", deposit(dollars("ann"), 100))
    await settle(database, "place", PlaceHold(hold))
    placed = await last(database)
    capture = CaptureHold(hold, MoveMoney(dollars("ann"), dollars("bob"), usd(15)))
    await settle(database, "capture", capture, now=NOON.replace(year=2000))
    captured = await last(database)
    await settle(database, "end", move(hold))
    ended = await last(database)

    assert [became(*event.holds) for event in (placed, captured, ended)] == [
        ("placed", 60),
        ("captured", 15),
        (action, 45),
    ]
    assert ended.entries == ()
    (told,) = placed.holds
    assert (told.owner_id, told.context, told.deal_id) == (ANN, hold.deal.context, hold.deal.id)
    assert (told.purpose, told.expires_at) == ("bid", hold.expires_at)


async def test_a_repeated_settlement_publishes_no_second_event(database):
    for _ in range(3):
        await settle(database, "deposit", deposit(dollars("ann"), 100))
    with pytest.raises(SettlementIdReused):
        await settle(database, "deposit", deposit(dollars("ann"), 101))

    assert len(await recorded(database)) == 1


async def test_a_refused_settlement_publishes_no_event(database):
    with pytest.raises(InsufficientFunds):
        await settle(database, "pay", MoveMoney(dollars("ann"), dollars("bob"), usd(30)))

    assert await recorded(database) == []


async def test_an_event_of_a_settlement_has_the_actor_and_the_cause_of_its_transaction(database):
    actor, cause = uuid4(), uuid4()
    settlements = [
        Settlement(SettlementId(an_id(number)), "test.settle", (deposit(dollars("ann"), 1),))
        for number in range(2)
    ]
    async with database.begin(actor_id=actor, cause_id=cause) as transaction:
        for settlement in settlements:
            transaction.ledger.settle(settlement, NOON)

    told = await recorded(database)
    assert [(each.actor_id, each.cause_id) for each in told] == [(actor, cause)] * 2
    assert [each.event.settlement_id for each in told] == [each.id for each in settlements]
    assert told[0].id != told[1].id
