"""The three hundred printings of Genesis, the demo card set, generated from a seed."""

from __future__ import annotations

from typing import Final, NamedTuple

from .chance import Chance
from .words import ARTISTS, FAMILY_WORDS, KINDS, NOUNS, OPENINGS, FamilyWords

GENESIS_SEED: Final = 1


class Rarity(NamedTuple):
    code: str
    label: str
    per_family: int
    foil_percent: int
    print_runs: tuple[int, ...]


RARITIES: Final = (
    Rarity("common", "Common", 20, 10, (8000, 9000, 10000)),
    Rarity("uncommon", "Uncommon", 14, 15, (3000, 4000, 5000)),
    Rarity("rare", "Rare", 9, 35, (1000, 1250, 1500)),
    Rarity("epic", "Epic", 5, 60, (250, 300, 400)),
    Rarity("legendary", "Legendary", 2, 100, (50, 75, 99)),
)
"""From the most to the least frequent; a printing refers to one by its code."""

RARITY_CODES: Final = tuple(rarity.code for rarity in RARITIES)

FINISHES: Final = ("regular", "foil")

SUBJECTS: Final[dict[str, tuple[str, ...]]] = {
    "ember": ("wyrm", "bird", "blade", "wolf", "citadel", "lantern", "sigil", "colossus", "moth",
              "gate", "stag", "crystal"),
    "tide": ("ray", "jelly", "wyrm", "sigil", "lantern", "citadel", "bird", "gate", "crystal",
             "blade", "colossus"),
    "grove": ("stag", "tree", "moth", "wolf", "sigil", "bird", "gate", "colossus", "lantern",
              "wyrm", "blade"),
    "gale": ("bird", "moth", "ray", "citadel", "blade", "wyrm", "sigil", "stag", "tree", "lantern",
             "gate"),
    "stone": ("colossus", "crystal", "citadel", "gate", "wolf", "sigil", "blade", "wyrm", "stag",
              "lantern", "tree"),
    "aether": ("sigil", "jelly", "moth", "crystal", "ray", "gate", "bird", "stag", "citadel",
               "wyrm", "blade", "wolf"),
}  # fmt: skip
"""The subjects of each family, the most typical first."""


class GenesisPrinting(NamedTuple):
    number: int
    name: str
    family: str
    subject: str
    kind: str
    rarity: str
    finish: str
    artist: str
    rules: str
    flavor: str
    print_run: int

    @property
    def rank(self) -> int:
        """The index of its rarity, 0 being the most frequent."""
        return RARITY_CODES.index(self.rarity)

    @property
    def text(self) -> str:
        return f"{self.rules} {self.flavor}"


def printings(seed: int = GENESIS_SEED) -> tuple[GenesisPrinting, ...]:
    """All 300, by number: fifty for each family, with the same rarities in each."""
    made: list[GenesisPrinting] = []
    for family in SUBJECTS:
        chance = Chance(f"genesis/{seed}/{family}")
        rarities = [rarity for rarity in RARITIES for _ in range(rarity.per_family)]
        taken: set[str] = set()
        for place, rarity in enumerate(chance.shuffled(rarities)):
            subject = SUBJECTS[family][place % len(SUBJECTS[family])]
            made.append(_printing(chance, len(made) + 1, family, subject, rarity, taken=taken))
    return tuple(made)


def _printing(
    chance: Chance, number: int, family: str, subject: str, rarity: Rarity, *, taken: set[str]
) -> GenesisPrinting:
    words = FAMILY_WORDS[family]
    kind = KINDS[subject]
    saying = chance.pick(words.sayings)
    return GenesisPrinting(
        number=number,
        name=_untaken_name(chance, words, subject, rarity, taken),
        family=family,
        subject=subject,
        kind=kind,
        rarity=rarity.code,
        finish=FINISHES[chance.happens(rarity.foil_percent)],
        artist=chance.pick(ARTISTS),
        rules=f"{chance.pick(OPENINGS[kind])} {chance.pick(words.effects)}",
        flavor=saying.format(place=chance.pick(words.places), given=chance.pick(words.givens)),
        print_run=chance.pick(rarity.print_runs),
    )


def _untaken_name(
    chance: Chance, words: FamilyWords, subject: str, rarity: Rarity, taken: set[str]
) -> str:
    while (name := _name(chance, words, subject, rarity)) in taken:
        pass
    taken.add(name)
    return name


def _name(chance: Chance, words: FamilyWords, subject: str, rarity: Rarity) -> str:
    """Name a printing; the name becomes more specific with the rarity."""
    noun = chance.pick(NOUNS[subject])
    match rarity.code:
        case "legendary":
            return f"{chance.pick(words.givens)}, {chance.pick(words.titles)}"
        case "epic" if KINDS[subject] != "Creature":
            return f"{chance.pick(words.givens)}'s {noun}"
        case "epic" | "rare":
            return f"{noun} of {chance.pick(words.places)}"
        case _:
            return f"{chance.pick(words.epithets)} {noun}"
