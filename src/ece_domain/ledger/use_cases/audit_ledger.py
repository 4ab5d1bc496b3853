from collections.abc import AsyncIterator
from typing import TypeVar, final

from attrs import define, frozen

from ece_domain.identity import OPERATORS, Actor
from ece_domain.kernel import Begin, EventLogExtent
from ece_domain.ledger.closing import JournalRecord
from ece_domain.ledger.invariants import Violation, check_accounts, check_cards, check_journal
from ece_domain.ledger.payout_audit import check_payouts
from ece_domain.ledger.ports import BooksTransaction

T = TypeVar("T")


@frozen(kw_only=True)
class LedgerAudited:
    """The number of checked rows, and all violations."""

    settlements: int
    entries: int
    accounts: int
    cards: int
    closings: int
    violations: tuple[Violation, ...]


@final
@frozen
class AuditLedger:
    """Check the invariants I1 to I5, I17 and I25 of the live ledger, and report violations."""

    begin: Begin[BooksTransaction]

    async def __call__(self, *, actor: Actor) -> LedgerAudited:
        """:raises RoleNotAllowed: unless the actor is an operator."""
        actor.require(OPERATORS)
        journal, closings = _JournalCounter(), _Counter()
        accounts, cards = _Counter(), _Counter()
        async with self.begin() as transaction:
            books = transaction.books
            violations = [
                *await check_journal(
                    journal.count(books.journal()),
                    books.rolled_up(),
                    closings.count(books.closings()),
                ),
                *await check_accounts(books.account_lines(), accounts.count(books.accounts())),
                *await check_cards(cards.count(books.cards())),
                *await check_payouts(books.payouts()),
                *_check_event_log(await transaction.event_log.extent()),
            ]
        return LedgerAudited(
            settlements=journal.settlements,
            entries=journal.entries,
            accounts=accounts.seen,
            cards=cards.seen,
            closings=closings.seen,
            violations=tuple(violations),
        )


def _check_event_log(extent: EventLogExtent) -> list[Violation]:
    """I17: the positions of the event log have no gaps."""
    wrong = extent.violation
    return [Violation("I17", wrong, "event log")] if wrong else []


@define
class _Counter:
    """Counts the items of an iteration."""

    seen: int = 0

    async def count(self, rows: AsyncIterator[T]) -> AsyncIterator[T]:
        async for row in rows:
            self.seen += 1
            yield row


@define
class _JournalCounter:
    """Counts the settlements and entries of an iteration."""

    settlements: int = 0
    entries: int = 0

    async def count(self, records: AsyncIterator[JournalRecord]) -> AsyncIterator[JournalRecord]:
        async for record in records:
            self.settlements += record.settlement is not None
            self.entries += len(record.lines)
            yield record
