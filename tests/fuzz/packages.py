"""Files of card packages: read, or refused in one safe line that names the place."""

from attrs import frozen

from ece_adapters.card_packages import BrokenPackage, CardPackage
from ece_adapters.card_packages.flesh_and_blood import cards_to_records
from ece_adapters.card_packages.tcg_pocket import files_to_records
from ece_domain.cards import CardSetRecord
from tests.unit.card_packages.invented import blood_card, encoded, pocket

NAMES = tuple(f"dist/{name}.json" for name in ("cards", "sets", "rarities", "pullRates"))
BETWEEN = b"\0"
GOOD = encoded(pocket())
SEEDS = (
    BETWEEN.join(GOOD[name] for name in NAMES),
    encoded({"cards": [blood_card(), blood_card(pitch=None)]})["cards"],
    b'[{"cardIdentifier": 5}]',
    b'[{"set": "Z1", "number": 1, "rarity": "C", "name": "\xff"}]',
)


@frozen
class Files:
    """A package in memory."""

    contents: dict[str, bytes]

    def read(self, name: str) -> bytes:
        return self.contents[name]


def take(data: bytes) -> None:
    given = dict(zip(NAMES, data.split(BETWEEN), strict=False))
    for read in (lambda: files_to_records(Files(GOOD | given)), lambda: cards_to_records(data)):
        try:
            check(read())
        except BrokenPackage as refusal:
            assert_telling(refusal)


def check(package: CardPackage) -> None:
    """Each set occurs once, before its printings."""
    seen: set[str] = set()
    for record in package.records:
        if isinstance(record, CardSetRecord):
            assert record.key not in seen
            seen.add(record.key)
        else:
            assert record.card_set in seen


def assert_telling(refusal: BrokenPackage) -> None:
    assert refusal.where
    assert str(refusal).isprintable(), str(refusal)
    assert len(str(refusal)) < 1_000
