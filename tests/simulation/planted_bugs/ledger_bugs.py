"""Planted bugs: balances, holds, entries and closings."""

from itertools import count
from typing import Any
from uuid import uuid5

import pytest
from attrs import evolve

from ece_adapters.memory.ledger.books import MemoryBooks
from ece_adapters.memory.ledger.ledger import MemoryLedger
from ece_adapters.memory.ledger.tables import LedgerTables
from ece_adapters.storage.write_order import Phase
from ece_domain.kernel import USD, Money, Returned
from ece_domain.ledger import (
    AccountKind,
    GroupPayout,
    HeldMoney,
    Hold,
    HoldState,
    InsufficientFunds,
)
from ece_domain.ledger.storage import Balance, Book
from ece_domain.ledger.use_cases import finish_group_payouts, pay_out_group

from .registry import planted


@planted
def check_then_act_on_a_balance(patch: pytest.MonkeyPatch) -> None:
    """Compute new balances from an earlier read (lost update)."""

    def settle(self: MemoryLedger, settlement: Any, now: Any) -> Returned[Any]:
        plan, returned = settlement.plan(), Returned[Any]()
        stale = self._tables.part_of_the_book(plan)

        def write() -> None:
            with pytest.MonkeyPatch.context() as inner:
                inner.setattr(LedgerTables, "part_of_the_book", lambda _, __: stale)
                returned.give(self._settle(settlement, plan, now))

        self._unit.later(write, Phase.SETTLE)
        return returned

    patch.setattr(MemoryLedger, "settle", settle)


@planted
def hold_not_counted(patch: pytest.MonkeyPatch) -> None:
    """Check the balance without subtracting holds."""

    def balance_after(self: Book, change: Any, given_back: int) -> Balance:
        before = self.balances.get(change.account, Balance())
        after = Balance(before.total + change.amount, before.held + change.held - given_back)
        if after.total < 0:
            raise InsufficientFunds(
                available=Money(before.total, USD), needed=Money(-change.amount, USD)
            )
        return after

    patch.setattr(Book, "_balance_after", balance_after)


@planted
def hold_captured_twice(patch: pytest.MonkeyPatch) -> None:
    """Treat a captured hold as open."""
    _reopen(patch, HoldState.CAPTURED)


@planted
def released_hold_captured(patch: pytest.MonkeyPatch) -> None:
    """Treat a released hold as open."""
    _reopen(patch, HoldState.RELEASED)


def _reopen(patch: pytest.MonkeyPatch, state: HoldState) -> None:
    sound = Book._open_hold

    def open_hold(self: Book, change: Any, context: str, now: Any) -> Hold:
        hold = self.holds.get(change.hold.id)
        if hold is not None and hold.state is state and change.captured:
            return evolve(hold, state=HoldState.OPEN, captured=0)
        return sound(self, change, context, now)

    patch.setattr(Book, "_open_hold", open_hold)


@planted
def captures_beyond_the_hold(patch: pytest.MonkeyPatch) -> None:
    """Check each partial capture against the original amount."""
    sound = Book._open_hold

    def open_hold(self: Book, change: Any, context: str, now: Any) -> Hold:
        return sound(self, evolve(change, captured=min(change.captured, 1)), context, now)

    patch.setattr(Book, "_open_hold", open_hold)


@planted
def release_gives_back_all(patch: pytest.MonkeyPatch) -> None:
    """Release the original amount instead of the remaining one."""

    def remaining(self: Hold) -> int:
        if self.state is not HoldState.OPEN:
            return 0
        return self.subject.amount if isinstance(self.subject, HeldMoney) else 1

    patch.setattr(Hold, "remaining", property(remaining))


@planted
def expired_hold_captured(patch: pytest.MonkeyPatch) -> None:
    """Treat a hold as open until the expiry job has ended it."""
    sound = Book._open_hold

    def open_hold(self: Book, change: Any, context: str, now: Any) -> Hold:
        if change.captured and (hold := self.holds.get(change.hold.id)):
            timeless = evolve(self, holds={hold.id: evolve(hold, expires_at=None)})
            return evolve(sound(timeless, change, context, now), expires_at=hold.expires_at)
        return sound(self, change, context, now)

    patch.setattr(Book, "_open_hold", open_hold)


@planted
def entry_forgotten(patch: pytest.MonkeyPatch) -> None:
    """Change the balances, but write only the first entry."""
    sound = Book._change_balances

    def change_balances(self: Book, plan: Any, given_back: Any) -> Any:
        balances, entries = sound(self, plan, given_back)
        return balances, entries[:1]

    patch.setattr(Book, "_change_balances", change_balances)


@planted
def card_kept_by_its_giver(patch: pytest.MonkeyPatch) -> None:
    """Write the card transfer, but not the new owner."""
    sound = Book._change_cards

    def change_cards(self: Book, plan: Any) -> Any:
        cards = sound(self, plan)
        return {
            card: evolve(card_ownership, owner_id=self.cards[card].owner_id)
            for card, card_ownership in cards.items()
        }

    patch.setattr(Book, "_change_cards", change_cards)


@planted
def position_skipped(patch: pytest.MonkeyPatch) -> None:
    """Remove a settlement from the queue without sealing it."""
    sound = MemoryBooks._close

    def close(self: MemoryBooks, closing: Any, settlements: list[Any]) -> None:
        sound(self, closing, settlements)
        if len(settlements) > 1:
            self._tables.closed_settlements.remove(settlements[-1])

    patch.setattr(MemoryBooks, "_close", close)


@planted
def hold_released_by_a_stranger(patch: pytest.MonkeyPatch) -> None:
    """End a hold without checking which context placed it."""
    sound = Book._open_hold

    def open_hold(self: Book, change: Any, context: str, now: Any) -> Hold:
        hold = self.holds.get(change.hold.id)
        return sound(self, change, hold.deal.context if hold else context, now)

    patch.setattr(Book, "_open_hold", open_hold)


@planted
def escrow_overdrawn(patch: pytest.MonkeyPatch) -> None:
    """Check only user accounts for overdrafts, not escrow accounts."""
    sound = Book._balance_after

    def balance_after(self: Book, change: Any, given_back: int) -> Balance:
        if change.account.kind is AccountKind.ESCROW:
            before = self.balances.get(change.account, Balance())
            return Balance(before.total + change.amount, 0)
        return sound(self, change, given_back)

    patch.setattr(Book, "_balance_after", balance_after)


@planted
def chunk_lost(patch: pytest.MonkeyPatch) -> None:
    """Count a chunk in one transaction and settle it in another."""

    async def settle_next_chunk(begin: Any, clock: Any, payout_id: Any) -> GroupPayout:
        async with begin() as transaction:
            payout: GroupPayout = await transaction.group_payouts.get(payout_id)
            if payout.is_finished:
                return payout
            lines = await transaction.group_payouts.next_lines(payout)
            counted = payout.with_next_chunk_settled(clock())
            transaction.group_payouts.save(counted)
        async with begin() as transaction:
            transaction.ledger.settle(payout.next_chunk(lines), clock())
        return counted.saved

    _settle_chunks_by(patch, settle_next_chunk)


@planted
def chunk_doubled(patch: pytest.MonkeyPatch) -> None:
    """Settle a chunk under a new id, and count it in another transaction."""
    numbers = count(1)

    async def settle_next_chunk(begin: Any, clock: Any, payout_id: Any) -> GroupPayout:
        async with begin() as transaction:
            payout: GroupPayout = await transaction.group_payouts.get(payout_id)
            if payout.is_finished:
                return payout
            chunk = payout.next_chunk(await transaction.group_payouts.next_lines(payout))
            fresh = evolve(chunk, id=uuid5(payout_id, str(next(numbers))))
            transaction.ledger.settle(fresh, clock())
        counted = payout.with_next_chunk_settled(clock())
        async with begin() as transaction:
            transaction.group_payouts.save(counted)
        return counted.saved

    _settle_chunks_by(patch, settle_next_chunk)


def _settle_chunks_by(patch: pytest.MonkeyPatch, settle_next_chunk: Any) -> None:
    for use_case in (pay_out_group, finish_group_payouts):
        patch.setattr(use_case, "settle_next_chunk", settle_next_chunk)
