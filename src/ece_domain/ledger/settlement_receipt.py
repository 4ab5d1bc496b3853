"""The receipt of a settlement, which never changes."""

from datetime import datetime

from attrs import frozen

from ece_domain.cards import CardId
from ece_domain.identity import UserId

from .account import Entry
from .settlement import Plan, SettlementId


@frozen
class CardTransfer:
    """A card that changed hands."""

    card_id: CardId
    from_owner_id: UserId
    to_owner_id: UserId


@frozen
class SettlementReceipt:
    """The receipt of a settlement: its entries, with the balances after it, and its cards."""

    id: SettlementId
    purpose: str
    settled_at: datetime
    entries: tuple[Entry, ...]
    card_transfers: tuple[CardTransfer, ...]


def card_transfers_of(plan: Plan) -> tuple[CardTransfer, ...]:
    """The cards that get a new owner, by id; other cards only get or lose a hold."""
    return tuple(
        CardTransfer(change.card_id, change.from_owner_id, change.to_owner_id)
        for change in plan.cards
        if change.from_owner_id != change.to_owner_id
    )
