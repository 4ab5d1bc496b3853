"""The records that an importer reads from a source of card data.

A source is one stream in which each set comes before its printings. Keys are those of the source;
a later import finds existing records by them.
"""

from attrs import field, frozen

from .card_set import Release, SetCode
from .printing import PrintingDetails
from .text_rules import single_line


@frozen(kw_only=True)
class CardSetRecord:
    """A card set of a source.

    ``code`` is unique among all sources, so begin it with the code of the game. It is used for a
    new set only: a set that was imported before keeps its code.
    """

    key: str = field(validator=single_line(200))
    code: SetCode
    release: Release


@frozen(kw_only=True)
class PrintingRecord:
    """A printing of a source. ``card_set`` is the key of its set's record."""

    key: str = field(validator=single_line(180))
    card_set: str
    details: PrintingDetails


@frozen
class PackageWarning:
    """An irregularity of a source: its name, where it is, and what the import did.

    ``name`` is stable, such as ``repeated-key``; the other fields are for people.
    """

    name: str
    key: str
    what: str


@frozen(kw_only=True)
class ImportReport:
    """The result of an import: the number of new, changed, unchanged and skipped records."""

    sets_created: int = 0
    sets_changed: int = 0
    sets_unchanged: int = 0
    printings_created: int = 0
    printings_changed: int = 0
    printings_unchanged: int = 0
    printings_skipped: int = 0
    """Records whose number, finish and variant are taken; each has a warning."""
    warnings: tuple[PackageWarning, ...] = ()
