from collections import defaultdict
from collections.abc import AsyncIterator, Container
from datetime import datetime
from typing import Final

from attrs import define

from ece_adapters.memory.engine.unit_of_work import UnitOfWork
from ece_domain.cards import CardId
from ece_domain.identity import UserId
from ece_domain.kernel import ConcurrentChange
from ece_domain.ledger import Account, AccountId, HeldCard, HeldMoney, HoldId, SettlementId
from ece_domain.ledger.storage import (
    AccountLine,
    AccountRecord,
    Balance,
    CardRecord,
    Closing,
    ClosingHash,
    JournalLine,
    JournalRecord,
    JournalTransfer,
    PayoutRecord,
    RecordedSettlement,
    RolledUpAccount,
)

from .tables import ClosedSettlement, EntryRow, LedgerTables, TransferRow

_CLOSING: Final = ("ledger_closing", "next")
"""The row that a closing locks, so that closings run one at a time."""


@define
class MemoryBooks:
    _tables: LedgerTables
    _unit: UnitOfWork

    async def balance_of(self, account: Account) -> int:
        if account.keeps_balance:
            return (self._tables.balances.get(account) or Balance()).total
        return self._rolled_up_balances().get(account.id, 0)

    async def close(self, now: datetime, limit: int) -> Closing | None:
        if not self._tables.unclosed_settlements or not await self._unit.try_lock(_CLOSING):
            return None
        queued = sorted(self._tables.unclosed_settlements)[:limit]
        closing_hash = ClosingHash()
        for record in self._journal(set(queued)):
            closing_hash.add(record)
        closing = closing_hash.close(self._last_closing(), self._closed_balances(), now)
        self._unit.later(lambda: self._close(closing, queued))
        return closing

    async def closings(self) -> AsyncIterator[Closing]:
        for closing in self._tables.closings:
            yield closing

    async def journal(self) -> AsyncIterator[JournalRecord]:
        for record in sorted(self._journal(), key=_closed_first):
            yield record

    async def account_lines(self) -> AsyncIterator[AccountLine]:
        kept = [
            AccountLine(
                posted.entry.account.id, posted.nth, posted.entry.amount, posted.entry.balance_after
            )
            for posted in self._tables.entries
            if posted.nth is not None and posted.entry.balance_after is not None
        ]
        for line in sorted(kept, key=lambda line: (line.account_id, line.nth)):
            yield line

    async def accounts(self) -> AsyncIterator[AccountRecord]:
        open_holds_total: dict[AccountId, int] = defaultdict(int)
        for hold in self._tables.holds:
            if isinstance(hold.subject, HeldMoney):
                open_holds_total[hold.subject.account.id] += hold.remaining
        for account in self._tables.accounts:
            if account.keeps_balance:
                balance = self._tables.balances.get(account) or Balance()
                count = self._tables.entry_counts.get(account.id) or 0
                yield AccountRecord(account.id, balance, open_holds_total[account.id], count)

    async def rolled_up(self) -> AsyncIterator[RolledUpAccount]:
        balances = self._rolled_up_balances()
        for account in self._tables.accounts:
            if not account.keeps_balance:
                yield RolledUpAccount(account.id, account.kind, balances.get(account.id, 0))

    async def cards(self) -> AsyncIterator[CardRecord]:
        transfers: dict[CardId, list[tuple[int, UserId, UserId]]] = defaultdict(list)
        for posted in self._tables.card_transfers:
            transfer = posted.transfer
            transfers[transfer.card_id].append(
                (posted.nth, transfer.from_owner_id, transfer.to_owner_id)
            )
        holds: dict[CardId, list[tuple[HoldId, UserId]]] = defaultdict(list)
        for hold in self._tables.holds:
            if isinstance(hold.subject, HeldCard) and hold.remaining:
                holds[hold.subject.card_id].append((hold.id, hold.subject.owner_id))
        minted = {minted.card: minted.to for minted in self._tables.minted}
        for card in {**minted, **transfers, **holds}:
            card_ownership = self._tables.card_ownerships.get(card)
            yield CardRecord(
                card_id=card,
                minted_to_id=minted.get(card),
                owner_id=card_ownership.owner_id if card_ownership else None,
                hold_id=card_ownership.hold_id if card_ownership else None,
                transfer_count=self._tables.transfer_counts.get(card) or 0,
                transfers=sorted(transfers[card]),
                open_holds=holds[card],
            )

    async def payouts(self) -> AsyncIterator[PayoutRecord]:
        tables = self._tables
        for payout in tables.payouts:
            lines = tables.lines_of(payout)
            settled = lines[: payout.settled_count * payout.chunk_size]
            yield PayoutRecord(
                payout=payout,
                line_count=len(lines),
                line_total=sum(line.amount for line in lines),
                settled_total=sum(line.amount for line in settled),
                is_funded=payout.funding.id in tables.settlements,
                chunks_found=[
                    payout.chunk_id(number) in tables.settlements
                    for number in range(payout.chunk_count)
                ],
                balance=(tables.balances.get(payout.account) or Balance()).total,
            )

    def _journal(self, among: Container[SettlementId] | None = None) -> list[JournalRecord]:
        """All settlements by id, or those among the given ids."""
        tables = self._tables
        lines: dict[SettlementId, list[JournalLine]] = defaultdict(list)
        for posted in tables.entries:
            if among is None or posted.settlement_id in among:
                lines[posted.settlement_id].append(self.line(posted))
        transfers: dict[SettlementId, list[JournalTransfer]] = defaultdict(list)
        for moved in tables.card_transfers:
            if among is None or moved.settlement_id in among:
                transfers[moved.settlement_id].append(_transfer(moved))
        recorded = {each.receipt.id for each in tables.settlements}
        closed = {each.settlement_id: each.closing_number for each in tables.closed_settlements}
        return [
            JournalRecord(
                settlement_id=id_,
                settlement=self.settlement(id_),
                lines=tuple(sorted(lines[id_], key=lambda line: line.account_id)),
                transfers=tuple(sorted(transfers[id_], key=lambda transfer: transfer.card_id)),
                closing_number=closed.get(id_),
                is_queued=id_ in tables.unclosed_settlements,
            )
            for id_ in sorted(
                {*recorded, *lines, *transfers, *closed, *tables.unclosed_settlements}
            )
            if among is None or id_ in among
        ]

    def settlement(self, settlement_id: SettlementId) -> RecordedSettlement | None:
        recorded = self._tables.settlements.get(settlement_id)
        if recorded is None:
            return None
        receipt = recorded.receipt
        return RecordedSettlement(receipt.purpose, recorded.digest, receipt.settled_at)

    def line(self, posted: EntryRow) -> JournalLine:
        entry = posted.entry
        account = self._tables.accounts.get(entry.account.id)
        asset = str(account.asset) if account else None
        return JournalLine(entry.account.id, asset, entry.amount, posted.nth, entry.balance_after)

    def _rolled_up_balances(self) -> dict[AccountId, int]:
        """The balances of accounts without a balance row, by closings and later entries."""
        balances = self._closed_balances()
        for posted in self._tables.entries:
            if posted.nth is None and posted.settlement_id in self._tables.unclosed_settlements:
                id_ = posted.entry.account.id
                balances[id_] = balances.get(id_, 0) + posted.entry.amount
        return balances

    def _closed_balances(self) -> dict[AccountId, int]:
        balances: dict[AccountId, int] = {}
        for closing in self._tables.closings:
            balances |= closing.balances
        return balances

    def _last_closing(self) -> Closing | None:
        closings = self._tables.closings
        return closings[len(closings) - 1] if len(closings) else None

    def _close(self, closing: Closing, settlements: list[SettlementId]) -> None:
        if closing.number != len(self._tables.closings) + 1:
            raise ConcurrentChange
        self._tables.closings.append(closing)
        for id_ in settlements:
            self._tables.closed_settlements.put(id_, ClosedSettlement(id_, closing.number))
            self._tables.unclosed_settlements.remove(id_)


def _closed_first(record: JournalRecord) -> tuple[bool, int, SettlementId]:
    number = record.closing_number
    return number is None, number or 0, record.settlement_id


def _transfer(posted: TransferRow) -> JournalTransfer:
    moved = posted.transfer
    return JournalTransfer(moved.card_id, moved.from_owner_id, moved.to_owner_id, posted.nth)
