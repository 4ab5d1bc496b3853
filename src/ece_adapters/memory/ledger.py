from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from uuid import UUID

from attrs import define, field, frozen

from ece_adapters.write_order import Phase
from ece_domain.cards import CardId
from ece_domain.identity import UserId
from ece_domain.kernel import ConcurrentChange
from ece_domain.ledger import (
    Account,
    AccountId,
    AccountRecord,
    Balance,
    Book,
    CardRecord,
    Closing,
    Entry,
    GroupPayout,
    Handover,
    HeldCard,
    HeldMoney,
    Hold,
    HoldId,
    HoldNotFound,
    Line,
    PayoutId,
    PayoutLine,
    PayoutRecord,
    Plan,
    Possession,
    Seal,
    Settled,
    Settlement,
    SettlementId,
    SettlementIdReused,
    SettlementNotFound,
    handovers_of,
)

from .table import Key, Log, Row, Table, UndoLog
from .unit_of_work import UnitOfWork


@frozen
class Minted:
    """A card's first owner."""

    card: CardId
    to: UserId


@frozen
class Recorded:
    """A settlement's receipt, and what tells its repetition from another settlement."""

    digest: bytes
    settled: Settled


@define
class LedgerTables:
    """Balances, holds, who has which card, and everything that ever happened to them."""

    _undo_log: UndoLog
    accounts: Table[AccountId, Account] = field(init=False)
    balances: Table[Account, Balance] = field(init=False)
    holds: Table[HoldId, Hold] = field(init=False)
    minted: Table[CardId, Minted] = field(init=False)
    possessions: Table[CardId, Possession] = field(init=False)
    settlements: Table[SettlementId, Recorded] = field(init=False)
    entries: Log[tuple[SettlementId, Entry]] = field(init=False)
    handovers: Log[tuple[SettlementId, Handover]] = field(init=False)
    closings: Log[Closing] = field(init=False)
    payouts: Table[UUID, GroupPayout] = field(init=False)
    payout_lines: Table[PayoutId, tuple[PayoutLine, ...]] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.accounts = Table(self._undo_log)
        self.balances = Table(self._undo_log)
        self.holds = Table(self._undo_log)
        self.minted = Table(self._undo_log)
        self.possessions = Table(self._undo_log)
        self.settlements = Table(self._undo_log)
        self.entries = Log(self._undo_log)
        self.handovers = Log(self._undo_log)
        self.closings = Log(self._undo_log)
        self.payouts = Table(self._undo_log, "ledger_payout")
        self.payout_lines = Table(self._undo_log)

    def mint(self, card: CardId, to: UserId) -> None:
        """Note a new card's first owner; from then on only settlements change it."""
        self.minted.put(card, Minted(card, to))
        self.possessions.put(card, Possession(to))

    def lines_of(self, payout: GroupPayout) -> tuple[PayoutLine, ...]:
        return self.payout_lines.get(payout.id) or ()

    def part_of_the_book(self, plan: Plan) -> Book:
        """What the plan touches."""
        return Book(
            balances=_present(self.balances, (change.account for change in plan.balances)),
            holds=_present(self.holds, (change.hold.id for change in plan.holds)),
            cards=_present(self.possessions, (change.card for change in plan.cards)),
        )

    def put(self, book: Book) -> None:
        for account, balance in book.balances.items():
            self.balances.put(account, balance)
        for hold_id, hold in book.holds.items():
            self.holds.put(hold_id, hold)
        for card, possession in book.cards.items():
            self.possessions.put(card, possession)


@define
class MemoryLedger:
    _tables: LedgerTables
    _unit: UnitOfWork

    def settle(self, settlement: Settlement, now: datetime) -> None:
        plan = settlement.plan()
        cards = tuple(("cards_card", str(change.card)) for change in plan.cards)
        self._unit.later(lambda: self._settle(settlement, plan, now), Phase.SETTLE, rows=cards)

    async def settled(self, settlement_id: SettlementId) -> Settled:
        recorded = self._tables.settlements.get(settlement_id)
        if recorded is None:
            raise SettlementNotFound(settlement_id=settlement_id)
        return recorded.settled

    async def hold(self, hold_id: HoldId) -> Hold:
        hold = self._tables.holds.get(hold_id)
        if hold is None:
            raise HoldNotFound(hold_id=hold_id)
        return hold

    def _settle(self, settlement: Settlement, plan: Plan, now: datetime) -> None:
        tables, digest = self._tables, settlement.digest
        earlier = tables.settlements.get(settlement.id)
        if earlier is not None:
            if earlier.digest != digest:
                raise SettlementIdReused(settlement_id=settlement.id)
            return
        handovers = handovers_of(plan)
        book, entries = tables.part_of_the_book(plan).settle(settlement, now)
        tables.put(book)
        for change in plan.balances:
            tables.accounts.put(change.account.id, change.account)
        for entry in entries:
            tables.entries.append((settlement.id, entry))
        for handover in handovers:
            tables.handovers.append((settlement.id, handover))
        settled = Settled(settlement.id, settlement.purpose, now, entries, handovers)
        tables.settlements.put(settlement.id, Recorded(digest, settled))


@define
class MemoryBooks:
    _tables: LedgerTables
    _unit: UnitOfWork

    async def balance_of(self, account: Account) -> int:
        if account.keeps_balance:
            return (self._tables.balances.get(account) or Balance()).total
        return sum(entry.amount for _, entry in self._tables.entries if entry.account == account)

    async def close(self, now: datetime) -> Closing | None:
        previous = self._last_closing()
        seal = Seal.after(previous)
        sealed = previous.watermark if previous else 0
        async for line in self.lines():
            if line.position >= sealed:
                seal.add(line)
        if not seal.entries:
            return None
        closing = seal.close(previous, len(self._tables.entries), now)
        self._unit.later(lambda: self._close(closing))
        return closing

    async def closings(self) -> tuple[Closing, ...]:
        return tuple(self._tables.closings)

    async def lines(self) -> AsyncIterator[Line]:
        for position, (settlement_id, entry) in enumerate(self._tables.entries):
            account = self._tables.accounts.get(entry.account.id)
            yield Line(
                position,
                settlement_id,
                entry.account.id,
                str(account.asset) if account else None,
                entry.amount,
                entry.balance_after,
                settlement_id in self._tables.settlements,
            )

    async def accounts(self) -> AsyncIterator[AccountRecord]:
        set_aside: dict[AccountId, int] = defaultdict(int)
        for hold in self._tables.holds:
            if isinstance(hold.subject, HeldMoney):
                set_aside[hold.subject.account.id] += hold.remaining
        for account in self._tables.accounts:
            if account.keeps_balance:
                balance = self._tables.balances.get(account) or Balance()
                yield AccountRecord(account.id, balance, set_aside[account.id])

    async def cards(self) -> AsyncIterator[CardRecord]:
        handovers: dict[CardId, list[tuple[UserId, UserId]]] = defaultdict(list)
        for _, handover in self._tables.handovers:
            handovers[handover.card].append((handover.giver, handover.taker))
        holds: dict[CardId, list[tuple[HoldId, UserId]]] = defaultdict(list)
        for hold in self._tables.holds:
            if isinstance(hold.subject, HeldCard) and hold.remaining:
                holds[hold.subject.card].append((hold.id, hold.subject.owner))
        minted = {minted.card: minted.to for minted in self._tables.minted}
        for card in {**minted, **handovers, **holds}:
            possession = self._tables.possessions.get(card)
            yield CardRecord(
                card=card,
                minted_to=minted.get(card),
                owner=possession.owner if possession else None,
                hold=possession.hold if possession else None,
                handovers=handovers[card],
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

    def _last_closing(self) -> Closing | None:
        closings = self._tables.closings
        return closings[len(closings) - 1] if len(closings) else None

    def _close(self, closing: Closing) -> None:
        if closing.number != len(self._tables.closings) + 1:
            raise ConcurrentChange
        self._tables.closings.append(closing)


def _present(table: Table[Key, Row], keys: Iterable[Key]) -> dict[Key, Row]:
    return {key: row for key in keys if (row := table.get(key)) is not None}
