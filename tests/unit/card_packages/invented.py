"""Small packages of invented cards, in the formats of the public ones."""

import gzip
import io
import json
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from ece_adapters.card_packages import CardPackage
from ece_domain.cards import PrintingRecord

Json: TypeAlias = Any

POCKET = "pokemon-tcg-pocket-database"


def pocket_cards() -> list[Json]:
    return [
        {
            "set": "Z1",
            "number": 1,
            "rarity": "C",
            "name": "Mossling",
            "image": "mossling.webp",
            "packs": ["Fern"],
        },
        {"set": "Z1", "number": 2, "rarity": "UR", "name": "Fernwyrm ex", "packs": ["Fern"]},
        {"set": "PROMO-Z", "number": 1, "rarity": "C", "name": "Gift Mossling"},
    ]


def pocket_sets() -> Json:
    return {
        "Z": [
            {
                "code": "Z1",
                "releaseDate": "2030-01-31",
                "count": 2,
                "name": {"en": "Green Beginnings", "de": "Anfang"},
                "packs": ["Fern"],
            },
            {"code": "PROMO-Z", "count": 1, "name": {"en": "Promo Z"}},
        ]
    }


def pocket_rates() -> Json:
    slots = {"1": {"C": 100.0}, "2": {"C": 99.96, "UR": 0.04}}
    return {"Z1": {"Regular Pack": {"appearance_rate": 100.0, "cards": 2, "slots": slots}}}


def pocket(**changed: Json) -> dict[str, Json]:
    """The files of a valid package by name, with replaced contents."""
    given = {
        "cards": pocket_cards(),
        "sets": pocket_sets(),
        "rarities": {"UR": {"label": "Crown Rare"}, "C": {"label": "Common"}},
        "pullRates": pocket_rates(),
        **changed,
    }
    files = {f"dist/{name}.json": content for name, content in given.items()}
    return {"package.json": {"name": POCKET, "version": "1.0.0"}, **files}


def blood_card(**changed: Json) -> Json:
    """A card with one printing; ``printing`` changes that one."""
    printing = {
        "identifier": "ZZZ001",
        "print": "ZZZ001",
        "set": "Zest of the Zephyr",
        "rarity": "Super Rare",
        "artists": ["Ada Inkwell"],
        "image": "ZZZ001",
        **changed.pop("printing", {}),
    }
    return {
        "cardIdentifier": "zephyr-kick-blue",
        "name": "Zephyr Kick",
        "pitch": 3,
        "functionalText": "**Go again**",
        "printings": [printing],
        **changed,
    }


def encoded(files: Mapping[str, Json]) -> dict[str, bytes]:
    return {name: json.dumps(content, indent=2).encode() for name, content in files.items()}


def unpacked(files: Mapping[str, bytes], folder: Path) -> Path:
    for name, content in files.items():
        path = folder / "package" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def tarred(members: Mapping[str, bytes]) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return gzip.compress(held.getvalue(), mtime=0)


def packed(files: Mapping[str, bytes], path: Path) -> Path:
    path.write_bytes(tarred({f"package/{name}": content for name, content in files.items()}))
    return path


def printings_of(package: CardPackage) -> tuple[PrintingRecord, ...]:
    return tuple(record for record in package.records if isinstance(record, PrintingRecord))
