"""Closing the books: sealing the entries so far, and rolling up what they come to."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from attrs import define, field, frozen

from .account import AccountId
from .settlement import SettlementId

_FIRST = bytes(32)


@frozen
class Line:
    """An entry as the books keep it, in the order in which each account's balance came about.

    ``position`` is its place in the order of commits, as far as closings need it: a closing seals
    the lines below its watermark. ``asset`` is None for an account whose name is not recorded.
    """

    position: int
    settlement: SettlementId
    account: AccountId
    asset: str | None
    amount: int
    balance_after: int | None
    is_settled: bool = True
    """Whether its settlement is recorded."""


@frozen(kw_only=True)
class Closing:
    """The seal of all lines below the watermark, chained to the closing before it."""

    number: int
    watermark: int
    entries: int
    """How many lines this closing adds to those sealed before."""
    digest: bytes
    balances: Mapping[AccountId, int]
    """Of the accounts that keep no balance themselves: what all sealed lines come to."""
    closed_at: datetime


@define
class Seal:
    """Takes in the lines of one closing."""

    balances: dict[AccountId, int] = field(factory=dict)
    entries: int = 0
    _content: "hashlib._Hash" = field(factory=hashlib.sha256)

    @classmethod
    def after(cls, closing: Closing | None) -> "Seal":
        return cls(dict(closing.balances) if closing else {})

    def add(self, line: Line) -> None:
        after = -1 if line.balance_after is None else line.balance_after
        self.entries += 1
        self._content.update(
            b"%b%b%d/%d;" % (line.settlement.bytes, line.account.bytes, line.amount, after)
        )
        if line.balance_after is None:
            self.balances[line.account] = self.balances.get(line.account, 0) + line.amount

    def digest(self, previous: Closing | None) -> bytes:
        """Over the closing before and the lines taken in, so that neither can change unseen."""
        before = previous.digest if previous else _FIRST
        return hashlib.sha256(before + self._content.digest()).digest()

    def close(self, previous: Closing | None, watermark: int, now: datetime) -> Closing:
        return Closing(
            number=previous.number + 1 if previous else 1,
            watermark=watermark,
            entries=self.entries,
            digest=self.digest(previous),
            balances=self.balances,
            closed_at=now,
        )
