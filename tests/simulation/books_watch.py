"""Checks the invariants of the ledger after every write, only for what the write changed.

Rows that a write did not change were checked before. The full check, which runs after every closing
and at the end, finds changes that bypassed this.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Coroutine, Iterable
from typing import Any, TypeVar
from uuid import UUID

from attrs import define, field

from ece_adapters.memory import MemoryDatabase
from ece_adapters.memory.ledger.books import MemoryBooks
from ece_adapters.memory.ledger.tables import EntryRow, TransferRow
from ece_domain.cards import CardId
from ece_domain.identity import Actor, UserId
from ece_domain.ledger import (
    Account,
    AccountId,
    AccountKind,
    AuditLedger,
    GroupPayout,
    HeldMoney,
    Hold,
    HoldId,
    SettlementId,
    Violation,
)
from ece_domain.ledger.invariants import check_accounts, check_cards, check_record
from ece_domain.ledger.payout_audit import check_payouts
from ece_domain.ledger.storage import (
    AccountLine,
    AccountRecord,
    Balance,
    CardRecord,
    JournalLine,
    JournalRecord,
    PayoutRecord,
    RunningBalance,
)

from .changes import LogChanges, TableChanges

T = TypeVar("T")


@define(eq=False)
class BooksWatch:
    """Checks I1 to I5 and I25 for everything that changed since the last check."""

    database: MemoryDatabase
    violations: list[Violation] = field(factory=list)
    _changed_holds: TableChanges[HoldId, Hold] = field(init=False)
    _changed_balances: TableChanges[Account, Balance] = field(init=False)
    _changed_payouts: TableChanges[UUID, GroupPayout] = field(init=False)
    _changed_cards: TableChanges[CardId, Any] = field(init=False)
    _new_entries: LogChanges[EntryRow] = field(init=False)
    _new_transfers: LogChanges[TransferRow] = field(init=False)
    _running: dict[AccountId, RunningBalance] = field(factory=dict)
    _open: dict[Account | CardId, dict[HoldId, Hold]] = field(factory=lambda: defaultdict(dict))
    _transfers: dict[CardId, list[tuple[int, UserId, UserId]]] = field(
        factory=lambda: defaultdict(list)
    )
    _closings: int = 0

    def __attrs_post_init__(self) -> None:
        tables = self.database.ledger
        self._changed_holds = TableChanges(tables.holds)
        self._changed_balances = TableChanges(tables.balances)
        self._changed_payouts = TableChanges(tables.payouts)
        self._changed_cards = TableChanges(tables.card_ownerships)
        self._new_entries = LogChanges(tables.entries)
        self._new_transfers = LogChanges(tables.card_transfers)

    def look(self) -> list[Hold]:
        """The holds that changed; problems are added to ``violations``."""
        accounts = {
            account: None for account, _ in self._changed_balances.look() if account.keeps_balance
        }
        cards = {card: None for card, _ in self._changed_cards.look()}
        holds = [hold for _, hold in self._changed_holds.look()]
        for hold in holds:
            if isinstance(hold.subject, HeldMoney):
                accounts[hold.subject.account] = None
                self._note(hold, hold.subject.account)
            else:
                cards[hold.subject.card_id] = None
                self._note(hold, hold.subject.card_id)
        for posted in self._new_transfers.look():
            moved = posted.transfer
            cards[moved.card_id] = None
            self._transfers[moved.card_id].append(
                (posted.nth, moved.from_owner_id, moved.to_owner_id)
            )
        entries = self._new_entries.look()
        if entries or accounts:
            accounts |= {each.entry.account: None for each in entries if each.nth is not None}
            self.violations += self._check_accounts(entries, accounts)
            self.violations += self._check_records(entries)
        payouts = {payout_id for payout_id, _ in self._changed_payouts.look()}
        if payouts or any(account.kind is AccountKind.ESCROW for account in accounts):
            self.violations += run(check_payouts(self._payouts(payouts, accounts)))
        if cards:
            self.violations += run(check_cards(_each(map(self._card, cards))))
        if len(self.database.ledger.closings) != self._closings:
            self._closings = len(self.database.ledger.closings)
            self.violations += self.everything()
        return holds

    def everything(self) -> tuple[Violation, ...]:
        """The violations in the whole ledger, as ``ece check`` reports them."""
        return run(AuditLedger(self.database.begin)(actor=Actor.exchange())).violations

    async def _payouts(
        self, changed: Collection[UUID], accounts: Collection[Account]
    ) -> AsyncIterator[PayoutRecord]:
        async with self.database.begin() as transaction:
            async for record in transaction.books.payouts():
                if record.payout.id in changed or record.payout.account in accounts:
                    yield record

    def _note(self, hold: Hold, what: Account | CardId) -> None:
        if hold.remaining:
            self._open[what][hold.id] = hold
        else:
            self._open[what].pop(hold.id, None)

    def _check_accounts(
        self, entries: list[EntryRow], accounts: Iterable[Account]
    ) -> list[Violation]:
        lines = [_line(posted) for posted in entries if posted.nth is not None]
        opening = {
            account.id: self._running.get(account.id, RunningBalance()) for account in accounts
        }
        for line in lines:
            before = self._running.get(line.account_id, RunningBalance())
            self._running[line.account_id] = before.after(line)
        records = map(self._account, accounts)
        return run(check_accounts(_each(lines), _each(records), opening))

    def _check_records(self, entries: list[EntryRow]) -> list[Violation]:
        tables, books = self.database.ledger, MemoryBooks(self.database.ledger, unit=None)
        lines: dict[SettlementId, list[JournalLine]] = defaultdict(list)
        for posted in entries:
            lines[posted.settlement_id].append(books.line(posted))
        records = (
            JournalRecord(
                settlement_id=id_,
                settlement=books.settlement(id_),
                lines=tuple(lines[id_]),
                is_queued=id_ in tables.unclosed_settlements,
            )
            for id_ in lines
        )
        return [violation for record in records for violation in check_record(record)]

    def _account(self, account: Account) -> AccountRecord:
        balance = self.database.ledger.balances.get(account) or Balance()
        set_aside = sum(hold.remaining for hold in self._open[account].values())
        count = self.database.ledger.entry_counts.get(account.id) or 0
        return AccountRecord(account.id, balance, set_aside, count)

    def _card(self, card: CardId) -> CardRecord:
        tables = self.database.ledger
        minted, card_ownership = tables.minted.get(card), tables.card_ownerships.get(card)
        return CardRecord(
            card_id=card,
            minted_to_id=minted and minted.to,
            owner_id=card_ownership and card_ownership.owner_id,
            hold_id=card_ownership and card_ownership.hold_id,
            transfer_count=tables.transfer_counts.get(card) or 0,
            transfers=self._transfers[card],
            open_holds=[(hold.id, hold.owner_id) for hold in self._open[card].values()],
        )


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never waits: the memory store answers immediately."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("the memory store waited")


def _line(posted: EntryRow) -> AccountLine:
    entry = posted.entry
    return AccountLine(entry.account.id, posted.nth, entry.amount, entry.balance_after)


async def _each(rows: Iterable[T]) -> AsyncIterator[T]:
    for row in rows:
        yield row
