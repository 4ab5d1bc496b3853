"""The checks of the invariants, on invalid rows."""

from collections.abc import AsyncIterator, Iterable
from typing import TypeVar
from uuid import UUID

import pytest
from attrs import evolve

from ece_domain.cards import CardId
from ece_domain.identity import UserId
from ece_domain.ledger import AccountId, AccountKind, HoldId, SettlementId, Violation
from ece_domain.ledger.invariants import check_accounts, check_cards, check_journal
from ece_domain.ledger.storage import (
    MAX_BALANCE,
    AccountLine,
    AccountRecord,
    Balance,
    CardRecord,
    Closing,
    ClosingHash,
    JournalLine,
    JournalRecord,
    RecordedSettlement,
    RolledUpAccount,
    RunningBalance,
)
from tests.strategies.ledger import NOON

T = TypeVar("T")
HERE, THERE = AccountId(UUID(int=1)), AccountId(UUID(int=2))
ONE, TWO = SettlementId(UUID(int=3)), SettlementId(UUID(int=4))
ANNA, BELA, CARA = (UserId(UUID(int=number)) for number in (5, 6, 7))
BID, LISTING = HoldId(UUID(int=8)), HoldId(UUID(int=9))
CARD = CardRecord(
    card_id=CardId(UUID(int=10)),
    minted_to_id=ANNA,
    owner_id=CARA,
    hold_id=LISTING,
    transfer_count=2,
    transfers=((1, ANNA, BELA), (2, BELA, CARA)),
    open_holds=((LISTING, CARA),),
)
DEPOSIT, FEE = (
    JournalRecord(
        settlement_id=settlement_id,
        settlement=RecordedSettlement("test.settle", b"moves", NOON),
        lines=(
            JournalLine(HERE, "USD/2", amount, nth, balance),
            JournalLine(THERE, "USD/2", -amount, None, None),
        ),
        is_queued=True,
    )
    for settlement_id, amount, nth, balance in ((ONE, 5, 1, 5), (TWO, -1, 2, 4))
)
IN_CLOSINGS = [
    evolve(record, is_queued=False, closing_number=number)
    for number, record in enumerate((DEPOSIT, FEE), 1)
]
LINES = [AccountLine(HERE, 1, 5, 5), AccountLine(HERE, 2, -1, 4)]
ACCOUNT = AccountRecord(HERE, Balance(4, 2), 2, 2)
WORLD = RolledUpAccount(THERE, AccountKind.EXTERNAL, -4)


async def rows(of: Iterable[T]) -> AsyncIterator[T]:
    for row in of:
        yield row


def closed(record: JournalRecord, previous: Closing | None = None) -> Closing:
    closing_hash = ClosingHash()
    closing_hash.add(record)
    return closing_hash.close(previous, previous.balances if previous else {}, NOON)


FIRST = closed(DEPOSIT)
CLOSINGS = [FIRST, closed(FEE, FIRST)]


async def judged(
    records: list[JournalRecord],
    closings: list[Closing] | None = None,
    *,
    rolled_up: list[RolledUpAccount] | None = None,
) -> set[Violation]:
    """``rolled_up`` is computed from the records, unless it is given."""
    if rolled_up is None:
        total = sum(line.amount for record in records for line in record.lines if line.nth is None)
        rolled_up = [evolve(WORLD, balance=total)]
    return set(await check_journal(rows(records), rows(rolled_up), rows(closings or [])))


async def accounted(
    lines: list[AccountLine],
    accounts: list[AccountRecord],
    opening: dict[AccountId, RunningBalance] | None = None,
) -> set[Violation]:
    return set(await check_accounts(rows(lines), rows(accounts), opening))


def i2(what: str, subject: str = f"account {HERE}") -> Violation:
    return Violation("I2", what, subject)


def i3(what: str, subject: str = f"settlement {ONE}") -> Violation:
    return Violation("I3", what, subject)


async def test_sound_books_are_left_alone():
    assert await judged([DEPOSIT, FEE]) == set()
    assert await judged(IN_CLOSINGS, CLOSINGS) == set()
    assert await judged([IN_CLOSINGS[0], FEE], CLOSINGS[:1]) == set()
    assert await accounted(LINES, [ACCOUNT]) == set()


async def test_lines_that_go_on_from_those_checked_before():
    assert await accounted(LINES[1:], [ACCOUNT], {HERE: RunningBalance(1, 5)}) == set()
    assert await accounted(LINES[1:], [ACCOUNT], {HERE: RunningBalance(1, 6)}) == {
        i2("says 4, entries sum to 5", f"account {HERE}, entry 2"),
        i2("balance is 4, its entries sum to 5"),
    }


async def test_a_settlement_that_makes_money():
    gems = JournalLine(THERE, "GEM/0", 3, None, None)
    too_little = evolve(DEPOSIT.lines[0], amount=4)
    record = evolve(DEPOSIT, lines=(too_little, DEPOSIT.lines[1], gems))

    assert await judged([record, evolve(FEE, lines=FEE.lines[:1])]) == {
        Violation("I1", "sums to -1 USD/2, not to zero", f"settlement {ONE}"),
        Violation("I1", "sums to 3 GEM/0, not to zero", f"settlement {ONE}"),
        Violation("I1", "sums to -1 USD/2, not to zero", f"settlement {TWO}"),
    }


async def test_an_account_without_a_name():
    unnamed = evolve(DEPOSIT, lines=(JournalLine(THERE, None, 3, None, None),))

    assert await judged([unnamed]) == {
        Violation("I1", "has entries, but its asset is not recorded", f"account {THERE}")
    }


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        (AccountLine(HERE, 2, -1, 3), {"says 3, entries sum to 4"}),
        (AccountLine(HERE, 3, -1, 4), {"comes where the number is 2"}),
        (AccountLine(HERE, 1, -1, 4), {"comes where the number is 2"}),
    ],
)
async def test_an_entry_that_does_not_follow_from_the_one_before(line, wrong):
    account = evolve(ACCOUNT, entry_count=line.nth)

    assert await accounted([LINES[0], line], [account]) == {
        i2(what, f"account {HERE}, entry {line.nth}") for what in wrong
    }


TOO_MUCH = MAX_BALANCE + 1


@pytest.mark.parametrize(
    ("total", "wrong"),
    [
        (-5, {"balance -5 is out of bounds", "0 is held of -5"}),
        (TOO_MUCH, {f"balance {TOO_MUCH} is out of bounds"}),
    ],
)
async def test_a_balance_below_zero_and_one_above_the_limit(total, wrong):
    lines = [AccountLine(HERE, 1, total, total)]

    assert await accounted(lines, [AccountRecord(HERE, Balance(total), 0, 1)]) == {
        i2(what) for what in wrong
    }


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"balance": Balance(6, 2)}, {"balance is 6, its entries sum to 4"}),
        ({"balance": Balance(4, 5), "open_holds_total": 5}, {"5 is held of 4"}),
        ({"balance": Balance(4, 3)}, {"3 is held, its open holds sum to 2"}),
        ({"entry_count": 3}, {"counts 3 entries, the last one is 2"}),
    ],
)
async def test_an_account_that_differs_from_its_entries_and_holds(change, wrong):
    assert await accounted(LINES, [evolve(ACCOUNT, **change)]) == {i2(what) for what in wrong}


async def test_entries_of_a_missing_account():
    assert await accounted(LINES, []) == {i2("its entries sum to 4, but it has no balance")}


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"balance": -5}, {"balance is -5, its entries sum to -4"}),
        ({"kind": AccountKind.PLATFORM}, {"balance -4 is below zero"}),
    ],
)
async def test_a_platform_account_with_a_wrong_or_negative_balance(change, wrong):
    rolled_up = [evolve(WORLD, **change)]

    assert await judged([DEPOSIT, FEE], rolled_up=rolled_up) == {
        i2(what, f"account {THERE}") for what in wrong
    }


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"is_queued": False}, "is neither closed nor queued to be closed"),
        ({"closing_number": 1}, "is closed, and queued to be closed"),
        ({"settlement": None}, "has entries, card transfers or a closing, but is not recorded"),
    ],
)
async def test_a_settlement_that_is_not_where_it_belongs(change, wrong):
    record = evolve(DEPOSIT, **change)

    assert await judged([record], [closed(record)] if record.closing_number else []) == {i3(wrong)}


DIGEST = "its digest is not that of its settlements and the closing before"
BALANCES = "its balances are not what the entries come to"
NINE = "closed 9 settlements, there are 1"


@pytest.mark.parametrize(
    ("change", "first", "second"),
    [
        ({"digest": b"\0"}, {DIGEST}, {DIGEST}),
        ({"settlement_count": 9}, {NINE}, set()),
        ({"balances": {THERE: -6}}, {BALANCES}, set()),
        (
            {"digest": b"\0", "settlement_count": 9, "balances": {}},
            {DIGEST, BALANCES, NINE},
            {DIGEST},
        ),
    ],
)
async def test_a_closing_that_is_forged(change, first, second):
    assert await judged(IN_CLOSINGS, [evolve(FIRST, **change), CLOSINGS[1]]) == {
        *(i3(what, "closing 1") for what in first),
        *(i3(what, "closing 2") for what in second),
    }


async def test_a_closing_that_is_missing():
    assert await judged(IN_CLOSINGS, CLOSINGS[1:]) == {
        i3("has closed settlements, but is not recorded", "closing 1"),
        i3("is not the closing number 1 that comes next", "closing 2"),
        i3(DIGEST, "closing 2"),
        i3(BALANCES, "closing 2"),
    }


async def test_closings_are_read_with_their_settlements_and_not_ahead_of_them():
    """A million records would not fit into memory."""
    read = 0
    ahead = []

    async def closings() -> AsyncIterator[Closing]:
        nonlocal read
        previous = None
        for number in range(1, 101):
            previous = closed(evolve(DEPOSIT, closing_number=number), previous)
            read = number
            yield previous

    async def records() -> AsyncIterator[JournalRecord]:
        for number in range(1, 101):
            yield evolve(DEPOSIT, is_queued=False, closing_number=number)
            ahead.append(read - number)

    world = evolve(WORLD, balance=-500)
    assert await check_journal(records(), rows([world]), closings()) == []
    assert (read, set(ahead)) == (100, {0})


async def test_a_settlement_that_changed_after_its_closing():
    settlement = RecordedSettlement("test.gift", b"moves", NOON)
    changed = evolve(IN_CLOSINGS[0], settlement=settlement)

    assert await judged([changed], [FIRST]) == {i3(DIGEST, "closing 1")}


async def test_sound_cards_are_left_alone():
    free = evolve(CARD, hold_id=None, open_holds=())

    assert await check_cards(rows([CARD, free])) == []


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"owner_id": None}, [("I4", "is transferred or held, but does not exist")]),
        ({"minted_to_id": None}, [("I4", "is transferred or held, but does not exist")]),
        (
            {"transfers": ((1, ANNA, BELA), (2, ANNA, CARA))},
            [("I4", f"{ANNA} gave what was {BELA}'s")],
        ),
        ({"transfer_count": 3}, [("I4", "counts 3 transfers, there are 2")]),
        (
            {"transfers": ((1, ANNA, BELA), (3, BELA, CARA))},
            [("I4", "transfer 3 comes where the number is 2")],
        ),
        ({"minted_to_id": CARA}, [("I4", f"{ANNA} gave what was {CARA}'s")]),
        (
            {"transfers": ((1, ANNA, BELA),), "transfer_count": 1},
            [("I4", f"is {CARA}'s, its last transfer was to {BELA}")],
        ),
        (
            {"open_holds": ((LISTING, CARA), (BID, CARA))},
            [
                ("I5", "is under 2 open holds"),
                ("I5", f"says hold {LISTING}, open are ['{LISTING}', '{BID}']"),
            ],
        ),
        ({"open_holds": ()}, [("I5", f"says hold {LISTING}, open are []")]),
        ({"hold_id": None}, [("I5", f"says hold None, open are ['{LISTING}']")]),
        (
            {"open_holds": ((LISTING, BELA),)},
            [("I5", f"hold {LISTING} was placed by {BELA}, who does not own it")],
        ),
        (
            {"transfers": (), "transfer_count": 0, "open_holds": ((BID, ANNA),)},
            [
                ("I4", f"is {CARA}'s, its last transfer was to {ANNA}"),
                ("I5", f"says hold {LISTING}, open are ['{BID}']"),
                ("I5", f"hold {BID} was placed by {ANNA}, who does not own it"),
            ],
        ),
    ],
)
async def test_a_card_of_which_something_is_wrong(change, wrong):
    card = evolve(CARD, **change)

    assert await check_cards(rows([card])) == [
        Violation(invariant, what, f"card {card.card_id}") for invariant, what in wrong
    ]
