"""The judge of the books, on rows that no store would keep."""

from collections.abc import AsyncIterator, Iterable
from typing import TypeVar
from uuid import UUID

import pytest
from attrs import evolve

from ece_domain.cards import CardId
from ece_domain.identity import UserId
from ece_domain.ledger import (
    MAX_BALANCE,
    AccountId,
    AccountRecord,
    Balance,
    CardRecord,
    Closing,
    HoldId,
    Line,
    Seal,
    SettlementId,
)
from ece_domain.ledger.invariants import Violation, check_cards, check_lines
from tests.strategies.ledger import NOON

T = TypeVar("T")
HERE, THERE = AccountId(UUID(int=1)), AccountId(UUID(int=2))
ONE, TWO = SettlementId(UUID(int=3)), SettlementId(UUID(int=4))
ANNA, BELA, CARA = (UserId(UUID(int=number)) for number in (5, 6, 7))
BID, LISTING = HoldId(UUID(int=8)), HoldId(UUID(int=9))
CARD = CardRecord(
    card=CardId(UUID(int=10)),
    minted_to=ANNA,
    owner=CARA,
    hold=LISTING,
    handovers=((ANNA, BELA), (BELA, CARA)),
    open_holds=((LISTING, CARA),),
)
DEPOSIT = [
    Line(0, ONE, HERE, "USD/2", 5, 5),
    Line(0, ONE, THERE, "USD/2", -5, None),
]
FEE = [
    Line(1, TWO, HERE, "USD/2", -1, 4),
    Line(1, TWO, THERE, "USD/2", 1, None),
]


async def rows(of: Iterable[T]) -> AsyncIterator[T]:
    for row in of:
        yield row


def line(account: AccountId, amount: int, balance_after: int | None) -> Line:
    return Line(0, ONE, account, "USD/2", amount, balance_after)


def closed(lines: Iterable[Line], watermark: int, previous: Closing | None = None) -> Closing:
    seal = Seal.after(previous)
    for each in lines:
        seal.add(each)
    return seal.close(previous, watermark, NOON)


async def judged(
    lines: list[Line], accounts: list[AccountRecord], closings: list[Closing] | None = None
) -> set[Violation]:
    found = await check_lines(rows(lines), rows(accounts), closings or [])
    return set(found)


def i2(what: str, subject: str = f"account {HERE}") -> Violation:
    return Violation("I2", what, subject)


async def test_sound_books_are_left_alone():
    first = closed(DEPOSIT, 1)
    closings = [first, closed(FEE, 2, first)]

    assert await judged([*DEPOSIT, *FEE], [AccountRecord(HERE, Balance(4, 2), 2)]) == set()
    assert await judged([*DEPOSIT, *FEE], [AccountRecord(HERE, Balance(4), 0)], closings) == set()


async def test_lines_that_go_on_from_those_checked_before():
    account = AccountRecord(HERE, Balance(4), 0)

    async def found(opening: int) -> list[Violation]:
        return await check_lines(rows(FEE), rows([account]), [], {HERE: opening})

    assert await found(5) == []
    assert set(await found(6)) == {
        i2("its entry says 4 where entries sum to 5", f"account {HERE}, settlement {TWO}"),
        i2("balance is 4, its entries sum to 5"),
    }


async def test_a_settlement_that_makes_money():
    lines = [
        line(THERE, -5, None),
        line(THERE, 7, None),
        Line(0, ONE, THERE, "EUR/2", 3, None),
        Line(0, TWO, THERE, "USD/2", -2, None),
    ]

    assert await judged(lines, []) == {
        Violation("I1", "sums to 2 USD/2, not to zero", f"settlement {ONE}"),
        Violation("I1", "sums to 3 EUR/2, not to zero", f"settlement {ONE}"),
        Violation("I1", "sums to -2 USD/2, not to zero", f"settlement {TWO}"),
    }


async def test_an_account_without_a_name():
    assert await judged([Line(0, ONE, THERE, None, 3, None)], []) == {
        Violation("I1", "has entries, but its asset is not recorded", f"account {THERE}")
    }


async def test_an_entry_that_does_not_follow_from_the_one_before():
    lines = [line(HERE, 5, 5), line(HERE, 5, 11), line(THERE, -10, None)]

    assert await judged(lines, [AccountRecord(HERE, Balance(10), 0)]) == {
        i2(
            "its entry says 11 where entries sum to 10",
            f"account {HERE}, settlement {ONE}",
        )
    }


async def test_a_balance_that_is_not_the_sum_of_its_entries():
    assert await judged(DEPOSIT, [AccountRecord(HERE, Balance(6), 0)]) == {
        i2("balance is 6, its entries sum to 5")
    }


async def test_a_balance_below_zero_and_one_above_the_limit():
    lines = [line(HERE, -5, -5), line(THERE, 5, None)]
    assert await judged(lines, [AccountRecord(HERE, Balance(-5), 0)]) == {
        i2("balance -5 is out of bounds"),
        i2("0 is held of -5"),
    }

    too_much = MAX_BALANCE + 1
    lines = [line(HERE, too_much, too_much), line(THERE, -too_much, None)]
    assert await judged(lines, [AccountRecord(HERE, Balance(too_much), 0)]) == {
        i2(f"balance {too_much} is out of bounds")
    }


async def test_more_held_than_is_there():
    assert await judged(DEPOSIT, [AccountRecord(HERE, Balance(5, 6), 6)]) == {i2("6 is held of 5")}


async def test_a_counter_that_drifts_from_the_holds():
    assert await judged(DEPOSIT, [AccountRecord(HERE, Balance(5, 3), 2)]) == {
        i2("3 is held, its open holds sum to 2")
    }


async def test_entries_of_an_account_that_is_gone():
    assert await judged(DEPOSIT, []) == {i2("its entries sum to 5, but it has no balance")}


async def test_entries_of_a_settlement_that_is_gone():
    lines = [evolve(each, is_settled=False) for each in DEPOSIT]

    assert await judged(lines, [AccountRecord(HERE, Balance(5), 0)]) == {
        Violation("I3", "has entries, but is not recorded", f"settlement {ONE}")
    }


DIGEST = "its digest is not that of its entries and the closing before"
BALANCES = "its balances are not what the entries come to"


@pytest.mark.parametrize(
    ("change", "first", "second"),
    [
        ({"digest": b"\0"}, {DIGEST}, {DIGEST}),
        ({"entries": 9}, {"sealed 9 entries, there are 2"}, set()),
        ({"balances": {THERE: -6}}, {BALANCES}, set()),
        ({"number": 2}, {"is not the closing number 1 that comes next"}, set()),
        (
            {"digest": b"\0", "entries": 9, "balances": {}},
            {DIGEST, BALANCES, "sealed 9 entries, there are 2"},
            {DIGEST},
        ),
    ],
)
async def test_a_closing_that_is_forged(change, first, second):
    genuine = closed(DEPOSIT, 1)
    forged = evolve(genuine, **change)
    closings = [forged, closed(FEE, 2, genuine)]
    accounts = [AccountRecord(HERE, Balance(4), 0)]

    assert await judged([*DEPOSIT, *FEE], accounts, closings) == {
        *(Violation("I3", what, f"closing {forged.number}") for what in first),
        *(Violation("I3", what, "closing 2") for what in second),
    }


async def test_a_closing_that_is_missing():
    first = closed(DEPOSIT, 1)
    accounts = [AccountRecord(HERE, Balance(4), 0)]

    assert await judged([*DEPOSIT, *FEE], accounts, [closed(FEE, 2, first)]) == {
        Violation("I3", "is not the closing number 1 that comes next", "closing 2"),
        Violation("I3", "sealed 2 entries, there are 4", "closing 2"),
        Violation("I3", DIGEST, "closing 2"),
    }


async def test_a_line_that_was_sealed_and_changed():
    first = closed(DEPOSIT, 1)
    changed = [evolve(each, settlement=TWO) for each in DEPOSIT]

    assert await judged(changed, [AccountRecord(HERE, Balance(5), 0)], [first]) == {
        Violation("I3", DIGEST, "closing 1")
    }


async def test_sound_cards_are_left_alone():
    free = evolve(CARD, hold=None, open_holds=())

    assert await check_cards(rows([CARD, free])) == []


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"owner": None}, [("I4", "is handed over or held, but does not exist")]),
        ({"minted_to": None}, [("I4", "is handed over or held, but does not exist")]),
        (
            {"handovers": ((ANNA, BELA), (ANNA, CARA))},
            [("I4", f"{ANNA} gave what was {BELA}'s")],
        ),
        ({"minted_to": CARA}, [("I4", f"{ANNA} gave what was {CARA}'s")]),
        (
            {"handovers": ((ANNA, BELA),)},
            [("I4", f"is {CARA}'s, its last taker is {BELA}")],
        ),
        (
            {"open_holds": ((LISTING, CARA), (BID, CARA))},
            [
                ("I5", "is under 2 open holds"),
                ("I5", f"says hold {LISTING}, open are ['{LISTING}', '{BID}']"),
            ],
        ),
        ({"open_holds": ()}, [("I5", f"says hold {LISTING}, open are []")]),
        ({"hold": None}, [("I5", f"says hold None, open are ['{LISTING}']")]),
        (
            {"open_holds": ((LISTING, BELA),)},
            [("I5", f"hold {LISTING} was placed by {BELA}, who does not own it")],
        ),
        (
            {"handovers": (), "open_holds": ((BID, ANNA),)},
            [
                ("I4", f"is {CARA}'s, its last taker is {ANNA}"),
                ("I5", f"says hold {LISTING}, open are ['{BID}']"),
                ("I5", f"hold {BID} was placed by {ANNA}, who does not own it"),
            ],
        ),
    ],
)
async def test_a_card_of_which_something_is_wrong(change, wrong):
    card = evolve(CARD, **change)

    assert await check_cards(rows([card])) == [
        Violation(invariant, what, f"card {card.card}") for invariant, what in wrong
    ]
