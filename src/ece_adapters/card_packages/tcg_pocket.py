"""Reads the npm package ``pokemon-tcg-pocket-database``: the cards of Pokemon TCG Pocket."""

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Final

from msgspec import Meta, Struct

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

from .broken_package import BrokenPackage, broken_at, shown
from .card_package import CardPackage
from .package_files import PackageFiles, open_package
from .pull_rates import Packs, rate_warnings
from .typed_json import decode, decode_each

_SOURCE: Final = "tcg-pocket"
_PACKAGE: Final = "pokemon-tcg-pocket-database"
_CARDS: Final = "dist/cards.json"
_SETS: Final = "dist/sets.json"
_RARITIES: Final = "dist/rarities.json"
_RATES: Final = "dist/pullRates.json"

_SCALE: Final = ("C", "U", "R", "AR", "RR", "S", "SR", "SAR", "SSR", "IM", "UR")
"""The most frequent first, by the game's price of one card: 35 to 2,500 points."""
_FINISH: Final = FinishDefinition("regular", "Regular", 10)

_Number = Annotated[int, Meta(ge=1, le=1_000_000)]


class _Names(Struct):
    en: str


class _Set(Struct, rename="camel"):
    code: str
    name: _Names
    release_date: date | None = None
    count: int | None = None
    packs: list[str] = []


class _Rarity(Struct):
    label: str


class _Card(Struct):
    set: str
    number: _Number
    rarity: str
    name: str
    image: str | None = None
    packs: list[str] = []


def read_tcg_pocket(path: Path) -> CardPackage:
    """:raises BrokenPackage: with the place, if this is another package or it is damaged."""
    return files_to_records(open_package(path, name=_PACKAGE))


def files_to_records(files: PackageFiles) -> CardPackage:
    """:raises BrokenPackage: with file and entry, if one is missing or not valid."""
    cards = decode(files.read(_CARDS), list[_Card], file=_CARDS)
    series = decode_each(files.read(_SETS), list[_Set], file=_SETS)
    scale = _scale(decode_each(files.read(_RARITIES), _Rarity, file=_RARITIES))
    packs = decode_each(files.read(_RATES), Packs, file=_RATES)
    listed = [card_set for of_series in series.values() for card_set in of_series]
    card_sets = {card_set.code: card_set for card_set in listed}
    return CardPackage.of(
        _SOURCE,
        [_card_set_record(card_set, tuple(scale.values())) for card_set in listed],
        [_record(nth, card, card_sets, scale) for nth, card in enumerate(cards, 1)],
        (*_warnings(listed, cards), *rate_warnings(packs, card_sets.keys(), scale.keys())),
    )


def _scale(rarities: Mapping[str, _Rarity]) -> dict[str, RarityDefinition]:
    for code in rarities:
        if code not in _SCALE:
            raise BrokenPackage(_RARITIES, f"unknown rarity {shown(code)}, of unknown scarcity")
    scale = {}
    for rank, code in enumerate(_SCALE, 1):
        if code in rarities:
            with broken_at(f"{_RARITIES}, {code}"):
                scale[code] = RarityDefinition(code, rarities[code].label, 10 * rank)
    return scale


def _card_set_record(card_set: _Set, rarities: tuple[RarityDefinition, ...]) -> CardSetRecord:
    with broken_at(f"{_SETS}, {shown(card_set.code)}"):
        return CardSetRecord(
            key=card_set.code,
            code=SetCode(f"ptcgp-{card_set.code}"),
            release=Release(
                name=card_set.name.en,
                rarities=rarities,
                finishes=(_FINISH,),
                released_on=card_set.release_date,
                declared_count=card_set.count,
            ),
        )


def _record(
    nth: int, card: _Card, card_sets: Container[str], scale: Mapping[str, RarityDefinition]
) -> PrintingRecord:
    where = f"{_CARDS}, {nth}. entry ({shown(card.name)})"
    if card.set not in card_sets:
        raise BrokenPackage(where, f"{_SETS} has no set {shown(card.set)}")
    if card.rarity not in scale:
        raise BrokenPackage(where, f"{_RARITIES} has no rarity {shown(card.rarity)}")
    with broken_at(where):
        return PrintingRecord(
            key=f"{card.set}/{card.number}",
            card_set=card.set,
            details=PrintingDetails(
                number=str(card.number),
                name=card.name,
                rarity=card.rarity,
                finish=_FINISH.code,
                image=card.image,
            ),
        )


def _warnings(card_sets: Sequence[_Set], cards: Sequence[_Card]) -> Iterator[PackageWarning]:
    counts = Counter(card.set for card in cards)
    for card_set in card_sets:
        there_are = counts[card_set.code]
        if card_set.count is None:
            what = f"it does not say how many printings it has; there are {there_are}"
            yield PackageWarning("set-without-count", card_set.code, what)
        elif card_set.count != there_are:
            what = f"it says that it has {card_set.count} printings; there are {there_are}"
            yield PackageWarning("wrong-set-count", card_set.code, what)
    known = {(card_set.code, pack) for card_set in card_sets for pack in card_set.packs}
    named = Counter((card.set, pack) for card in cards for pack in card.packs)
    for (code, pack), times in named.items():
        if (code, pack) not in known:
            what = f"{times} printings come in this pack, which the set does not list"
            yield PackageWarning("unlisted-pack", f"{code}/{shown(pack)}", what)
