"""Closing the journal: sealing settlements in one total order, and rolling up what they come to.

A settlement is queued when it is recorded, and closed by the next closing after its commit. So the
order of closed settlements, by the number of their closing and then by id, has no gaps into which
a late commit could fall, and it depends on nothing that a copy of the rows would lose.
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
"""The most settlements of one closing, so that none takes long."""

_FIRST = bytes(32)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@frozen
class JournalLine:
    """An entry as the journal keeps it.

    ``asset`` is None for an account whose name is not recorded. The last two are None for accounts
    that keep no balance; for others, ``nth`` counts the account's entries from one on.
    """

    account_id: AccountId
    asset: str | None
    amount: int
    nth: int | None
    balance_after: int | None


@frozen
class JournalTransfer:
    """A card transfer as the journal keeps it; ``nth`` counts the card's transfers from one on."""

    card_id: CardId
    from_owner_id: UserId
    to_owner_id: UserId
    nth: int


@frozen
class RecordedSettlement:
    """What a settlement was for, the digest of its moves, and when it was settled."""

    purpose: str
    digest: bytes
    settled_at: datetime


@frozen(kw_only=True)
class JournalRecord:
    """A settlement with all that was posted under its id: lines by account, transfers by card.

    The settlement itself is None where lines, a closing or the queue name one that is not recorded.
    """

    settlement_id: SettlementId
    settlement: RecordedSettlement | None
    lines: tuple[JournalLine, ...] = ()
    transfers: tuple[JournalTransfer, ...] = ()
    closing_number: int | None = None
    """The closing that closed it."""
    is_queued: bool = False
    """Whether it waits for a closing."""


@frozen(kw_only=True)
class Closing:
    """Some settlements with the hash of their content, chained to the closing before it."""

    number: int
    settlement_count: int
    digest: bytes
    balances: Mapping[AccountId, int]
    """Of the accounts that keep no balance themselves and that this closing changed: the sum of
    all closed entries."""
    closed_at: datetime


@define
class ClosingHash:
    """Takes in the settlements of one closing, by id."""

    settlement_count: int = 0
    changes: dict[AccountId, int] = field(factory=dict)
    """What the accounts that keep no balance changed by."""
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
        """Over the closing before and the settlements taken in, so that none can change unseen."""
        before = previous.digest if previous else _FIRST
        return hashlib.sha256(before + self._content.digest()).digest()

    def close(
        self, previous: Closing | None, balances: Mapping[AccountId, int], now: datetime
    ) -> Closing:
        """``balances`` are those of the accounts in ``changes``, by the closings so far."""
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
    """The settlement itself. Lengths come first, so that no two records read the same."""
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
