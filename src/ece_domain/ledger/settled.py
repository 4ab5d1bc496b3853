"""What a settlement came to, as the ledger remembers it for ever."""

from datetime import datetime

from attrs import frozen

from ece_domain.cards import CardId
from ece_domain.identity import UserId

from .account import Entry
from .settlement import Plan, SettlementId


@frozen
class Handover:
    """A card that changed hands."""

    card: CardId
    giver: UserId
    taker: UserId


@frozen
class Settled:
    """The receipt of a settlement: its entries, with the balances after it, and its cards."""

    id: SettlementId
    purpose: str
    settled_at: datetime
    entries: tuple[Entry, ...]
    handovers: tuple[Handover, ...]


def handovers_of(plan: Plan) -> tuple[Handover, ...]:
    """The cards that change hands, by id; others are set aside or given back."""
    return tuple(
        Handover(change.card, change.owner_before, change.owner_after)
        for change in plan.cards
        if change.owner_before != change.owner_after
    )
