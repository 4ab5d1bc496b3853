from collections.abc import Sequence
from datetime import datetime

from attrs import define

from ece_adapters.memory.engine.unit_of_work import UnitOfWork
from ece_adapters.storage.keyset import below_id, below_number, cut
from ece_domain.identity import UserId
from ece_domain.kernel import Money, Page, PageRequest, TimeRange
from ece_domain.ledger import (
    Account,
    AccountKind,
    Entry,
    HeldMoney,
    HeldTotal,
    Hold,
    HoldPurpose,
    HoldState,
    SettlementId,
    SettlementNotFound,
    StatementLine,
    WalletAccount,
)
from ece_domain.ledger.storage import Balance

from .tables import LedgerTables


@define
class MemoryWallets:
    _tables: LedgerTables
    _unit: UnitOfWork

    def open(self, account: Account) -> None:
        self._unit.later(lambda: self._tables.accounts.put(account.id, account))

    async def accounts(self, owner_id: UserId) -> tuple[WalletAccount, ...]:
        own = [
            account
            for account in self._tables.accounts
            if account.kind is AccountKind.USER and account.owner == str(owner_id)
        ]
        return tuple(
            WalletAccount(Money(self._balance(account), account.asset), self._held_for(account))
            for account in sorted(own, key=lambda account: str(account.asset))
        )

    async def open_holds(self, owner_id: UserId, page: PageRequest) -> Page[Hold]:
        below = below_id(page)
        found = [hold for hold in self._open() if hold.owner_id == owner_id and hold.id < below]
        found.sort(key=lambda hold: hold.id, reverse=True)
        return cut(found, page, lambda hold: hold.id, lambda hold: hold)

    async def statement(
        self, account: Account, settled: TimeRange, page: PageRequest
    ) -> Page[StatementLine]:
        below = below_number(page)
        found = [
            (posted.nth, posted)
            for posted in self._tables.entries
            if posted.entry.account == account and posted.nth is not None and posted.nth < below
        ]
        lines = ((nth, self._line(posted.settlement_id, posted.entry)) for nth, posted in found)
        within = [row for row in lines if row[1].settled_at in settled]
        within.reverse()
        return cut(within, page, lambda row: row[0], lambda row: row[1])

    async def past_expiry(self, context: str, now: datetime, limit: int) -> Sequence[Hold]:
        due = [
            (hold.expires_at, hold.id, hold)
            for hold in self._open()
            if hold.deal.context == context and hold.is_past_expiry(now)
        ]
        return [hold for _, _, hold in sorted(due)[:limit]]

    def _open(self) -> list[Hold]:
        return [hold for hold in self._tables.holds if hold.state is HoldState.OPEN]

    def _balance(self, account: Account) -> int:
        return (self._tables.balances.get(account) or Balance()).total

    def _held_for(self, account: Account) -> tuple[HeldTotal, ...]:
        held: dict[HoldPurpose, int] = {}
        for hold in self._open():
            if isinstance(hold.subject, HeldMoney) and hold.subject.account == account:
                held[hold.purpose] = held.get(hold.purpose, 0) + hold.remaining
        return tuple(
            HeldTotal(purpose, Money(held[purpose], account.asset)) for purpose in sorted(held)
        )

    def _line(self, settlement_id: SettlementId, entry: Entry) -> StatementLine:
        recorded = self._tables.settlements.get(settlement_id)
        if recorded is None:
            raise SettlementNotFound(settlement_id=settlement_id)
        others = [
            other.account
            for other in recorded.receipt.entries
            if other.account != entry.account and other.account.asset == entry.account.asset
        ]
        return StatementLine(
            settlement_id=settlement_id,
            purpose=recorded.receipt.purpose,
            settled_at=recorded.receipt.settled_at,
            change=entry.money,
            balance_after=Money(entry.balance_after or 0, entry.account.asset),
            counterparty=others[0] if len(others) == 1 else None,
        )
