"""Holds the ledger to its invariants after every write, looking only at what the write touched.

What a write left alone is as it was when it was last looked at. That nobody changed it behind our
back is seen by the full check, which runs whenever the books were closed, and in the end.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Coroutine, Iterable
from typing import Any, TypeVar

from attrs import define, field

from ece_adapters.memory import MemoryDatabase
from ece_domain.cards import CardId
from ece_domain.identity import UserId
from ece_domain.ledger import (
    Account,
    AccountId,
    AccountRecord,
    Balance,
    CardRecord,
    CheckBooks,
    Entry,
    HeldMoney,
    Hold,
    HoldId,
    Line,
    SettlementId,
    Violation,
)
from ece_domain.ledger.invariants import check_cards, check_lines

from .changes import LogChanges, TableChanges

T = TypeVar("T")


@define(eq=False)
class BooksWatch:
    """I1 to I5 of what is new since the last look."""

    database: MemoryDatabase
    violations: list[Violation] = field(factory=list)
    _changed_holds: TableChanges[HoldId, Hold] = field(init=False)
    _changed_balances: TableChanges[Account, Balance] = field(init=False)
    _changed_cards: TableChanges[CardId, Any] = field(init=False)
    _new_entries: LogChanges[tuple[SettlementId, Entry]] = field(init=False)
    _new_handovers: LogChanges[Any] = field(init=False)
    _totals: dict[AccountId, int] = field(factory=dict)
    _open: dict[Account | CardId, dict[HoldId, Hold]] = field(factory=lambda: defaultdict(dict))
    _handovers: dict[CardId, list[tuple[UserId, UserId]]] = field(factory=lambda: defaultdict(list))
    _closings: int = 0

    def __attrs_post_init__(self) -> None:
        tables = self.database.ledger
        self._changed_holds = TableChanges(tables.holds)
        self._changed_balances = TableChanges(tables.balances)
        self._changed_cards = TableChanges(tables.possessions)
        self._new_entries = LogChanges(tables.entries)
        self._new_handovers = LogChanges(tables.handovers)

    def look(self) -> list[Hold]:
        """The holds that changed; what is wrong is in ``violations``."""
        accounts = {account: None for account, _ in self._changed_balances.look()}
        cards = {card: None for card, _ in self._changed_cards.look()}
        holds = [hold for _, hold in self._changed_holds.look()]
        for hold in holds:
            if isinstance(hold.subject, HeldMoney):
                accounts[hold.subject.account] = None
                self._note(hold, hold.subject.account)
            else:
                cards[hold.subject.card] = None
                self._note(hold, hold.subject.card)
        for _, handover in self._new_handovers.look():
            cards[handover.card] = None
            self._handovers[handover.card].append((handover.giver, handover.taker))
        entries = self._new_entries.look()
        if entries or accounts:
            accounts |= {entry.account: None for _, entry in entries if entry.account.keeps_balance}
            self.violations += self._check_accounts(entries, accounts)
        if cards:
            self.violations += run(check_cards(_each(map(self._card, cards))))
        if len(self.database.ledger.closings) != self._closings:
            self._closings = len(self.database.ledger.closings)
            self.violations += self.everything()
        return holds

    def everything(self) -> tuple[Violation, ...]:
        """What is wrong with the whole ledger, as operators are told by ``ece check``."""
        return run(CheckBooks(self.database.begin)()).violations

    def _note(self, hold: Hold, what: Account | CardId) -> None:
        if hold.remaining:
            self._open[what][hold.id] = hold
        else:
            self._open[what].pop(hold.id, None)

    def _check_accounts(
        self, entries: list[tuple[SettlementId, Entry]], accounts: Iterable[Account]
    ) -> list[Violation]:
        opening = {account.id: self._totals.get(account.id, 0) for account in accounts}
        for _, entry in entries:
            self._totals[entry.account.id] = self._totals.get(entry.account.id, 0) + entry.amount
        lines = (self._line(*recorded) for recorded in entries)
        records = map(self._account, accounts)
        return run(check_lines(_each(lines), _each(records), (), opening))

    def _line(self, settlement: SettlementId, entry: Entry) -> Line:
        # Where it stands matters to seals alone, and those are for the full check.
        account, asset = entry.account, str(entry.account.asset)
        is_settled = settlement in self.database.ledger.settlements
        return Line(0, settlement, account.id, asset, entry.amount, entry.balance_after, is_settled)

    def _account(self, account: Account) -> AccountRecord:
        balance = self.database.ledger.balances.get(account) or Balance()
        set_aside = sum(hold.remaining for hold in self._open[account].values())
        return AccountRecord(account.id, balance, set_aside)

    def _card(self, card: CardId) -> CardRecord:
        tables = self.database.ledger
        minted, possession = tables.minted.get(card), tables.possessions.get(card)
        return CardRecord(
            card=card,
            minted_to=minted and minted.to,
            owner=possession and possession.owner,
            hold=possession and possession.hold,
            handovers=self._handovers[card],
            open_holds=[(hold.id, hold.owner) for hold in self._open[card].values()],
        )


def run(work: Coroutine[Any, Any, T]) -> T:
    """The memory store answers without waiting, so whatever asks it alone ends in one go."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("the memory store waited")


async def _each(rows: Iterable[T]) -> AsyncIterator[T]:
    for row in rows:
        yield row
