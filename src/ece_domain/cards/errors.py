"""What the cards context refuses."""

from uuid import UUID

from attrs import define

from ece_domain.kernel import Conflict, Forbidden, InvalidInput, NotFound


@define(slots=False)
class InvalidText(InvalidInput):
    """A text is empty, too long, padded with white space, or has control characters in it."""

    code = "cards.invalid-text"
    field: str
    longest: int


@define(slots=False)
class InvalidSetCode(InvalidInput):
    """A set's code has 1 to 40 letters a to z and digits, in parts joined by single hyphens."""

    code = "cards.invalid-set-code"


@define(slots=False)
class InvalidTraits(InvalidInput):
    """A set's rarities, and its finishes, have codes and ranks that are all different.

    There are 1 to 100 of each, with ranks from 0 to 10,000.
    """

    code = "cards.invalid-traits"


@define(slots=False)
class UnknownTrait(InvalidInput):
    """The card set has no such rarity or finish."""

    code = "cards.unknown-trait"
    field: str
    given: str


@define(slots=False)
class RoyaltyTooHigh(InvalidInput):
    """A creator's royalty is at most a tenth of the price."""

    code = "cards.royalty-too-high"


@define(slots=False)
class InvalidCount(InvalidInput):
    """A number of cards is a whole number between one and the highest that is allowed."""

    code = "cards.invalid-count"
    highest: int


@define(slots=False)
class UnknownCondition(InvalidInput):
    """The scale has no condition of this code; the same code means different things by scale."""

    code = "cards.unknown-condition"
    scale: str
    given: str


@define(slots=False)
class InvalidGrade(InvalidInput):
    """A grade is 1 to 10 in halves, from a company named by 2 to 10 letters, with a certificate.

    The certificate's number has 4 to 20 letters, digits and hyphens.
    """

    code = "cards.invalid-grade"


@define(slots=False)
class InvalidImport(InvalidInput):
    """A record cannot be imported, so nothing was."""

    code = "cards.invalid-import"
    key: str
    why: str


@define(slots=False)
class SortNeedsPrinting(InvalidInput):
    """Cards are sorted by serial among the copies of one printing: name it, or sort by newest."""

    code = "cards.sort-needs-printing"


@define(slots=False)
class CardSetNotFound(NotFound):
    """There is no such card set."""

    code = "cards.card-set-not-found"


@define(slots=False)
class PrintingNotFound(NotFound):
    """There is no such printing."""

    code = "cards.printing-not-found"


@define(slots=False)
class CardNotFound(NotFound):
    """There is no such card."""

    code = "cards.card-not-found"
    card_id: UUID


@define(slots=False)
class ArtNotFound(NotFound):
    """ECE has no drawing of this printing."""

    code = "cards.art-not-found"


@define(slots=False)
class NotTheIssuer(Forbidden):
    """Only the issuer of the card set, or an admin, may do this."""

    code = "cards.not-the-issuer"


@define(slots=False)
class NotTheOwner(Forbidden):
    """Only the owner of the card may state its condition."""

    code = "cards.not-the-owner"


@define(slots=False)
class SetCodeTaken(Conflict):
    """Another card set has this code."""

    code = "cards.set-code-taken"


@define(slots=False)
class TraitFixed(Conflict):
    """A rarity or finish, once declared, keeps its code and rank; only its label may change."""

    code = "cards.trait-fixed"
    given: str


@define(slots=False)
class PrintingExists(Conflict):
    """The card set has a printing of this number, finish and variant already."""

    code = "cards.printing-exists"


@define(slots=False)
class AlreadyImported(Conflict):
    """A record of this source and key was imported by somebody else in the meantime."""

    code = "cards.already-imported"


@define(slots=False)
class PrintRunExceeded(Conflict):
    """The print run has fewer copies left, or fewer in all, than that."""

    code = "cards.print-run-exceeded"
    print_run: int
    minted: int


@define(slots=False)
class PrintRunFixed(Conflict):
    """Copies of the printing exist, so its print run may be lowered, but not raised or removed."""

    code = "cards.print-run-fixed"
    print_run: int
    minted: int


@define(slots=False)
class CardSetAside(Conflict):
    """The card is set aside, such as for a listing: its condition and grade stay as offered."""

    code = "cards.card-set-aside"
    card_id: UUID


@define(slots=False)
class CardIsGraded(Conflict):
    """A grade by a company speaks for the card, so its owner states no condition."""

    code = "cards.card-is-graded"
    card_id: UUID


@define(slots=False)
class CertificateTaken(Conflict):
    """Another card carries this company's certificate."""

    code = "cards.certificate-taken"
