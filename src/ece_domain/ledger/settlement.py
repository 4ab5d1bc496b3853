"""Settlements: moves of money, cards and holds that are applied all or none."""

import re
from enum import StrEnum
from typing import NewType, TypeAlias
from uuid import UUID

from attrs import frozen

from ece_domain.cards import CardId
from ece_domain.identity import UserId
from ece_domain.kernel import MAX_AMOUNT, AssetMismatch, Money, Term, digest_of

from .account import Account, AccountId
from .errors import MalformedSettlement
from .hold import HeldCard, HeldMoney, Hold, HoldId

SettlementId = NewType("SettlementId", UUID)

MAX_MOVES = 1_000
"""The most moves of one settlement, so that their sum cannot exceed the highest balance."""

_PURPOSE = re.compile(r"[a-z]+\.[a-z-]+")


@frozen
class MoveMoney:
    source: Account
    destination: Account
    amount: Money


@frozen
class MoveCard:
    card_id: CardId
    from_owner_id: UserId
    to_owner_id: UserId


@frozen
class PlaceHold:
    hold: Hold


@frozen
class CaptureHold:
    """Apply a move to the subject of a hold."""

    hold: Hold
    move: MoveMoney | MoveCard


@frozen
class ReleaseHold:
    """Release all that is left of a hold, also past its expiry."""

    hold: Hold


@frozen
class ExpireHold:
    """Release all that is left of a hold that is past its expiry."""

    hold: Hold


Move: TypeAlias = MoveMoney | MoveCard | PlaceHold | CaptureHold | ReleaseHold | ExpireHold


class HoldAction(StrEnum):
    """What a settlement does to a hold."""

    PLACE = "place"
    CAPTURE = "capture"
    RELEASE = "release"
    EXPIRE = "expire"


@frozen
class HoldChange:
    """The change of one hold. ``captured`` is the sum of its captures in minor units."""

    hold: Hold
    action: HoldAction
    captured: int = 0


@frozen
class BalanceChange:
    """The net change of one account, before released remainders are subtracted from ``held``."""

    account: Account
    amount: int = 0
    held: int = 0


@frozen
class CardChange:
    """The net change of one card: the expected and the new owner and hold."""

    card_id: CardId
    from_owner_id: UserId
    from_hold_id: HoldId | None
    to_owner_id: UserId
    to_hold_id: HoldId | None


@frozen
class Plan:
    """A settlement as net changes, each sorted by id: the order in which stores lock rows.

    Accounts with balance rows come before those without.
    """

    holds: tuple[HoldChange, ...]
    balances: tuple[BalanceChange, ...]
    cards: tuple[CardChange, ...]


@frozen
class Settlement:
    """An id, a purpose (``market.purchase``), and the moves.

    The purpose begins with the context that settles. A settlement places, captures, releases and
    expires only holds of that context.
    """

    id: SettlementId
    purpose: str
    moves: tuple[Move, ...]

    @property
    def context(self) -> str:
        """The context that settles: the purpose up to its first dot."""
        return self.purpose.partition(".")[0]

    @property
    def digest(self) -> bytes:
        """A digest of the moves, to distinguish a repetition from another settlement with its id.

        The progress of a hold is not part of it, as a repetition finds the hold further on.
        """
        return digest_of(self.purpose, *[_terms(move) for move in self.moves])

    def plan(self) -> Plan:
        """
        :raises MalformedSettlement: if moves contradict each other, an amount is not from one to
            ``MAX_AMOUNT``, there are none or more than ``MAX_MOVES``, a hold is placed for a deal
            of another context, or the purpose does not name a context.
        :raises AssetMismatch: if an amount's asset is not that of both accounts.
        """
        if not 1 <= len(self.moves) <= MAX_MOVES:
            raise MalformedSettlement(why="there are no moves or too many")
        if not _PURPOSE.fullmatch(self.purpose):
            raise MalformedSettlement(why="the purpose does not name a context and an act")
        netting = _Netting(self.context)
        for move in self.moves:
            netting.add(move)
        return netting.plan()


def _terms(move: Move) -> tuple[Term, ...]:
    """The terms of a move, as plain values."""
    match move:
        case MoveMoney(source, destination, amount):
            return "money", source.id.int, destination.id.int, amount.amount
        case MoveCard(card_id, from_owner_id, to_owner_id):
            return "card", card_id.int, from_owner_id.int, to_owner_id.int
        case PlaceHold(hold):
            deal, purpose = hold.deal, hold.purpose.value
            return "place", *_subject(hold), deal.context, deal.id.int, purpose, hold.expires_at
        case CaptureHold(hold, inner):
            return "capture", *_subject(hold), *_terms(inner)
        case ReleaseHold(hold):
            return "release", *_subject(hold)
        case _:
            return "expire", *_subject(move.hold)


def _subject(hold: Hold) -> tuple[int, ...]:
    subject = hold.subject
    if isinstance(subject, HeldMoney):
        return hold.id.int, subject.account.id.int, subject.amount
    return hold.id.int, subject.card_id.int, subject.owner_id.int


class _Netting:
    """Sums the moves per hold, account and card."""

    def __init__(self, context: str) -> None:
        self._context = context
        self._holds: dict[HoldId, HoldChange] = {}
        self._balances: dict[Account, BalanceChange] = {}
        self._cards: dict[CardId, CardChange] = {}

    def add(self, move: Move) -> None:
        match move:
            case MoveMoney():
                self._move_money(move)
            case MoveCard():
                self._change_card(
                    move.card_id,
                    move.from_owner_id,
                    None,
                    to_owner_id=move.to_owner_id,
                    to_hold_id=None,
                )
            case PlaceHold(hold):
                self._place(hold)
            case CaptureHold(hold, inner):
                self._capture(hold, inner)
            case ReleaseHold(hold):
                self._close(hold, HoldAction.RELEASE)
            case _:
                self._close(move.hold, HoldAction.EXPIRE)

    def plan(self) -> Plan:
        return Plan(
            holds=tuple(sorted(self._holds.values(), key=lambda change: change.hold.id)),
            balances=tuple(sorted(self._balances.values(), key=_place_of_account)),
            cards=tuple(sorted(self._cards.values(), key=lambda change: change.card_id)),
        )

    def _move_money(self, move: MoveMoney) -> None:
        for account in (move.source, move.destination):
            if account.asset != move.amount.asset:
                raise AssetMismatch(expected=str(account.asset), given=str(move.amount.asset))
        _check_amount(move.amount.amount)
        if move.source == move.destination:
            raise MalformedSettlement(why="an account moves money to itself")
        self._change_balance(move.source, amount=-move.amount.amount)
        self._change_balance(move.destination, amount=move.amount.amount)

    def _change_balance(self, account: Account, amount: int = 0, held: int = 0) -> None:
        earlier = self._balances.get(account)
        if earlier:
            amount, held = earlier.amount + amount, earlier.held + held
        self._balances[account] = BalanceChange(account, amount, held)

    def _change_card(
        self,
        card_id: CardId,
        from_owner_id: UserId,
        from_hold_id: HoldId | None,
        *,
        to_owner_id: UserId,
        to_hold_id: HoldId | None,
    ) -> None:
        change = self._cards.get(card_id) or CardChange(
            card_id, from_owner_id, from_hold_id, from_owner_id, from_hold_id
        )
        if (change.to_owner_id, change.to_hold_id) != (from_owner_id, from_hold_id):
            raise MalformedSettlement(why="the moves of a card contradict each other")
        if to_owner_id != from_owner_id and change.from_owner_id != change.to_owner_id:
            raise MalformedSettlement(why="a card changes hands twice")
        self._cards[card_id] = CardChange(
            card_id, change.from_owner_id, change.from_hold_id, to_owner_id, to_hold_id
        )

    def _place(self, hold: Hold) -> None:
        if hold.id in self._holds:
            raise MalformedSettlement(why="a hold is placed twice or closed before")
        if hold.deal.context != self._context:
            raise MalformedSettlement(why="a hold is placed for a deal of another context")
        self._holds[hold.id] = HoldChange(hold, HoldAction.PLACE)
        subject = hold.subject
        if isinstance(subject, HeldCard):
            card, owner = subject.card_id, subject.owner_id
            self._change_card(card, owner, None, to_owner_id=owner, to_hold_id=hold.id)
            return
        if not subject.account.kind.can_be_held:
            raise MalformedSettlement(why="only a user's money can be held")
        _check_amount(subject.amount)
        self._change_balance(subject.account, held=subject.amount)

    def _capture(self, hold: Hold, move: MoveMoney | MoveCard) -> None:
        match hold.subject, move:
            case HeldMoney(account), MoveMoney(source) if account == source:
                self._move_money(move)
                self._change_balance(account, held=-move.amount.amount)
                self._close(hold, HoldAction.CAPTURE, captured=move.amount.amount)
            case HeldCard(card, owner), MoveCard() if (card, owner) == (
                move.card_id,
                move.from_owner_id,
            ):
                self._change_card(
                    card, owner, hold.id, to_owner_id=move.to_owner_id, to_hold_id=None
                )
                self._close(hold, HoldAction.CAPTURE, captured=1)
            case _:
                raise MalformedSettlement(why="a capture moves something else than its hold")

    def _close(self, hold: Hold, action: HoldAction, captured: int = 0) -> None:
        earlier = self._holds.get(hold.id)
        is_money = isinstance(hold.subject, HeldMoney)
        if earlier and (not is_money or earlier.action is not HoldAction.CAPTURE):
            raise MalformedSettlement(why="a hold is closed twice or placed and closed")
        so_far = earlier.captured if earlier else 0
        self._holds[hold.id] = HoldChange(hold, action, so_far + captured)
        if action is not HoldAction.CAPTURE:
            self._give_back(hold)

    def _give_back(self, hold: Hold) -> None:
        subject = hold.subject
        if isinstance(subject, HeldMoney):
            self._change_balance(subject.account)
        else:
            card, owner = subject.card_id, subject.owner_id
            self._change_card(card, owner, hold.id, to_owner_id=owner, to_hold_id=None)


def _place_of_account(change: BalanceChange) -> tuple[bool, AccountId]:
    return not change.account.keeps_balance, change.account.id


def _check_amount(amount: int) -> None:
    if not 1 <= amount <= MAX_AMOUNT:
        raise MalformedSettlement(why="an amount is not positive, or too high")
