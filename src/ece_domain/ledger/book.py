"""The effects of a settlement: the specification of every store of the ledger.

A book is the part of the ledger that one settlement reads and changes. The checks run in a fixed
order (holds to close, balances, cards, holds to place; each by id), so that every store reports
the same error for a settlement that breaks several rules.
"""

from collections.abc import Mapping
from datetime import datetime

from attrs import evolve, field, frozen

from ece_domain.cards import CardId, CardNotFound
from ece_domain.identity import UserId
from ece_domain.kernel import Money

from .account import Account, Balance, Entry
from .errors import (
    BalanceLimit,
    CardAlreadyHeld,
    CardNotOwned,
    HoldAlreadyPlaced,
    HoldExceeded,
    HoldNotExpired,
    HoldNotFound,
    HoldNotOpen,
    HoldPastExpiry,
    InsufficientFunds,
)
from .hold import HeldMoney, Hold, HoldId, HoldState
from .settlement import BalanceChange, HoldAction, HoldChange, Plan, Settlement

MAX_BALANCE = 10**18
"""The highest balance of an account with a balance row, in minor units."""


@frozen
class CardOwnership:
    """The owner of a card, and the open hold on it."""

    owner_id: UserId
    hold_id: HoldId | None = None


@frozen
class Book:
    """The balances of all but external accounts, the holds, and the owners of cards."""

    balances: Mapping[Account, Balance] = field(factory=dict)
    holds: Mapping[HoldId, Hold] = field(factory=dict)
    cards: Mapping[CardId, CardOwnership] = field(factory=dict)

    def settle(self, settlement: Settlement, now: datetime) -> tuple["Book", tuple[Entry, ...]]:
        """The book after the settlement, and its entries: one for each account that it changes.

        :raises MalformedSettlement: if its moves contradict each other.
        :raises AssetMismatch: if an amount's asset is not that of both accounts.
        :raises HoldNotFound: for a hold that does not exist, has another subject, or was placed by
            another context than the one that settles.
        :raises HoldNotOpen: if a hold was captured, released or expired before.
        :raises HoldPastExpiry: on capturing a hold past its expiry.
        :raises HoldNotExpired: on expiring a hold before its time.
        :raises HoldExceeded: if its captures sum to more than a hold has left.
        :raises InsufficientFunds: if the available balance of an account other than an external one
            would be negative.
        :raises BalanceLimit: if the balance row of an account would exceed ``MAX_BALANCE``.
        :raises CardNotFound: for a card that does not exist.
        :raises CardNotOwned: if ``from_owner_id`` does not own the card.
        :raises CardAlreadyHeld: if the card is under another hold than the settlement says.
        :raises HoldAlreadyPlaced: if a new hold's id is taken.
        """
        plan = settlement.plan()
        closed, given_back = self._close_holds(plan, settlement.context, now)
        balances, entries = self._change_balances(plan, given_back)
        cards = self._change_cards(plan)
        placed = self._place_holds(plan)
        after = Book(
            balances={**self.balances, **balances},
            holds={**self.holds, **closed, **placed},
            cards={**self.cards, **cards},
        )
        return after, entries

    def _close_holds(
        self, plan: Plan, context: str, now: datetime
    ) -> tuple[dict[HoldId, Hold], dict[Account, int]]:
        closed: dict[HoldId, Hold] = {}
        given_back: dict[Account, int] = {}
        for change in plan.holds:
            if change.action is HoldAction.PLACE:
                continue
            before = self._open_hold(change, context, now)
            after = _closed(before, change)
            closed[after.id] = after
            if isinstance(after.subject, HeldMoney) and after.state is not HoldState.OPEN:
                remainder = before.remaining - change.captured
                account = after.subject.account
                given_back[account] = given_back.get(account, 0) + remainder
        return closed, given_back

    def _open_hold(self, change: HoldChange, context: str, now: datetime) -> Hold:
        hold = self.holds.get(change.hold.id)
        if hold is None or hold.deal.context != context or not _same_subject(hold, change.hold):
            raise HoldNotFound(hold_id=change.hold.id)
        if hold.state is not HoldState.OPEN:
            raise HoldNotOpen(hold_id=hold.id, state=hold.state)
        if change.captured and hold.is_past_expiry(now):
            raise HoldPastExpiry(hold_id=hold.id)
        if change.action is HoldAction.EXPIRE and not hold.is_past_expiry(now):
            raise HoldNotExpired(hold_id=hold.id)
        if isinstance(hold.subject, HeldMoney) and change.captured > hold.remaining:
            asset = hold.subject.account.asset
            raise HoldExceeded(
                hold_id=hold.id,
                remaining=Money(hold.remaining, asset),
                needed=Money(change.captured, asset),
            )
        return hold

    def _change_balances(
        self, plan: Plan, given_back: Mapping[Account, int]
    ) -> tuple[dict[Account, Balance], tuple[Entry, ...]]:
        balances: dict[Account, Balance] = {}
        entries: list[Entry] = []
        for change in plan.balances:
            account = change.account
            after = Balance()
            if not account.kind.may_be_negative:
                after = self._balance_after(change, given_back.get(account, 0))
                balances[account] = after
            if change.amount:
                total = after.total if account.keeps_balance else None
                entries.append(Entry(account, change.amount, total))
        return balances, tuple(entries)

    def _balance_after(self, change: BalanceChange, given_back: int) -> Balance:
        before = self.balances.get(change.account, Balance())
        after = Balance(before.total + change.amount, before.held + change.held - given_back)
        asset = change.account.asset
        if after.available < 0:
            raise InsufficientFunds(
                available=Money(before.available, asset),
                needed=Money(before.available - after.available, asset),
            )
        if change.account.keeps_balance and after.total > MAX_BALANCE:
            raise BalanceLimit(max_balance=Money(MAX_BALANCE, asset))
        return after

    def _change_cards(self, plan: Plan) -> dict[CardId, CardOwnership]:
        cards: dict[CardId, CardOwnership] = {}
        for change in plan.cards:
            before = self.cards.get(change.card_id)
            if before is None:
                raise CardNotFound(card_id=change.card_id)
            if before.owner_id != change.from_owner_id:
                raise CardNotOwned(card_id=change.card_id)
            if before.hold_id != change.from_hold_id:
                raise CardAlreadyHeld(card_id=change.card_id)
            cards[change.card_id] = CardOwnership(change.to_owner_id, change.to_hold_id)
        return cards

    def _place_holds(self, plan: Plan) -> dict[HoldId, Hold]:
        placed: dict[HoldId, Hold] = {}
        for change in plan.holds:
            if change.action is HoldAction.PLACE:
                if change.hold.id in self.holds:
                    raise HoldAlreadyPlaced(hold_id=change.hold.id)
                placed[change.hold.id] = evolve(change.hold, state=HoldState.OPEN, captured=0)
        return placed


def _same_subject(placed: Hold, named: Hold) -> bool:
    if isinstance(placed.subject, HeldMoney) and isinstance(named.subject, HeldMoney):
        return placed.subject.account == named.subject.account
    return placed.subject == named.subject


def _closed(hold: Hold, change: HoldChange) -> Hold:
    if hold.remaining == change.captured:
        state = HoldState.CAPTURED
    else:
        state = {
            HoldAction.CAPTURE: HoldState.OPEN,
            HoldAction.RELEASE: HoldState.RELEASED,
            HoldAction.EXPIRE: HoldState.EXPIRED,
        }[change.action]
    return evolve(hold, state=state, captured=hold.captured + change.captured)
