"""The errors of cards."""

from uuid import UUID

from attrs import define

from ece_domain.kernel import Conflict, Forbidden, InvalidInput, NotFound


@define(slots=False)
class InvalidText(InvalidInput):
    """A text is not valid."""

    code = "cards.invalid-text"
    cause = (
        "The {field} must have at most {longest} characters. It must not be empty where a text is "
        "required, start or end with white space, or contain control characters."
    )

    field: str
    longest: int


@define(slots=False)
class InvalidImage(InvalidInput):
    """The image is not valid."""

    code = "cards.invalid-image"
    cause = (
        "An image is an address that begins with ``https://``, a path without a host, or"
        " ``genesis:SEED:NUMBER`` for a drawing by ECE."
    )
    hint = "Send the address of the image with ``https://``, or leave the image out."


@define(slots=False)
class TooManyWords(InvalidInput):
    """The search has too many words."""

    code = "cards.too-many-words"
    cause = "A search has at most {max_words} different words."
    hint = "Search for the words that matter most, then filter by set, rarity, finish or artist."

    max_words: int


@define(slots=False)
class InvalidSetCode(InvalidInput):
    """The code of the card set is not valid."""

    code = "cards.invalid-set-code"
    cause = (
        "A code has 1 to 40 letters a to z and digits, in parts joined by single hyphens, such as "
        "base-set-2."
    )


@define(slots=False)
class InvalidDefinitions(InvalidInput):
    """The rarities or finishes of the card set are not valid."""

    code = "cards.invalid-definitions"
    cause = (
        "A set has 1 to 100 of each. No two rarities and no two finishes share a code or a rank, "
        "and ranks are from 0 to 10,000."
    )


@define(slots=False)
class UnknownDefinition(InvalidInput):
    """The card set does not have this rarity or finish."""

    code = "cards.unknown-definition"
    cause = 'The set has no {field} with the code "{given}".'
    hint = "Use a code that the card set lists, or add it to the set first."

    field: str
    given: str


@define(slots=False)
class RoyaltyTooHigh(InvalidInput):
    """The royalty is too high."""

    code = "cards.royalty-too-high"
    cause = "The creator of a card set receives at most 10 % of the price of a sale."


@define(slots=False)
class InvalidCount(InvalidInput):
    """The count is out of bounds."""

    code = "cards.invalid-count"
    cause = "The count must be a whole number from 1 to {highest}."

    highest: int


@define(slots=False)
class UnknownCondition(InvalidInput):
    """The scale does not have this condition."""

    code = "cards.unknown-condition"
    cause = (
        'The scale "{scale}" has no condition with the code "{given}". Each scale has codes of '
        "its own."
    )
    hint = "Use a code of this scale, or name the scale that the code belongs to."

    scale: str
    given: str


@define(slots=False)
class InvalidGrade(InvalidInput):
    """The grade is not valid."""

    code = "cards.invalid-grade"
    cause = (
        "A grade is from 1 to 10 in steps of 0.5. The company has 2 to 10 letters, and the "
        "certificate number has 4 to 20 letters, digits and hyphens."
    )


@define(slots=False)
class InvalidImport(InvalidInput):
    """A record cannot be imported, so nothing was imported."""

    code = "cards.invalid-import"
    cause = "The record {key} was refused ({why}), and an import saves all records or none."
    hint = "Correct the record in the package, then run the import again."

    key: str
    why: str


@define(slots=False)
class SortNeedsPrinting(InvalidInput):
    """Cards can be sorted by serial within one printing only."""

    code = "cards.sort-needs-printing"
    cause = (
        "Serial numbers count the copies of one printing, so they cannot be compared across "
        "printings."
    )
    hint = "Filter by one printing, or sort by newest."


@define(slots=False)
class CardSetNotFound(NotFound):
    """The card set does not exist."""

    code = "cards.card-set-not-found"
    cause = "No card set has this code or id."


@define(slots=False)
class PrintingNotFound(NotFound):
    """The printing does not exist."""

    code = "cards.printing-not-found"
    cause = "No printing has this id."


@define(slots=False)
class CardNotFound(NotFound):
    """The card does not exist."""

    code = "cards.card-not-found"
    cause = "No card has the id {card_id}."

    card_id: UUID


@define(slots=False)
class ArtNotFound(NotFound):
    """ECE has no drawing of this printing."""

    code = "cards.art-not-found"
    cause = (
        "ECE draws the printings of its own sets. The picture of this one is stored elsewhere, or "
        "it has none."
    )
    hint = "Show the image that the printing names, or a placeholder."


@define(slots=False)
class NotTheIssuer(Forbidden):
    """You are not the issuer of the card set."""

    code = "cards.not-the-issuer"
    cause = "Only the issuer of a set, or an admin, can change the set and its printings."


@define(slots=False)
class NotTheOwner(Forbidden):
    """You are not the owner of the card."""

    code = "cards.not-the-owner"
    cause = "Only the owner of a card can state its condition."


@define(slots=False)
class SetCodeTaken(Conflict):
    """The code of the card set is taken."""

    code = "cards.set-code-taken"
    cause = "Another card set has this code, and each code names one set."
    hint = "Choose another code, then send the request again."


@define(slots=False)
class DefinitionFixed(Conflict):
    """A rarity or finish of a card set cannot be removed or get another rank."""

    code = "cards.definition-fixed"
    cause = 'Printings refer to "{given}" and are sorted by its rank, so only its label can change.'
    hint = 'Keep "{given}" with its rank, and add a new rarity or finish if you need one.'

    given: str


@define(slots=False)
class PrintingExists(Conflict):
    """The printing exists already."""

    code = "cards.printing-exists"
    cause = "The card set has a printing with the same number, finish and variant."
    hint = "Use the existing printing, or choose another number, finish or variant."


@define(slots=False)
class AlreadyImported(Conflict):
    """The record was imported by another import at the same time."""

    code = "cards.already-imported"
    cause = "Each record of a source becomes one card set or one printing."
    hint = "Run the import again. It continues from what is stored now."


@define(slots=False)
class PrintRunExceeded(Conflict):
    """The print run is too small."""

    code = "cards.print-run-exceeded"
    cause = "The printing is limited to {print_run} copies, and {minted} exist already."
    hint = "Mint fewer copies, or choose a print run that is not below the copies that exist."

    print_run: int
    minted: int


@define(slots=False)
class PrintRunFixed(Conflict):
    """The print run cannot be raised or removed."""

    code = "cards.print-run-fixed"
    cause = "The limit is {print_run}, and the owners of the {minted} existing copies rely on it."
    hint = "Keep or lower the print run, or add another printing."

    print_run: int
    minted: int


@define(slots=False)
class CardOnHold(Conflict):
    """The card is on hold, so its condition and grade cannot change."""

    code = "cards.card-on-hold"
    cause = "The card {card_id} is promised to a buyer, such as by a listing."
    hint = "Cancel the listing or wait until the hold ends, then send the request again."

    card_id: UUID


@define(slots=False)
class CardIsGraded(Conflict):
    """The card is graded, so its owner cannot state a condition."""

    code = "cards.card-is-graded"
    cause = "The grade of a company replaces the condition of the card {card_id}."
    hint = "Keep the grade. A moderator can record a newer one."

    card_id: UUID


@define(slots=False)
class CertificateTaken(Conflict):
    """The certificate belongs to another card."""

    code = "cards.certificate-taken"
    cause = "Each certificate of a grading company belongs to one card."
    hint = "Check the number on the certificate, and that you chose the right card."
