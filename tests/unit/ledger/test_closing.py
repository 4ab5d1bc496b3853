"""What seals an account book: anybody can compute it again, and nobody can change it unseen."""

import hashlib
from uuid import UUID

from attrs import evolve

from ece_domain.ledger import AccountId, Closing, Line, Seal, SettlementId
from tests.strategies.ledger import NOON

USERS, HOUSE, WORLD = (AccountId(UUID(int=number)) for number in (1, 2, 3))
DEPOSIT, FEE = SettlementId(UUID(int=8)), SettlementId(UUID(int=9))
LINES = (
    Line(0, DEPOSIT, WORLD, "USD/2", -100, None),
    Line(0, DEPOSIT, USERS, "USD/2", 100, 100),
    Line(1, FEE, USERS, "USD/2", -7, 93),
    Line(1, FEE, HOUSE, "USD/2", 3, None),
    Line(1, FEE, HOUSE, "USD/2", 4, None),
)


def seal(*lines: Line, after: Closing | None = None) -> Closing:
    sealing = Seal.after(after)
    for line in lines:
        sealing.add(line)
    return sealing.close(after, 2, NOON)


def test_seals_every_line_in_its_order_after_the_closing_before():
    content = b"".join(
        settlement.bytes + account.bytes + text
        for settlement, account, text in (
            (DEPOSIT, WORLD, b"-100/-1;"),
            (DEPOSIT, USERS, b"100/100;"),
            (FEE, USERS, b"-7/93;"),
            (FEE, HOUSE, b"3/-1;"),
            (FEE, HOUSE, b"4/-1;"),
        )
    )
    first = hashlib.sha256(bytes(32) + hashlib.sha256(content).digest()).digest()
    second = hashlib.sha256(first + hashlib.sha256(b"").digest()).digest()

    assert seal(*LINES).digest == first
    assert seal(after=seal(*LINES)).digest == second


def test_rolls_up_the_accounts_that_keep_no_balance_themselves():
    assert seal(*LINES) == Closing(
        number=1,
        watermark=2,
        entries=5,
        digest=seal(*LINES).digest,
        balances={WORLD: -100, HOUSE: 7},
        closed_at=NOON,
    )


def test_goes_on_where_the_closing_before_ended():
    first = seal(*LINES)
    second = seal(evolve(LINES[3], amount=10), after=first)

    assert (second.number, second.entries) == (2, 1)
    assert second.balances == {WORLD: -100, HOUSE: 17}
    assert first.balances == {WORLD: -100, HOUSE: 7}
