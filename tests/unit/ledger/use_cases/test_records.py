"""The use cases record settlements with a purpose and balanced books."""

from datetime import datetime

import pytest

from ece_domain import ledger
from ece_domain.identity import Actor, Role
from ece_domain.ledger import HoldNotFound, SettlementNotFound
from tests.teller import Teller, dollars


def settled(teller: Teller) -> list[tuple[str, datetime]]:
    """The purposes and the moments of all settlements so far."""
    receipts = [recorded.receipt for recorded in teller.database.ledger.settlements]
    return [(receipt.purpose, receipt.settled_at) for receipt in receipts]


async def test_every_settlement_has_a_purpose_and_a_time(teller):
    ann, bob = await teller.someone(500), await teller.someone()
    await teller.withdraw(ann, 1)
    await teller.transfer(ann, bob, 1)
    lasting = (await teller.hold(ann, 100)).value
    await teller.hold(ann, 100, minutes=1)
    await teller.capture(lasting.id, 1, bob)
    await teller.release(lasting.id)
    begun = teller.clock()
    expiry = teller.clock.advance(minutes=1)
    await teller.expire()

    assert settled(teller) == [
        ("ledger.deposit", begun),
        ("ledger.withdrawal", begun),
        ("ledger.transfer", begun),
        ("ledger.hold", begun),
        ("ledger.hold", begun),
        ("ledger.capture", begun),
        ("ledger.release", begun),
        ("ledger.expiry", expiry),
    ]


async def test_an_audit_counts_the_checked_rows(teller):
    ann = await teller.someone(500)
    await teller.withdraw(ann, 1)
    await teller.listed_card(ann)
    (closing,) = await ledger.CloseBooks(teller.database.begin, teller.clock)()
    assert closing.closed_at == teller.clock()

    checked = await ledger.AuditLedger(teller.database.begin)(actor=Actor.exchange())

    assert (checked.entries, checked.accounts, checked.cards, checked.closings) == (4, 1, 1, 1)
    assert checked.violations == ()


async def test_data_of_others_is_not_found(teller):
    ann, bob = await teller.someone(), await teller.someone()
    receipt = (await teller.deposit(ann, 500)).value
    hold = (await teller.hold(ann, 5)).value
    get_hold = ledger.GetHold(teller.database.begin)
    get_settlement_receipt = ledger.GetSettlementReceipt(teller.database.begin)

    with pytest.raises(HoldNotFound) as no_hold:
        await get_hold(hold_id=hold.id, actor=Actor(bob, Role.COLLECTOR))
    with pytest.raises(SettlementNotFound) as no_receipt:
        await get_settlement_receipt(settlement_id=receipt.id, actor=Actor(bob, Role.COLLECTOR))

    assert no_hold.value.hold_id == hold.id
    assert no_receipt.value.settlement_id == receipt.id


async def test_a_single_cent_can_be_moved_and_held(teller):
    ann, bob = await teller.someone(1), await teller.someone()
    await teller.transfer(ann, bob, 1)
    hold = (await teller.hold(bob, 1)).value
    await teller.capture(hold.id, 1, ann)
    await teller.withdraw(ann, 1)

    assert (await teller.account(ann)).balance == dollars(0)
