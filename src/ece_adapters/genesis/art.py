"""Draws a printing of Genesis as one SVG document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias
from xml.sax.saxutils import escape

from .beasts import colossus, stag, wolf
from .brush import Brush, brush
from .catalog import GenesisPrinting
from .chance import Chance
from .curves import star
from .flyers import bird, moth, wyrm
from .frame import CARD, frame
from .landscape import landscape
from .palette import MOODS, Mood
from .places import citadel, crystal, gate, tree
from .relics import blade, lantern, sigil
from .sheet import Sheet, group, shape
from .sky import FOCUS, celestial, clouds, rays, sky, streams
from .swimmers import jelly, ray

Subject: TypeAlias = Callable[[Chance, Brush], str]

_SUBJECTS: Final[dict[str, Subject]] = {
    "wyrm": wyrm,
    "bird": bird,
    "moth": moth,
    "stag": stag,
    "ray": ray,
    "wolf": wolf,
    "jelly": jelly,
    "colossus": colossus,
    "citadel": citadel,
    "tree": tree,
    "crystal": crystal,
    "gate": gate,
    "sigil": sigil,
    "blade": blade,
    "lantern": lantern,
}

_RAYS: Final = {"common": 0, "uncommon": 0, "rare": 30, "epic": 36, "legendary": 42}

_GROUNDED: Final = frozenset({"stag", "wolf", "colossus", "citadel", "tree", "crystal", "gate"})


def draw(printing: GenesisPrinting, seed: int) -> str:
    """Draw the card: the same printing and seed give the same bytes on every platform.

    Every id contains the printing's number, so that different cards can be inlined in one page.
    """
    chance = Chance(f"genesis/{seed}/{printing.number}")
    sheet = Sheet(f"g{printing.number}-")
    mood = chance.pick(MOODS[printing.family])
    content = group(
        _art(printing, chance, sheet, mood),
        _foil(chance.fork("foil"), sheet) if printing.finish == "foil" else "",
        frame(printing, sheet, mood),
        attributes=f'clip-path="{sheet.clip(CARD)}"',
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 630 880" font-family="serif" '
        'stroke-linecap="round" stroke-linejoin="round" role="img">'
        f"<title>{escape(printing.name)}</title>"
        f"<defs>{''.join(sheet.definitions)}</defs>{content}</svg>"
    )


def _art(printing: GenesisPrinting, chance: Chance, sheet: Sheet, mood: Mood) -> str:
    layers = [
        sky(chance.fork("sky"), sheet, mood),
        rays(sheet, mood, _RAYS[printing.rarity]),
        celestial(chance.fork("celestial"), sheet, mood),
        streams(chance.fork("streams"), mood, 3 + printing.rank),
        clouds(chance.fork("clouds"), sheet, mood),
        landscape(chance.fork("landscape"), sheet, mood, printing.family),
    ]
    drawing = _SUBJECTS[printing.subject](chance.fork("subject"), brush(sheet, mood))
    x, y = FOCUS
    drop = 48 if printing.subject in _GROUNDED else 22
    layers.append(
        group(drawing, attributes=f'transform="translate({x:.0f} {y + drop:.0f}) scale(.98)"')
    )
    return "".join(layers)


def _foil(chance: Chance, sheet: Sheet) -> str:
    """The foil effect: a translucent rainbow gradient over the art, with glints."""
    hues = ("#ff5fa2", "#ffd166", "#7dffb3", "#5fd4ff", "#b78bff")
    bands = [f"{hue}/{opacity}" for hue in hues * 2 for opacity in (".26", ".04")]
    glints = "".join(
        star((chance.between(50, 580), chance.between(120, 580)), 4, chance.between(6, 20), 1.3)
        for _ in range(16)
    )
    film = shape("M0 0H630V880H0Z", sheet.linear(*bands, across=1))
    return group(film, attributes='style="mix-blend-mode:screen"') + shape(glints, "#ffffff", 0.8)
