"""The invariant of group payouts."""

from collections.abc import AsyncIterable, Sequence

from attrs import frozen

from .group_payout import GroupPayout
from .invariants import Violation


@frozen(kw_only=True)
class PayoutRecord:
    """A group payout with its lines, settlements and account, for the audit."""

    payout: GroupPayout
    line_count: int
    line_total: int
    settled_total: int
    """The sum of the lines of the settled chunks."""
    is_funded: bool
    chunks_found: Sequence[bool]
    """For each chunk in order: whether its settlement is recorded."""
    balance: int
    """The balance of the payout's account."""


async def check_payouts(records: AsyncIterable[PayoutRecord]) -> list[Violation]:
    """I25: a payout's chunks are settled once each and in order, and its account has the rest."""
    return [violation async for record in records for violation in _check(record)]


def _check(record: PayoutRecord) -> list[Violation]:
    payout, wrong = record.payout, []
    planned = (payout.line_count, payout.total.amount)
    if (record.line_count, record.line_total) != planned:
        wrong.append(f"its {record.line_count} lines sum to {record.line_total}, not to {planned}")
    if not record.is_funded:
        wrong.append("its funding is not recorded")
    if payout.is_finished != (payout.settled_count == payout.chunk_count):
        wrong.append(f"{payout.settled_count} of {payout.chunk_count} chunks are settled")
    for number, is_found in enumerate(record.chunks_found):
        if is_found and number >= payout.settled_count:
            wrong.append(f"chunk {number} is settled before its time")
        if not is_found and number < payout.settled_count:
            wrong.append(f"chunk {number} counts as settled, but is not recorded")
    left = record.line_total - record.settled_total
    if record.balance != left:
        wrong.append(f"its account holds {record.balance} where {left} is to be paid")
    return [Violation("I25", what, f"payout {payout.id}") for what in wrong]
