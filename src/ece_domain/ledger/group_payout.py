"""Group payouts: planned whole, then settled in chunks of the size of one settlement."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NewType
from uuid import UUID, uuid5

from attrs import evolve, frozen

from ece_domain.kernel import MAX_AMOUNT, Aggregate, Asset, Money

from .account import Account
from .deal import Deal
from .errors import InvalidPayout
from .events import GroupPaidOut
from .settlement import MoveMoney, Settlement, SettlementId

PayoutId = NewType("PayoutId", UUID)

CHUNK_SIZE: Final = 500
"""The lines of one settlement; few, so that it locks accounts for a short time only."""
MAX_LINES: Final = 1_000_000

_NAMESPACE = UUID("0c9a5b8e-6d0e-5f3a-9c61-5b8f2a7d4ece")


@frozen
class PayoutLine:
    """The amount for one account, in minor units."""

    account: Account
    amount: int


def split_payout(total: Money, weights: Sequence[tuple[Account, int]]) -> tuple[PayoutLine, ...]:
    """Divide by weight with the largest-remainder method; shares of zero get no line.

    :raises InvalidWeights: if a weight is negative or all of them are zero.
    """
    shares = total.split([weight for _, weight in weights])
    return tuple(
        PayoutLine(account, share.amount)
        for (account, _), share in zip(weights, shares, strict=True)
        if share.amount
    )


@frozen(kw_only=True)
class GroupPayout(Aggregate):
    """One payout of a deal to many accounts; its lines are stored separately.

    The funding settlement moves the whole total at once from the source to an escrow account that
    only this payout debits. So no chunk can lack money, and the payout is one step for the deal.
    Every settlement's id is derived from the deal and the number of its chunk, so a repetition,
    after a crash or by another process, changes nothing. A deal is paid out once.
    """

    id: PayoutId
    deal: Deal
    source: Account
    total: Money
    line_count: int
    digest: bytes
    """A digest of the lines, to distinguish a repetition from another payout of the deal."""
    chunk_size: int
    started_at: datetime
    settled_count: int = 0
    """The number of settled chunks, from the first on."""
    finished_at: datetime | None = None

    @classmethod
    def plan(
        cls,
        deal: Deal,
        source: Account,
        lines: Sequence[PayoutLine],
        *,
        now: datetime,
        chunk_size: int = CHUNK_SIZE,
    ) -> "GroupPayout":
        """
        :raises InvalidPayout: unless there are 1 to ``MAX_LINES`` lines, of 1 to ``MAX_AMOUNT``
            minor units each and in all, in the source's asset, to other accounts than the source.
        """
        payout = cls(
            id=payout_id_of(deal),
            deal=deal,
            source=source,
            total=Money(sum(line.amount for line in lines), source.asset),
            line_count=len(lines),
            digest=_digest(source, lines),
            chunk_size=chunk_size,
            started_at=now,
        )
        _check(payout, lines)
        return payout

    @property
    def asset(self) -> Asset:
        return self.total.asset

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None

    @property
    def chunk_count(self) -> int:
        return -(-self.line_count // self.chunk_size)

    @property
    def account(self) -> Account:
        """The total that is funded and not settled yet."""
        return Account.escrow(self.id, self.asset)

    @property
    def funding(self) -> Settlement:
        settlement_id = SettlementId(uuid5(self.id, "funding"))
        move = MoveMoney(self.source, self.account, self.total)
        return Settlement(settlement_id, f"{self.deal.context}.payout-funding", (move,))

    def chunk_id(self, number: int) -> SettlementId:
        """The id of the settlement of a chunk; the first has the number 0."""
        return SettlementId(uuid5(self.id, f"chunk:{number}"))

    def next_chunk(self, lines: Sequence[PayoutLine]) -> Settlement:
        """The settlement of the first unsettled chunk; ``lines`` are its lines."""
        moves = tuple(
            MoveMoney(self.account, line.account, Money(line.amount, self.asset)) for line in lines
        )
        return Settlement(self.chunk_id(self.settled_count), f"{self.deal.context}.payout", moves)

    def with_next_chunk_settled(self, now: datetime) -> "GroupPayout":
        settled_count = self.settled_count + 1
        if settled_count < self.chunk_count:
            return evolve(self, settled_count=settled_count)
        finished = GroupPaidOut(
            occurred_at=now,
            payout_id=self.id,
            context=self.deal.context,
            deal_id=self.deal.id,
            total=self.total,
            line_count=self.line_count,
        )
        return evolve(
            self, settled_count=settled_count, finished_at=now, events=(*self.events, finished)
        )


def payout_id_of(deal: Deal) -> PayoutId:
    return PayoutId(uuid5(_NAMESPACE, f"{deal.context}:{deal.id}"))


def _digest(source: Account, lines: Sequence[PayoutLine]) -> bytes:
    content = hashlib.sha256(source.id.bytes)
    for line in lines:
        content.update(b"%b%d;" % (line.account.id.bytes, line.amount))
    return content.digest()


def _check(payout: GroupPayout, lines: Sequence[PayoutLine]) -> None:
    if not 1 <= len(lines) <= MAX_LINES:
        raise InvalidPayout(why="there are no lines or too many")
    if not all(1 <= line.amount <= MAX_AMOUNT for line in lines):
        raise InvalidPayout(why="an amount is not positive, or too high")
    if payout.total.amount > MAX_AMOUNT:
        raise InvalidPayout(why="the lines sum to more than one move may carry")
    if any(line.account.asset != payout.asset for line in lines):
        raise InvalidPayout(why="a line is in another asset than the source")
    if any(line.account in (payout.source, payout.account) for line in lines):
        raise InvalidPayout(why="a line pays the account that pays")
