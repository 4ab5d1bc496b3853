"""The events of card sets, printings and cards."""

from uuid import UUID

from attrs import frozen

from ece_domain.kernel import Event


@frozen(kw_only=True)
class CardSetCreated(Event):
    kind = "cards.card-set-created"
    subject = "card_set_id"

    card_set_id: UUID
    set_code: str
    issuer_id: UUID


@frozen(kw_only=True)
class CardSetEdited(Event):
    kind = "cards.card-set-edited"
    subject = "card_set_id"

    card_set_id: UUID
    set_code: str


@frozen(kw_only=True)
class PrintingsImported(Event):
    """An import added or changed printings of one set, which get no separate events."""

    kind = "cards.printings-imported"
    subject = "card_set_id"

    card_set_id: UUID
    set_code: str
    created: int
    changed: int


@frozen(kw_only=True)
class PrintingAdded(Event):
    kind = "cards.printing-added"
    subject = "printing_id"

    printing_id: UUID
    card_set_id: UUID


@frozen(kw_only=True)
class PrintingEdited(Event):
    kind = "cards.printing-edited"
    subject = "printing_id"

    printing_id: UUID


@frozen(kw_only=True)
class CardsMinted(Event):
    """Cards of one printing were minted, with consecutive serials and the same first owner."""

    kind = "cards.cards-minted"
    subject = "printing_id"

    printing_id: UUID
    first_serial: int
    last_serial: int
    owner_id: UUID


@frozen(kw_only=True)
class CardAssessed(Event):
    """A card got another condition or grade."""

    kind = "cards.card-assessed"
    subject = "card_id"

    card_id: UUID
    assessor_id: UUID
