from datetime import datetime

from attrs import define

from ece_adapters.memory.engine.unit_of_work import UnitOfWork
from ece_adapters.storage.write_order import Phase
from ece_domain.kernel import Returned
from ece_domain.ledger import (
    Hold,
    HoldId,
    HoldNotFound,
    Settlement,
    SettlementId,
    SettlementIdReused,
    SettlementNotFound,
    SettlementReceipt,
)
from ece_domain.ledger.storage import Plan, card_transfers_of, settlement_posted

from .tables import LedgerTables


@define
class MemoryLedger:
    _tables: LedgerTables
    _unit: UnitOfWork

    def settle(self, settlement: Settlement, now: datetime) -> Returned[SettlementReceipt | None]:
        plan = settlement.plan()
        cards = tuple(("cards_card", str(change.card_id)) for change in plan.cards)
        returned = Returned[SettlementReceipt | None]()
        self._unit.later(
            lambda: returned.give(self._settle(settlement, plan, now)), Phase.SETTLE, rows=cards
        )
        return returned

    async def receipt(self, settlement_id: SettlementId) -> SettlementReceipt:
        recorded = self._tables.settlements.get(settlement_id)
        if recorded is None:
            raise SettlementNotFound(settlement_id=settlement_id)
        return recorded.receipt

    async def hold(self, hold_id: HoldId) -> Hold:
        hold = self._tables.holds.get(hold_id)
        if hold is None:
            raise HoldNotFound(hold_id=hold_id)
        return hold

    def _settle(
        self, settlement: Settlement, plan: Plan, now: datetime
    ) -> SettlementReceipt | None:
        tables, digest = self._tables, settlement.digest
        earlier = tables.settlements.get(settlement.id)
        if earlier is not None:
            if earlier.digest != digest:
                raise SettlementIdReused(settlement_id=settlement.id)
            return None
        named = [hold for change in plan.holds if (hold := tables.holds.get(change.hold.id))]
        remaining = {hold.id: hold.remaining for hold in named}
        book, entries = tables.part_of_the_book(plan).settle(settlement, now)
        tables.put(book)
        for change in plan.balances:
            tables.accounts.put(change.account.id, change.account)
        transfers = card_transfers_of(plan)
        receipt = SettlementReceipt(settlement.id, settlement.purpose, now, entries, transfers)
        tables.record(digest, receipt)
        self._unit.publish_now(settlement_posted(settlement, plan, now, remaining))
        return receipt
