"""What an importer of card data reads from its source, in ECE's words.

A source is read in one stream in which each set comes before its printings. Keys are the source's
own; by them a later import finds again what an earlier one made.
"""

from attrs import field, frozen

from .card_set import Release, SetCode
from .printing import PrintingDetails
from .text_rules import single_line


@frozen(kw_only=True)
class CardSetRecord:
    """A card set of a source.

    ``code`` is unique among all sources, so begin it with the game's. It counts for a new set
    alone: a set that was imported before keeps its code.
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
    """Something odd about a source: what it is called, where, and what was done.

    ``name`` is stable, such as ``repeated-key``; the rest is for people.
    """

    name: str
    key: str
    what: str


@frozen(kw_only=True)
class ImportReport:
    """What an import came to: how many records were new, changed, known already, and skipped."""

    sets_created: int = 0
    sets_changed: int = 0
    sets_unchanged: int = 0
    printings_created: int = 0
    printings_changed: int = 0
    printings_unchanged: int = 0
    printings_skipped: int = 0
    """For want of a place, which a warning names each."""
    warnings: tuple[PackageWarning, ...] = ()
