"""The hash of a closing can be computed again, so it shows changes of the journal."""

import hashlib
from datetime import timedelta
from uuid import UUID

import pytest
from attrs import evolve

from ece_domain.cards import CardId
from ece_domain.identity import UserId
from ece_domain.ledger import AccountId, SettlementId
from ece_domain.ledger.storage import (
    Closing,
    ClosingHash,
    JournalLine,
    JournalRecord,
    JournalTransfer,
    RecordedSettlement,
)
from tests.strategies.ledger import NOON

USERS, HOUSE, WORLD = (AccountId(UUID(int=number)) for number in (1, 2, 3))
ANNA, BELA = (UserId(UUID(int=number)) for number in (4, 5))
CARD = CardId(UUID(int=6))
MICROSECONDS = b"%d" % (int(NOON.timestamp()) * 1_000_000)
DEPOSIT = JournalRecord(
    settlement_id=SettlementId(UUID(int=8)),
    settlement=RecordedSettlement("test.deposit", b"moves", NOON),
    lines=(
        JournalLine(USERS, "USD/2", 100, 1, 100),
        JournalLine(WORLD, "USD/2", -100, None, None),
    ),
)
SALE = JournalRecord(
    settlement_id=SettlementId(UUID(int=9)),
    settlement=RecordedSettlement("test.sale", b"others", NOON),
    lines=(
        JournalLine(USERS, "USD/2", -7, 2, 93),
        JournalLine(HOUSE, "USD/2", 7, None, None),
    ),
    transfers=(JournalTransfer(CARD, ANNA, BELA, 1),),
)


def closed(*records: JournalRecord, after: Closing | None = None) -> Closing:
    closing_hash = ClosingHash()
    for record in records:
        closing_hash.add(record)
    return closing_hash.close(after, after.balances if after else {}, NOON)


def test_the_digest_is_over_settlements_lines_and_transfers_after_the_closing_before():
    content = (
        DEPOSIT.settlement_id.bytes + MICROSECONDS + b"/12/5/2/0;test.depositmoves",
        USERS.bytes + b"100/1/100;",
        WORLD.bytes + b"-100/0/-1;",
        SALE.settlement_id.bytes + MICROSECONDS + b"/9/6/2/1;test.saleothers",
        USERS.bytes + b"-7/2/93;",
        HOUSE.bytes + b"7/0/-1;",
        CARD.bytes + ANNA.bytes + BELA.bytes + b"1;",
    )
    first = hashlib.sha256(bytes(32) + hashlib.sha256(b"".join(content)).digest()).digest()
    second = hashlib.sha256(first + hashlib.sha256(b"").digest()).digest()

    assert closed(DEPOSIT, SALE).digest == first
    assert closed(after=closed(DEPOSIT, SALE)).digest == second


@pytest.mark.parametrize(
    "changed",
    [
        evolve(SALE, settlement_id=DEPOSIT.settlement_id),
        evolve(SALE, settlement=None),
        evolve(SALE, settlement=evolve(SALE.settlement, purpose="test.gift")),
        evolve(SALE, settlement=evolve(SALE.settlement, purpose="test.saleo", digest=b"thers")),
        evolve(SALE, settlement=evolve(SALE.settlement, digest=b"")),
        evolve(
            SALE, settlement=evolve(SALE.settlement, settled_at=NOON + timedelta(microseconds=1))
        ),
        evolve(SALE, lines=SALE.lines[:1]),
        evolve(SALE, lines=(evolve(SALE.lines[0], amount=-8), SALE.lines[1])),
        evolve(SALE, lines=(evolve(SALE.lines[0], account_id=WORLD), SALE.lines[1])),
        evolve(SALE, lines=(evolve(SALE.lines[0], nth=3), SALE.lines[1])),
        evolve(SALE, lines=(evolve(SALE.lines[0], balance_after=94), SALE.lines[1])),
        evolve(SALE, transfers=()),
        evolve(SALE, transfers=(evolve(SALE.transfers[0], card_id=CardId(UUID(int=7))),)),
        evolve(SALE, transfers=(evolve(SALE.transfers[0], from_owner_id=BELA),)),
        evolve(SALE, transfers=(evolve(SALE.transfers[0], to_owner_id=ANNA),)),
        evolve(SALE, transfers=(evolve(SALE.transfers[0], nth=2),)),
    ],
)
def test_whatever_changes_changes_the_digest(changed):
    assert closed(changed).digest != closed(SALE).digest


def test_rolls_up_the_accounts_that_keep_no_balance_themselves():
    assert closed(DEPOSIT, SALE) == Closing(
        number=1,
        settlement_count=2,
        digest=closed(DEPOSIT, SALE).digest,
        balances={WORLD: -100, HOUSE: 7},
        closed_at=NOON,
    )


def test_has_only_the_balances_that_it_changed():
    first = closed(DEPOSIT, SALE)
    second = closed(SALE, after=first)

    assert (second.number, second.settlement_count) == (2, 1)
    assert second.balances == {HOUSE: 14}
