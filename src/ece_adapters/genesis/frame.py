"""The frame around the art: title, text, number and what tells the rarity."""

from __future__ import annotations

from textwrap import wrap
from typing import Final

from .catalogue import RARITIES, GenesisPrinting
from .curves import curve, disc, line, petal, polygon, star
from .palette import METALS, Mood, mix
from .sheet import Sheet, group, shape, stroke, words

CARD: Final = (
    "M30 0H600A30 30 0 0 1 630 30V850A30 30 0 0 1 600 880H30A30 30 0 0 1 0 850V30A30 30 0 0 1 30 0Z"
)

_WINDOWS: Final = {
    "common": "M40 104H590V584H40Z",
    "uncommon": "M64 104H566L590 128V560L566 584H64L40 560V128Z",
    "rare": "M40 204C40 148 150 104 315 104S590 148 590 204V584H40Z",
    "epic": "M40 250C40 150 210 140 315 98C420 140 590 150 590 250V560Q590 584 566 584H64Q40 584 40 560Z",
    "legendary": CARD,
}
"""Where the art shows through: the rarer, the less plain, and at last the whole card."""


def frame(printing: GenesisPrinting, sheet: Sheet, mood: Mood) -> str:
    metal = sheet.linear(*METALS[printing.rarity], across=1)
    rank = [rarity.code for rarity in RARITIES].index(printing.rarity)
    window = _WINDOWS[printing.rarity]
    mat = sheet.linear(mix(mood.near, mood.ink, 0.3), mood.ink, mix(mood.near, mood.ink, 0.55))
    full = printing.rarity == "legendary"
    drawn = (
        shape("M0 600H630V880H0Z", sheet.linear(f"{mood.ink}/0", f"{mood.ink}/.8", mood.ink))
        + shape("M0 0H630V190H0Z", sheet.linear(f"{mood.ink}/.85", f"{mood.ink}/0"))
        if full
        else f'<path d="{CARD}{window}" fill="{mat}" fill-rule="evenodd"/>'
        + stroke(window, mood.ink, 9)
        + stroke(window, metal, 3.4)
    )
    return (
        drawn
        + _border(metal, mood, rank)
        + _title(printing, metal, sheet, mood)
        + _gems(rank, metal, sheet, mood)
        + _text(printing, metal, mood, sheet)
    )


def _border(metal: str, mood: Mood, rank: int) -> str:
    outer = "M34 14H596A20 20 0 0 1 616 34V846A20 20 0 0 1 596 866H34A20 20 0 0 1 14 846V34A20 20 0 0 1 34 14Z"
    drawn = stroke(outer, metal, 3 + rank)
    if rank >= 1:
        drawn += stroke("M40 24H590L606 40V840L590 856H40L24 840V40Z", metal, 1.2, 0.7)
    if rank >= 2:
        corner = curve([(24, 92), (30, 58), (52, 34), (92, 24)]) + curve(
            [(24, 66), (46, 58), (58, 46), (66, 24)]
        )
        corner += "M34 34m-6 0a6 6 0 1 0 12 0a6 6 0 1 0 -12 0"
        drawn += _four_corners(stroke(corner, metal, 2.4) + shape(disc((34, 34), 3), mood.accent))
    if rank >= 3:
        leaves = "".join(
            petal((44, 44), turn, length, 15)
            for turn, length in ((0.25, 74), (0.31, 46), (0.5, 74), (0.44, 46))
        )
        drawn += _four_corners(
            shape(leaves, metal)
            + shape(disc((44, 44), 9), metal)
            + shape(disc((44, 44), 5), mood.accent)
        )
    if rank >= 4:
        side = "".join(petal((21, 440), turn, 118, 17) for turn in (0.015, 0.485)) + "".join(
            petal((21, 440), turn, 40, 13) for turn in (0.08, 0.165, 0.25, 0.335, 0.42)
        )
        both = shape(side, metal) + shape(star((24, 440), 4, 17, 8), mood.sun)
        drawn += both + group(both, attributes='transform="matrix(-1 0 0 1 630 0)"')
    return drawn


def _four_corners(content: str) -> str:
    top = content + group(content, attributes='transform="matrix(-1 0 0 1 630 0)"')
    return top + group(top, attributes='transform="matrix(1 0 0 -1 0 880)"')


def _title(printing: GenesisPrinting, metal: str, sheet: Sheet, mood: Mood) -> str:
    size = min(36.0, 780 / len(printing.name))
    plate = "M60 38H570L586 66L570 94H60L44 66Z"
    panel = sheet.linear(f"{mix(mood.near, mood.far, 0.35)}/.92", f"{mood.ink}/.92")
    return (
        shape(plate, panel)
        + stroke(plate, metal, 2.4)
        + words(
            printing.name,
            315,
            66 + size * 0.34,
            size,
            mood.sun,
            'text-anchor="middle" font-weight="bold"',
        )
    )


def _gems(rank: int, metal: str, sheet: Sheet, mood: Mood) -> str:
    """One gem for each step of rarity, on the lower edge of the window."""
    cut = sheet.linear(mood.sun, mood.accent, mix(mood.far, mood.near, 0.3))
    drawn = ""
    for place in range(rank + 1):
        x = 315 + (place - rank / 2) * 46
        tall = 22 + (4 if place * 2 == rank else 0)
        setting = polygon([(x, 584 - tall), (x + 19, 584), (x, 584 + tall), (x - 19, 584)])
        gem = polygon([(x, 588 - tall), (x + 15, 584), (x, 580 + tall), (x - 15, 584)])
        facets = line([(x - 15, 584), (x, 578), (x + 15, 584)]) + line([(x, 578), (x, 580 + tall)])
        glint = polygon([(x, 588 - tall), (x + 15, 584), (x, 578)])
        drawn += shape(setting, mood.ink) + stroke(setting, metal, 2.6) + shape(gem, cut)
        drawn += shape(glint, "#ffffff", 0.5) + stroke(facets, "#ffffff", 1, 0.7)
    return drawn


def _text(printing: GenesisPrinting, metal: str, mood: Mood, sheet: Sheet) -> str:
    box = "M52 650H578Q590 650 590 662V792Q590 804 578 804H52Q40 804 40 792V662Q40 650 52 650Z"
    rules = _balanced(printing.rules)
    flavour = _balanced(printing.flavour)
    pitch = min(29.0, 134 / (len(rules) + len(flavour)))
    y = 744 - pitch * (len(rules) + len(flavour)) / 2
    lines = ""
    for place, content in enumerate(rules + flavour):
        is_rule = place < len(rules)
        more = 'text-anchor="middle"' + ("" if is_rule else ' font-style="italic" opacity=".82"')
        lines += words(content, 315, y + pitch * place + (0 if is_rule else 6), 22, "#fffaf0", more)
    kind = f"{printing.family.title()} {printing.kind}"
    rarity = next(rarity.label for rarity in RARITIES if rarity.code == printing.rarity)
    small = 'font-family="sans-serif" letter-spacing=".6"'
    end = small + ' text-anchor="end"'
    return (
        shape(box, sheet.linear(f"{mood.ink}/.72", f"{mood.ink}/.9"))
        + stroke(box, metal, 1.6, 0.85)
        + words(kind, 48, 634, 21, mood.accent, 'font-weight="bold"')
        + words(rarity, 582, 634, 21, mood.accent, 'font-weight="bold" text-anchor="end"')
        + lines
        + words(f"{printing.number:03d}/300", 104, 838, 14, "#fffaf0", small)
        + words(f"Art: {printing.artist}", 526, 838, 14, "#fffaf0", end)
        + _mark(mood, printing)
    )


def _balanced(text: str) -> list[str]:
    """Wrap to as few lines as fit, of about the same length."""
    fewest = len(wrap(text, 40))
    return next(lines for width in range(20, 41) if len(lines := wrap(text, width)) == fewest)


def _mark(mood: Mood, printing: GenesisPrinting) -> str:
    """The mark of the set, filled on a foil."""
    mark = star((315, 832), 8, 15, 6) + disc((315, 832), 4)
    if printing.finish == "foil":
        return shape(mark, mood.sun)
    return stroke(mark, mood.accent, 1.4, 0.8)
