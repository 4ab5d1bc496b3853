"""The judge of the books, on rows that no store would keep."""

from collections.abc import AsyncIterator, Iterable
from typing import TypeVar
from uuid import UUID

from ece_domain.cards import CardId
from ece_domain.ledger import (
    MAX_BALANCE,
    AccountId,
    AccountRecord,
    Balance,
    CardRecord,
    Closing,
    Line,
    Seal,
    SettlementId,
)
from ece_domain.ledger.invariants import check_cards, check_lines
from tests.strategies.ledger import NOON

T = TypeVar("T")
HERE, THERE = AccountId(UUID(int=1)), AccountId(UUID(int=2))
ONE = SettlementId(UUID(int=3))


async def rows(of: Iterable[T]) -> AsyncIterator[T]:
    for row in of:
        yield row


def line(account: AccountId, amount: int, balance_after: int | None, position: int = 0) -> Line:
    return Line(position, ONE, account, "USD/2", amount, balance_after)


async def judged(
    lines: list[Line], accounts: list[AccountRecord], closings: list[Closing] | None = None
) -> set[tuple[str, str]]:
    found = await check_lines(rows(lines), rows(accounts), closings or [])
    return {(violation.invariant, violation.what) for violation in found}


async def test_sound_books_are_left_alone():
    lines = [line(HERE, 5, 5), line(THERE, -5, None)]

    assert await judged(lines, [AccountRecord(HERE, Balance(5, 2), 2)]) == set()


async def test_an_entry_that_does_not_follow_from_the_one_before():
    lines = [line(HERE, 5, 5), line(HERE, 5, 11), line(THERE, -10, None)]

    assert await judged(lines, [AccountRecord(HERE, Balance(10), 0)]) == {
        ("I2", "its entry says 11 where entries sum to 10")
    }


async def test_a_balance_below_zero_and_one_above_the_limit():
    lines = [line(HERE, -5, -5), line(THERE, 5, None)]
    assert await judged(lines, [AccountRecord(HERE, Balance(-5), 0)]) == {
        ("I2", "balance -5 is out of bounds"),
        ("I2", "0 is held of -5"),
    }

    too_much = MAX_BALANCE + 1
    lines = [line(HERE, too_much, too_much), line(THERE, -too_much, None)]
    assert await judged(lines, [AccountRecord(HERE, Balance(too_much), 0)]) == {
        ("I2", f"balance {too_much} is out of bounds")
    }


async def test_more_held_than_is_there():
    lines = [line(HERE, 5, 5), line(THERE, -5, None)]

    assert await judged(lines, [AccountRecord(HERE, Balance(5, 6), 6)]) == {
        ("I2", "6 is held of 5")
    }


async def test_entries_of_an_account_that_is_gone():
    assert await judged([line(HERE, 5, 5), line(THERE, -5, None)], []) == {
        ("I2", "its entries sum to 5, but it has no balance")
    }


async def test_a_closing_that_is_missing():
    first = Seal.after(None).close(None, 0, NOON)
    second = Seal.after(first).close(first, 0, NOON)
    assert await judged([], [], [first, second]) == set()

    assert ("I3", "is not the closing number 1 that comes next") in await judged([], [], [second])


async def test_a_hold_on_a_card_that_never_was():
    card = CardRecord(
        card=CardId(UUID(int=9)),
        minted_to=None,
        owner=None,
        hold=None,
        handovers=(),
        open_holds=(),
    )
    (violation,) = await check_cards(rows([card]))

    assert violation.invariant == "I4"
