"""Closing the journal: hashing settlements in one total order, and rolling up balances.

A settlement is queued when it is recorded, and closed by the next closing after its commit. So the
order of closed settlements, by the number of their closing and then by id, has no gaps that a late
commit could fill, and a copy of the rows preserves it.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from attrs import define, field, frozen

from ece_domain.cards import CardId
from ece_domain.identity import UserId

from .account import AccountId
from .settlement import SettlementId

SETTLEMENTS_PER_CLOSING: Final = 20_000
"""The most settlements of one closing, so that a closing takes little time."""

_FIRST = bytes(32)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@frozen
class JournalLine:
    """An entry in the journal.

    ``asset`` is None for an account whose name is not recorded. The last two are None for accounts
    without a balance row; for others, ``nth`` counts the account's entries from 1.
    """

    account_id: AccountId
    asset: str | None
    amount: int
    nth: int | None
    balance_after: int | None


@frozen
class JournalTransfer:
    """A card transfer in the journal; ``nth`` counts the card's transfers from 1."""

    card_id: CardId
    from_owner_id: UserId
    to_owner_id: UserId
    nth: int


@frozen
class RecordedSettlement:
    """The purpose of a settlement, the digest of its moves, and its time."""

    purpose: str
    digest: bytes
    settled_at: datetime


@frozen(kw_only=True)
class JournalRecord:
    """A settlement with its lines, by account, and its transfers, by card.

    The settlement is None if lines, a closing or the queue refer to one that is not recorded.
    """

    settlement_id: SettlementId
    settlement: RecordedSettlement | None
    lines: tuple[JournalLine, ...] = ()
    transfers: tuple[JournalTransfer, ...] = ()
    closing_number: int | None = None
    """The number of its closing, or None."""
    is_queued: bool = False
    """Whether it is queued for a closing."""


@frozen(kw_only=True)
class Closing:
    """Some settlements with the hash of their content, chained to the closing before it."""

    number: int
    settlement_count: int
    digest: bytes
    balances: Mapping[AccountId, int]
    """The rolled-up balances that this closing changed: the sums of all closed entries of accounts
    without a balance row."""
    closed_at: datetime


@define
class ClosingHash:
    """Hashes and sums the settlements of one closing, in the order of their ids."""

    settlement_count: int = 0
    changes: dict[AccountId, int] = field(factory=dict)
    """The changes of accounts without a balance row."""
    _content: "hashlib._Hash" = field(factory=hashlib.sha256)

    def add(self, record: JournalRecord) -> None:
        self.settlement_count += 1
        self._content.update(_head(record))
        for line in record.lines:
            balance = -1 if line.balance_after is None else line.balance_after
            self._content.update(
                b"%b%d/%d/%d;" % (line.account_id.bytes, line.amount, line.nth or 0, balance)
            )
            if line.balance_after is None:
                self.changes[line.account_id] = self.changes.get(line.account_id, 0) + line.amount
        for each in record.transfers:
            self._content.update(
                b"%b%b%b%d;"
                % (
                    each.card_id.bytes,
                    each.from_owner_id.bytes,
                    each.to_owner_id.bytes,
                    each.nth,
                )
            )

    def digest(self, previous: Closing | None) -> bytes:
        """The hash over the previous closing and the settlements, which shows later changes."""
        before = previous.digest if previous else _FIRST
        return hashlib.sha256(before + self._content.digest()).digest()

    def close(
        self, previous: Closing | None, balances: Mapping[AccountId, int], now: datetime
    ) -> Closing:
        """Close. ``balances`` are those of the accounts in ``changes`` before this closing."""
        return Closing(
            number=previous.number + 1 if previous else 1,
            settlement_count=self.settlement_count,
            digest=self.digest(previous),
            balances={
                account: balances.get(account, 0) + change
                for account, change in self.changes.items()
            },
            closed_at=now,
        )


def _head(record: JournalRecord) -> bytes:
    """Hash the settlement. Lengths come first, so that different records have different bytes."""
    settlement = record.settlement
    if settlement is None:
        return record.settlement_id.bytes
    purpose = settlement.purpose.encode()
    return b"%b%d/%d/%d/%d/%d;%b%b" % (
        record.settlement_id.bytes,
        (settlement.settled_at - _EPOCH) // _MICROSECOND,
        len(purpose),
        len(settlement.digest),
        len(record.lines),
        len(record.transfers),
        purpose,
        settlement.digest,
    )
