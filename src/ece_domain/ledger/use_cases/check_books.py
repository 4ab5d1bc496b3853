from collections.abc import AsyncIterator
from typing import TypeVar, final

from attrs import define, frozen

from ece_domain.kernel import Begin
from ece_domain.ledger.invariants import Violation, check_cards, check_lines
from ece_domain.ledger.payout_audit import check_payouts
from ece_domain.ledger.ports import BooksTransaction

T = TypeVar("T")


@frozen(kw_only=True)
class BooksChecked:
    """How much was looked at, and everything that is wrong with it."""

    entries: int
    accounts: int
    cards: int
    closings: int
    violations: tuple[Violation, ...]


@final
@frozen
class CheckBooks:
    """Hold the live ledger to its invariants, I1 to I5 and I25, and name every violation."""

    begin: Begin[BooksTransaction]

    async def __call__(self) -> BooksChecked:
        lines, accounts, cards = _Counter(), _Counter(), _Counter()
        async with self.begin() as transaction:
            books = transaction.books
            closings = await books.closings()
            violations = [
                *await check_lines(
                    lines.count(books.lines()), accounts.count(books.accounts()), closings
                ),
                *await check_cards(cards.count(books.cards())),
                *await check_payouts(books.payouts()),
            ]
        return BooksChecked(
            entries=lines.seen,
            accounts=accounts.seen,
            cards=cards.seen,
            closings=len(closings),
            violations=tuple(violations),
        )


@define
class _Counter:
    """Counts what passes."""

    seen: int = 0

    async def count(self, rows: AsyncIterator[T]) -> AsyncIterator[T]:
        async for row in rows:
            self.seen += 1
            yield row
