"""Reads the npm package ``@flesh-and-blood/cards``: the printings of the game Flesh and Blood."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, Literal

from msgspec import Struct, field

from ece_domain.cards import (
    CardSetRecord,
    FinishDefinition,
    PackageWarning,
    PrintingDetails,
    PrintingRecord,
    RarityDefinition,
    Release,
    SetCode,
)
from ece_domain.cards.storage import name_key

from .broken_package import BrokenPackage, broken_at, shown
from .bundle import exported_json
from .card_package import CardPackage
from .package_files import open_package
from .typed_json import decode

_SOURCE: Final = "flesh-and-blood"
_PACKAGE: Final = "@flesh-and-blood/cards"
_BUNDLE: Final = "dist/index.js"
_MAX_CODE: Final = 40

_SCALE: Final = (
    "Token",
    "Basic",
    "Common",
    "Promo",  # promotional cards: scarcity depends on the event
    "Rare",
    "Super Rare",
    "Majestic",
    "Legendary",
    "Marvel",
    "Fabled",
)
_COLOURS: Final = {1: "Red", 2: "Yellow", 3: "Blue"}
"""The color of a pitch value, as up to three cards of one name differ only in it."""


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name_key(text)).strip("-")


_RARITIES: Final[Mapping[str, RarityDefinition]] = {
    label: RarityDefinition(_slug(label), label, 10 * rank) for rank, label in enumerate(_SCALE, 1)
}
_FINISHES: Final[Mapping[str | None, FinishDefinition]] = {
    None: FinishDefinition("regular", "Regular", 10),
    "Rainbow": FinishDefinition("rainbow-foil", "Rainbow foil", 20),
    "Cold": FinishDefinition("cold-foil", "Cold foil", 30),
    "Gold": FinishDefinition("gold-foil", "Gold foil", 40),
}


class _Printing(Struct):
    identifier: str
    key: str = field(name="print")
    card_set: str = field(name="set")
    rarity: str
    artists: list[str]
    edition: str | None = None
    foiling: str | None = None
    treatments: list[str] = []
    image: str | None = None


class _Card(Struct, rename="camel"):
    card_identifier: str
    name: str
    printings: list[_Printing]
    functional_text: str = ""
    pitch: Literal[1, 2, 3] | None = None


def read_flesh_and_blood(path: Path) -> CardPackage:
    """:raises BrokenPackage: with the place, if this is another package or it is damaged."""
    bundle = open_package(path, name=_PACKAGE).read(_BUNDLE)
    return cards_to_records(exported_json(bundle, "cards", file=_BUNDLE))


def cards_to_records(cards_json: bytes) -> CardPackage:
    """:raises BrokenPackage: with the card or printing, if one is not valid."""
    cards = decode(cards_json, list[_Card], file=_BUNDLE)
    names = dict.fromkeys(printing.card_set for card in cards for printing in card.printings)
    return CardPackage.of(
        _SOURCE,
        [_card_set(name) for name in names],
        [_record(card, printing) for card in cards for printing in card.printings],
        _warnings(cards),
    )


def _card_set(name: str) -> CardSetRecord:
    with broken_at(f"card set {shown(name)}"):
        return CardSetRecord(
            key=name,
            code=SetCode(f"fab-{_slug(name)}"[:_MAX_CODE].rstrip("-")),
            release=Release(
                name=name,
                rarities=tuple(_RARITIES.values()),
                finishes=tuple(_FINISHES.values()),
            ),
        )


def _record(card: _Card, printing: _Printing) -> PrintingRecord:
    where = f"card {shown(card.card_identifier)}, printing {shown(printing.key)}"
    if printing.rarity not in _RARITIES:
        raise BrokenPackage(where, f"unknown rarity {shown(printing.rarity)}")
    if printing.foiling not in _FINISHES:
        raise BrokenPackage(where, f"unknown foiling {shown(str(printing.foiling))}")
    name = card.name.strip()
    with broken_at(where):
        return PrintingRecord(
            key=printing.key,
            card_set=printing.card_set,
            details=PrintingDetails(
                number=printing.identifier,
                name=f"{name} ({_COLOURS[card.pitch]})" if card.pitch else name,
                rarity=_RARITIES[printing.rarity].code,
                finish=_FINISHES[printing.foiling].code,
                variant=", ".join(_variant(printing)),
                artist=", ".join(filter(None, map(str.strip, printing.artists))),
                rules=card.functional_text.strip(),
                image=printing.image,
            ),
        )


def _variant(printing: _Printing) -> Iterator[str]:
    """Edition and treatments, then what only the key has, such as a back or a second art."""
    if printing.edition:
        yield f"{printing.edition} Edition"
    yield from printing.treatments
    told = {printing.identifier, printing.edition, printing.foiling, *printing.treatments}
    yield from (part for part in printing.key.split("-") if part not in told)


def _warnings(cards: Sequence[_Card]) -> Iterator[PackageWarning]:
    for card in cards:
        texts = (card.name, card.functional_text, *(a for p in card.printings for a in p.artists))
        if any(text != text.strip() for text in texts):
            what = "a text begins or ends in white space, which is left out"
            yield PackageWarning("padded-text", card.card_identifier, what)
        for printing in card.printings:
            if not any(map(str.strip, printing.artists)):
                yield PackageWarning(
                    "no-artist", printing.key, "it names no artist, so there is none"
                )
            if not printing.image:
                yield PackageWarning(
                    "no-image", printing.key, "it names no image, so there is none"
                )
