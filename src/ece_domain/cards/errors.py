from uuid import UUID

from attrs import define

from ece_domain.kernel import NotFound


@define(slots=False)
class CardNotFound(NotFound):
    """There is no such card."""

    code = "cards.card-not-found"
    card_id: UUID
