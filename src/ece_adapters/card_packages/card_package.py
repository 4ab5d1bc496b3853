"""What was read from a card package."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

from attrs import evolve, frozen

from ece_domain.cards import CardSetRecord, PrintingRecord, Quirk, SetCode

from .broken_package import BrokenPackage, broken_at


@frozen(kw_only=True)
class CardPackage:
    """The records of a package, each set before its printings, and what is odd about them."""

    source: str
    records: tuple[CardSetRecord | PrintingRecord, ...]
    quirks: tuple[Quirk, ...]

    @classmethod
    def of(
        cls,
        source: str,
        card_sets: Iterable[CardSetRecord],
        printings: Sequence[PrintingRecord],
        quirks: Iterable[Quirk],
    ) -> "CardPackage":
        """All of it; printings that the package confuses are told apart, and reported.

        :raises BrokenPackage: if two sets have one code.
        """
        by_code: dict[SetCode, CardSetRecord] = {}
        for card_set in card_sets:
            other = by_code.setdefault(card_set.code, card_set)
            if other is not card_set:
                raise BrokenPackage(
                    f"card set {card_set.key}", f"{other.key} has the code {other.code} as well"
                )
        kept, repeats = _told_apart(printings)
        of_set: dict[str, list[PrintingRecord]] = defaultdict(list)
        for printing in kept:
            of_set[printing.card_set].append(printing)
        records: list[CardSetRecord | PrintingRecord] = []
        for card_set in by_code.values():
            records += (card_set, *of_set[card_set.key])
        return cls(source=source, records=tuple(records), quirks=(*quirks, *repeats))

    @property
    def printings(self) -> tuple[PrintingRecord, ...]:
        return tuple(record for record in self.records if isinstance(record, PrintingRecord))

    @property
    def card_sets(self) -> tuple[CardSetRecord, ...]:
        return tuple(record for record in self.records if isinstance(record, CardSetRecord))


def _told_apart(printings: Sequence[PrintingRecord]) -> tuple[list[PrintingRecord], list[Quirk]]:
    kept, quirks = list(printings), []
    for places in _repeats(kept, lambda printing: printing.key):
        key = kept[places[0]].key
        for nth, place in enumerate(places[1:], 2):
            with broken_at(f"printing {key}"):
                kept[place] = evolve(kept[place], key=f"{key}#{nth}")
        what = f"{len(places)} printings have this key; all are kept, the others as #2 and so on"
        quirks.append(Quirk("repeated-key", key, what))
    for places in _repeats(kept, _looks):
        first = kept[places[0]]
        for nth, place in enumerate(places[1:], 2):
            with broken_at(f"printing {first.key}"):
                design = kept[place].design
                design = evolve(design, variant=f"{design.variant} #{nth}".strip())
                kept[place] = evolve(kept[place], design=design)
        what = f"{len(places)} printings look alike; all are kept, the others as #2 and so on"
        quirks.append(Quirk("repeated-printing", first.key, what))
    return kept, quirks


def _looks(printing: PrintingRecord) -> Hashable:
    design = printing.design
    return printing.card_set, design.number, design.finish, design.variant


def _repeats(
    printings: Sequence[PrintingRecord], name: Callable[[PrintingRecord], Hashable]
) -> Iterator[list[int]]:
    """Places of the printings that share a name, ordered by content: moved lines change nothing."""
    names = [name(printing) for printing in printings]
    counts = Counter(names)
    places: dict[Hashable, list[int]] = defaultdict(list)
    for place, each in enumerate(names):
        if counts[each] > 1:
            places[each].append(place)
    for alike in places.values():
        yield sorted(alike, key=lambda place: repr(printings[place]))
