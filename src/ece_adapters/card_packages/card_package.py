"""The content of a card package."""

from collections import defaultdict
from collections.abc import Iterable
from typing import TypeAlias

from attrs import frozen

from ece_domain.cards import CardSetRecord, PackageWarning, PrintingRecord, SetCode
from ece_domain.cards.storage import number_key

from .broken_package import BrokenPackage, shown

Record: TypeAlias = CardSetRecord | PrintingRecord


@frozen(kw_only=True)
class CardPackage:
    """The records of a package, each set before its printings, and warnings about them."""

    source: str
    records: tuple[Record, ...]
    warnings: tuple[PackageWarning, ...]

    @classmethod
    def of(
        cls,
        source: str,
        card_sets: Iterable[CardSetRecord],
        printings: Iterable[PrintingRecord],
        warnings: Iterable[PackageWarning],
    ) -> "CardPackage":
        """:raises BrokenPackage: if two sets have one code."""
        by_code: dict[SetCode, CardSetRecord] = {}
        for card_set in card_sets:
            other = by_code.setdefault(card_set.code, card_set)
            if other is not card_set:
                why = f"{shown(other.key)} has its code {other.code} already"
                raise BrokenPackage(f"card set {shown(card_set.key)}", why)
        of_set: dict[str, list[PrintingRecord]] = defaultdict(list)
        for printing in sorted(printings, key=_order_of):
            of_set[printing.card_set].append(printing)
        records: list[Record] = []
        for card_set in by_code.values():
            records += (card_set, *of_set[card_set.key])
        return cls(source=source, records=tuple(records), warnings=tuple(warnings))


def _order_of(printing: PrintingRecord) -> tuple[str, ...]:
    """The sort key: the content, so that printings with the same key have a stable order."""
    details = printing.details
    return number_key(details.number), printing.key, details.variant, details.artist, details.name
