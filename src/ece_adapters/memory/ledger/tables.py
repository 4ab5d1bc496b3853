from collections.abc import Iterable
from uuid import UUID

from attrs import define, field, frozen

from ece_adapters.memory.engine.table import Key, Log, Row, Table, UndoLog
from ece_domain.cards import CardId
from ece_domain.identity import UserId
from ece_domain.ledger import (
    Account,
    AccountId,
    CardTransfer,
    Entry,
    GroupPayout,
    Hold,
    HoldId,
    PayoutId,
    PayoutLine,
    SettlementId,
    SettlementReceipt,
)
from ece_domain.ledger.storage import Balance, Book, CardOwnership, Closing, Plan


@frozen
class Minted:
    """A card's first owner."""

    card: CardId
    to: UserId


@frozen
class Recorded:
    """A settlement's receipt and digest."""

    digest: bytes
    receipt: SettlementReceipt


@frozen
class EntryRow:
    """An entry in the journal; ``nth`` is None for accounts without a balance row."""

    settlement_id: SettlementId
    entry: Entry
    nth: int | None


@frozen
class TransferRow:
    """A card transfer in the journal."""

    settlement_id: SettlementId
    transfer: CardTransfer
    nth: int


@frozen
class ClosedSettlement:
    """The closing of a settlement."""

    settlement_id: SettlementId
    closing_number: int


@define
class LedgerTables:
    """Balances, holds and owners of cards, with their journal."""

    _undo_log: UndoLog
    accounts: Table[AccountId, Account] = field(init=False)
    balances: Table[Account, Balance] = field(init=False)
    holds: Table[HoldId, Hold] = field(init=False)
    minted: Table[CardId, Minted] = field(init=False)
    card_ownerships: Table[CardId, CardOwnership] = field(init=False)
    settlements: Table[SettlementId, Recorded] = field(init=False)
    entries: Log[EntryRow] = field(init=False)
    entry_counts: Table[AccountId, int] = field(init=False)
    card_transfers: Log[TransferRow] = field(init=False)
    transfer_counts: Table[CardId, int] = field(init=False)
    unclosed_settlements: Table[SettlementId, SettlementId] = field(init=False)
    closed_settlements: Table[SettlementId, ClosedSettlement] = field(init=False)
    closings: Log[Closing] = field(init=False)
    payouts: Table[UUID, GroupPayout] = field(init=False)
    payout_lines: Table[PayoutId, tuple[PayoutLine, ...]] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.accounts = Table(self._undo_log)
        self.balances = Table(self._undo_log)
        self.holds = Table(self._undo_log)
        self.minted = Table(self._undo_log)
        self.card_ownerships = Table(self._undo_log)
        self.settlements = Table(self._undo_log)
        self.entries = Log(self._undo_log)
        self.entry_counts = Table(self._undo_log)
        self.card_transfers = Log(self._undo_log)
        self.transfer_counts = Table(self._undo_log)
        self.unclosed_settlements = Table(self._undo_log)
        self.closed_settlements = Table(self._undo_log)
        self.closings = Log(self._undo_log)
        self.payouts = Table(self._undo_log, "ledger_payout")
        self.payout_lines = Table(self._undo_log)

    def mint(self, card: CardId, to: UserId) -> None:
        """Record a new card's first owner; later only settlements change it."""
        self.minted.put(card, Minted(card, to))
        self.card_ownerships.put(card, CardOwnership(to))

    def lines_of(self, payout: GroupPayout) -> tuple[PayoutLine, ...]:
        return self.payout_lines.get(payout.id) or ()

    def part_of_the_book(self, plan: Plan) -> Book:
        """The book of a plan: the balances, holds and cards that it reads and changes."""
        return Book(
            balances=_present(self.balances, (change.account for change in plan.balances)),
            holds=_present(self.holds, (change.hold.id for change in plan.holds)),
            cards=_present(self.card_ownerships, (change.card_id for change in plan.cards)),
        )

    def put(self, book: Book) -> None:
        for account, balance in book.balances.items():
            self.balances.put(account, balance)
        for hold_id, hold in book.holds.items():
            self.holds.put(hold_id, hold)
        for card, card_ownership in book.cards.items():
            self.card_ownerships.put(card, card_ownership)

    def record(self, digest: bytes, receipt: SettlementReceipt) -> None:
        """Post a settlement's entries and card transfers, and queue it to be closed."""
        for entry in receipt.entries:
            nth = None
            if entry.account.keeps_balance:
                nth = _next(self.entry_counts, entry.account.id)
            self.entries.append(EntryRow(receipt.id, entry, nth))
        for transfer in receipt.card_transfers:
            nth = _next(self.transfer_counts, transfer.card_id)
            self.card_transfers.append(TransferRow(receipt.id, transfer, nth))
        self.settlements.put(receipt.id, Recorded(digest, receipt))
        self.unclosed_settlements.put(receipt.id, receipt.id)


def _present(table: Table[Key, Row], keys: Iterable[Key]) -> dict[Key, Row]:
    return {key: row for key in keys if (row := table.get(key)) is not None}


def _next(counts: Table[Key, int], key: Key) -> int:
    count = (counts.get(key) or 0) + 1
    counts.put(key, count)
    return count
