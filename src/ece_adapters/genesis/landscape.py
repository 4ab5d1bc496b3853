"""The ground of each family, in layers that get paler with distance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final, TypeAlias

from .chance import Chance
from .curves import Point, curve, disc, dots, line, number, outline, petal, polygon, sine, star
from .palette import Mood, mix
from .sheet import Sheet, shape, stroke

Ground: TypeAlias = Callable[[Chance, Sheet, Mood], str]

_RIGHT: Final = 640
_BOTTOM: Final = 880


def landscape(chance: Chance, sheet: Sheet, mood: Mood, family: str) -> str:
    mist = shape("M0 400H630V600H0Z", sheet.linear(f"{mood.glow}/0", f"{mood.sun}/.55"))
    return mist + _GROUNDS[family](chance, sheet, mood)


def _broken(chance: Chance, steps: int, rough: float) -> list[float]:
    """Heights along a ridge, by midpoint displacement."""
    heights = [chance.between(-rough, rough), chance.between(-rough, rough)]
    for _ in range(steps):
        split: list[float] = []
        for left, right in pairwise(heights):
            split += [left, (left + right) / 2 + chance.between(-rough, rough)]
        heights = [*split, heights[-1]]
        rough *= 0.52
    return heights


def _layers(mood: Mood) -> tuple[str, ...]:
    """The tones of the ground, from the palest at the horizon to the darkest in front."""
    middle = mix(mood.far, mood.near, 0.6)
    return mix(mood.horizon, mood.far, 0.55), mood.far, middle, mood.near, mood.ink


def _filled(points: Sequence[Point], sheet: Sheet, tone: str, mist: str, *, soft: bool) -> str:
    """A layer down to the bottom edge, which fades into mist."""
    top = (curve(points) if soft else line(points)) + f"V{_BOTTOM}H0Z"
    return shape(top, sheet.linear(tone, mix(tone, mist, 0.38), tone))


def _peaks(chance: Chance, sheet: Sheet, mood: Mood, rough: float) -> str:
    drawn = []
    for depth, tone in enumerate(_layers(mood)):
        base = 415 + depth * 42
        heights = _broken(chance, 4 + depth // 3, rough * (1 - depth * 0.13))
        valley = [
            (
                place * 630 / (len(heights) - 1),
                base - height - 30 * abs(place * 2 / (len(heights) - 1) - 1) * (depth + 1) * 0.6,
            )
            for place, height in enumerate(heights)
        ]
        drawn.append(_filled(valley, sheet, tone, mood.glow, soft=False))
        if depth in {1, 2}:
            drawn.append(_lit_flanks(valley, mood))
    return "".join(drawn)


def _lit_flanks(ridge: list[Point], mood: Mood) -> str:
    """Facets of light on the sunward side of every summit."""
    facets = "".join(
        polygon((here, after, (here[0] + (after[0] - here[0]) * 0.4, after[1] + 34)))
        for before, here, after in zip(ridge, ridge[1:], ridge[2:], strict=False)
        if here[1] < before[1] and here[1] < after[1]
    )
    return shape(facets, mood.glow, 0.32)


def _ember(chance: Chance, sheet: Sheet, mood: Mood) -> str:
    lava = sheet.linear(f"{mood.accent}/.2", mood.sun, f"{mood.glow}/.2", across=1, down=0)
    rivers = "".join(
        petal((chance.between(-60, 480), y + chance.between(-4, 4)), 0.25, length, 5 + y * 0.012)
        for y in range(536, 620, 12)
        for length in (chance.between(70, 190), chance.between(40, 120))
    )
    sparks = _motes(chance, 130, mood.accent)
    return _peaks(chance, sheet, mood, 74) + shape(rivers, lava, 0.9) + sparks


def _motes(chance: Chance, top: int, paint: str) -> str:
    """Sparks, fireflies or dust in the air, in three sizes."""
    return "".join(
        stroke(
            dots((chance.between(25, 605), chance.between(top, 600)) for _ in range(count)),
            paint,
            width,
            0.9,
        )
        for width, count in ((1.8, 20), (3, 14), (4.6, 7))
    )


def _tide(chance: Chance, sheet: Sheet, mood: Mood) -> str:
    drawn = []
    for depth, tone in enumerate(_layers(mood)):
        base, sway = 425 + depth * 40, 4 + depth * 5
        phase, length = chance.between(0, 1), 190 + depth * 70
        wave = [(x, base + sway * _crest(phase + x / length)) for x in range(-45, 720, 45)]
        drawn.append(_filled(wave, sheet, tone, mood.glow, soft=True))
        drawn.append(stroke(curve(wave), mood.sun, 1 + depth * 0.5, 0.5))
    glints = "".join(
        f"M{number(315 - half + chance.between(-26, 26))} {y}h{number(half * 2)}"
        for y in range(430, 600, 9)
        for half in (chance.between(4, 60 - (y - 430) * 0.16),)
    )
    return "".join(drawn) + stroke(glints, mood.sun, 2, 0.55)


def _crest(turn: float) -> float:
    """A wave with flat troughs and steeper crests."""
    return sine(turn) + 0.3 * sine(turn * 2 + 0.12) + 0.15 * sine(turn * 3)


def _grove(chance: Chance, sheet: Sheet, mood: Mood) -> str:
    drawn = []
    for depth, tone in enumerate(_layers(mood)):
        base, phase = 420 + depth * 42, chance.between(0, 1)
        hill = [
            (x, base + (10 + depth * 4) * sine(phase + x / (420 + depth * 60)))
            for x in range(0, 631, 35)
        ]
        drawn.append(shape(_trees(chance, hill, 26 + depth * 16), tone))
        drawn.append(_filled(hill, sheet, tone, mood.glow, soft=True))
    flies = dots((chance.between(30, 600), chance.between(300, 600)) for _ in range(12))
    aura = stroke(flies, mood.accent, 15, 0.22) + stroke(flies, mood.accent, 4.4)
    return "".join(drawn) + aura + _motes(chance, 290, mood.accent)


def _trees(chance: Chance, hill: Sequence[Point], tall: float) -> str:
    """Firs along a hill, taller toward the sides so that the middle stays open.

    In whole units, to save bytes: there are hundreds, and tenths are not visible.
    """
    drawn = []
    x = chance.below(16) - 6
    while x < _RIGHT:
        ground = round(hill[min(max(x // 35, 0), len(hill) - 1)][1])
        side = abs(x - 315) / 315
        height = round(tall * (0.45 + 1.15 * side * side) * chance.between(0.7, 1.25))
        half, low = height // 5 + 1, ground + 10
        tier, notch = ground - height * 5 // 9, ground - height // 2
        fir = [
            (x, ground - height),
            (x + half * 2 // 3, tier),
            (x + half // 3, notch),
            (x + half, low),
        ]
        drawn.append(polygon([*fir, *((2 * x - px, py) for px, py in reversed(fir[1:]))]))
        x += round(half * chance.between(1.4, 3)) + 5
    return "".join(drawn)


def _gale(chance: Chance, sheet: Sheet, mood: Mood) -> str:
    drawn = []
    for depth, layer in enumerate(_layers(mood)):
        bank = 430 + depth * 40
        tone = mix(layer, mood.sun, 0.5 - depth * 0.11)
        puffs = "".join(
            disc(
                (x + chance.between(-14, 14), bank + chance.between(0, 26)),
                chance.between(0.6, 1) * (24 + depth * 10),
            )
            for x in range(-10, 660, 34)
        )
        paint = sheet.linear(mix(tone, mood.sun, 0.45), tone, tone, tone)
        drawn.append(shape(f"{puffs}M0 {bank + 16}H630V{_BOTTOM}H0Z", paint))
    feathers = "".join(
        petal(
            (chance.between(40, 590), chance.between(140, 560)),
            chance.between(0.1, 0.4),
            chance.between(8, 20),
            6,
        )
        for _ in range(16)
    )
    return "".join(drawn) + shape(feathers, mood.sun, 0.85)


def _stone(chance: Chance, sheet: Sheet, mood: Mood) -> str:
    drawn = [_peaks(chance, sheet, mood, 52)]
    for side in (-1, 1):
        x = 315 + side * chance.between(215, 245)
        for tone in (mood.near, mood.ink):
            height, half = chance.between(120, 230), chance.between(22, 38)
            pillar = [
                (x - half, _BOTTOM),
                (x - half * 0.8, 590 - height),
                (x - half * 0.1, 575 - height * 1.12),
                (x + half * 0.75, 590 - height * 0.96),
                (x + half, _BOTTOM),
            ]
            drawn.append(shape(polygon(pillar), tone))
            drawn.append(
                shape(
                    polygon([pillar[2], pillar[3], pillar[4], (x + half * 0.2, _BOTTOM)]),
                    mood.glow,
                    0.14,
                )
            )
            x += side * chance.between(30, 52)
    return "".join(drawn) + _motes(chance, 380, mood.sun)


def _aether(chance: Chance, sheet: Sheet, mood: Mood) -> str:
    nebula = "".join(
        shape(
            disc((chance.between(20, 610), chance.between(130, 520)), chance.between(80, 190)),
            paint,
        )
        for color in (mood.accent, mood.glow, mood.horizon)
        for paint in (sheet.radial(f"{color}/.34", f"{color}/.1", f"{color}/0"),)
        for _ in range(2)
    )
    sea = _peaks(chance, sheet, mood, 30)
    islands = []
    for _ in range(4):
        side = chance.pick((-1, 1))
        x, y = 315 + side * chance.between(170, 270), chance.between(250, 500)
        half = chance.between(30, 66)
        islands.append(_island(chance, sheet, mood, (x, y), half))
    return nebula + sea + "".join(islands) + _constellation(chance, mood)


def _island(chance: Chance, sheet: Sheet, mood: Mood, center: Point, half: float) -> str:
    x, y = center
    keel = [
        (x + half * part, y + half * depth * chance.between(0.8, 1.25))
        for part, depth in ((0.7, 0.4), (0.4, 0.8), (0.05, 1.5), (-0.3, 0.9), (-0.68, 0.45))
    ]
    rock = polygon([(x - half, y), (x + half, y), *keel])
    top = outline(
        [
            (x - half, y + 2),
            (x - half * 0.3, y - half * 0.2),
            (x + half * 0.4, y - half * 0.14),
            (x + half, y + 2),
            (x, y + half * 0.14),
        ]
    )
    return shape(rock, sheet.linear(mood.far, mood.ink)) + shape(
        top, sheet.linear(mood.accent, mood.far)
    )


def _constellation(chance: Chance, mood: Mood) -> str:
    x, y = chance.between(60, 120), chance.between(140, 240)
    stars: list[Point] = []
    for _ in range(6):
        stars.append((x, y))
        x, y = x + chance.between(40, 105), y + chance.between(-60, 60)
    points = "".join(star(place, 4, 7, 1.6) for place in stars)
    return stroke(line(stars), mood.sun, 1, 0.45) + shape(points, mood.sun)


_GROUNDS: Final[dict[str, Ground]] = {
    "ember": _ember,
    "tide": _tide,
    "grove": _grove,
    "gale": _gale,
    "stone": _stone,
    "aether": _aether,
}
