"""The frame around the art: window, title, gems, text and number."""

from __future__ import annotations

from textwrap import wrap
from typing import Final

from .catalog import RARITIES, GenesisPrinting
from .curves import disc, line, polygon, star
from .ornaments import border
from .palette import METALS, Mood, mix
from .sheet import Sheet, edged, shape, stroke, words

CARD: Final = (
    "M30 0H600A30 30 0 0 1 630 30V850A30 30 0 0 1 600 880H30A30 30 0 0 1 0 850V30A30 30 0 0 1 30 0Z"
)

_WINDOWS: Final = {
    "common": "M40 104H590V584H40Z",
    "uncommon": "M64 104H566L590 128V560L566 584H64L40 560V128Z",
    "rare": "M40 204C40 148 150 104 315 104S590 148 590 204V584H40Z",
    "epic": (
        "M40 250C40 150 210 140 315 98C420 140 590 150 590 250"
        "V560Q590 584 566 584H64Q40 584 40 560Z"
    ),
}
"""The window of the art, by rarity. On a legendary card it covers the whole card."""

_PAPER: Final = "#fffaf0"
_LINE: Final = 40
"""The characters that fit in a line of text, in the widest common serif font."""


def frame(printing: GenesisPrinting, sheet: Sheet, mood: Mood) -> str:
    metal = sheet.linear(*METALS[printing.rarity], across=1)
    window = _WINDOWS.get(printing.rarity)
    return (
        (_mat(window, metal, sheet, mood) if window else _veils(sheet, mood))
        + border(printing.rank, metal, mood)
        + _title(printing, metal, sheet, mood)
        + _gems(printing.rank, metal, sheet, mood)
        + _text_box(printing, metal, sheet, mood)
        + _lines(printing)
        + _details(printing, mood)
    )


def _mat(window: str, metal: str, sheet: Sheet, mood: Mood) -> str:
    paint = sheet.linear(mix(mood.near, mood.ink, 0.3), mood.ink, mix(mood.near, mood.ink, 0.55))
    return (
        f'<path d="{CARD}{window}" fill="{paint}" fill-rule="evenodd"/>'
        + stroke(window, mood.ink, 9)
        + stroke(window, metal, 3.4)
    )


def _veils(sheet: Sheet, mood: Mood) -> str:
    """Darken the top and bottom of full-card art, so that the text on it is legible."""
    low = sheet.linear(f"{mood.ink}/0", f"{mood.ink}/.6", f"{mood.ink}/.9")
    high = sheet.linear(f"{mood.ink}/.85", f"{mood.ink}/0")
    return shape("M0 500H630V880H0Z", low) + shape("M0 0H630V190H0Z", high)


def _title(printing: GenesisPrinting, metal: str, sheet: Sheet, mood: Mood) -> str:
    size = min(36.0, 780 / len(printing.name))
    panel = sheet.linear(f"{mix(mood.near, mood.far, 0.35)}/.92", f"{mood.ink}/.92")
    style = 'text-anchor="middle" font-weight="bold"'
    return edged("M60 38H570L586 66L570 94H60L44 66Z", panel, metal, 2.4) + words(
        printing.name, (315, 66 + size * 0.34), size, mood.sun, style
    )


def _gems(rank: int, metal: str, sheet: Sheet, mood: Mood) -> str:
    """One gem for each step of rarity, on the lower edge of the window."""
    cut = sheet.linear(mood.sun, mood.accent, mix(mood.far, mood.near, 0.3))
    drawn = ""
    for place in range(rank + 1):
        x = 315 + (place - rank / 2) * 46
        tall = 26 if place * 2 == rank else 22
        setting = polygon([(x, 584 - tall), (x + 19, 584), (x, 584 + tall), (x - 19, 584)])
        gem = polygon([(x, 588 - tall), (x + 15, 584), (x, 580 + tall), (x - 15, 584)])
        glint = polygon([(x, 588 - tall), (x + 15, 584), (x, 578)])
        facets = line([(x - 15, 584), (x, 578), (x + 15, 584)]) + line([(x, 578), (x, 580 + tall)])
        drawn += edged(setting, mood.ink, metal, 2.6) + shape(gem, cut)
        drawn += shape(glint, "#ffffff", 0.5) + stroke(facets, "#ffffff", 1, 0.7)
    return drawn


def _text_box(printing: GenesisPrinting, metal: str, sheet: Sheet, mood: Mood) -> str:
    box = "M52 650H578Q590 650 590 662V792Q590 804 578 804H52Q40 804 40 792V662Q40 650 52 650Z"
    kind = f"{printing.family.title()} {printing.kind}"
    rarity = RARITIES[printing.rank].label
    bold = 'font-weight="bold"'
    return (
        edged(box, sheet.linear(f"{mood.ink}/.72", f"{mood.ink}/.9"), metal, 1.6, 0.85)
        + words(kind, (48, 634), 21, mood.accent, bold)
        + words(rarity, (582, 634), 21, mood.accent, f'{bold} text-anchor="end"')
    )


def _lines(printing: GenesisPrinting) -> str:
    """The rules, and below them the flavor in a paler italic, both centered in the box."""
    rules, flavor = _balanced(printing.rules), _balanced(printing.flavor)
    pitch = min(29.0, 134 / (len(rules) + len(flavor)))
    y = 744 - pitch * (len(rules) + len(flavor)) / 2
    drawn = ""
    for content in rules:
        drawn += words(content, (315, y), 22, _PAPER, 'text-anchor="middle"')
        y += pitch
    slanted = 'text-anchor="middle" font-style="italic" opacity=".82"'
    for content in flavor:
        drawn += words(content, (315, y + 6), 22, _PAPER, slanted)
        y += pitch
    return drawn


def _balanced(text: str) -> list[str]:
    """Wrap to as few lines as fit, of about the same length."""
    fewest = len(wrap(text, _LINE))
    widths = range(_LINE // 2, _LINE + 1)
    return next(lines for width in widths if len(lines := wrap(text, width)) == fewest)


def _details(printing: GenesisPrinting, mood: Mood) -> str:
    """The number, the mark of the set (filled on a foil), and the artist."""
    mark = star((315, 832), 8, 15, 6) + disc((315, 832), 4)
    is_foil = printing.finish == "foil"
    small = 'font-family="sans-serif" letter-spacing=".6"'
    return (
        (shape(mark, mood.sun) if is_foil else stroke(mark, mood.accent, 1.4, 0.8))
        + words(f"{printing.number:03d}/300", (104, 838), 14, _PAPER, small)
        + words(f"Art: {printing.artist}", (526, 838), 14, _PAPER, f'{small} text-anchor="end"')
    )
