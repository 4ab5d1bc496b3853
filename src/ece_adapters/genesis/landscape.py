"""The ground of each family, in layers that pale with distance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from .chance import Chance
from .curves import Point, curve, disc, line, number, outline, petal, polygon, sine, star
from .palette import Mood, mix
from .sheet import Sheet, shape, stroke

Ground: TypeAlias = Callable[[Chance, Sheet, Mood], str]

_BOTTOM: Final = 880


def landscape(chance: Chance, sheet: Sheet, mood: Mood, family: str) -> str:
    mist = shape("M0 400H630V600H0Z", sheet.linear(f"{mood.glow}/0", f"{mood.sun}/.55"))
    return mist + _GROUNDS[family](chance, sheet, mood)


def _broken(chance: Chance, steps: int, rough: float) -> list[float]:
    """Heights along a ridge, by midpoint displacement."""
    heights = [chance.between(-rough, rough), chance.between(-rough, rough)]
    for _ in range(steps):
        split: list[float] = []
        for left, right in zip(heights, heights[1:], strict=False):
            split += [left, (left + right) / 2 + chance.between(-rough, rough)]
        heights = [*split, heights[-1]]
        rough *= 0.52
    return heights


def _layers(mood: Mood, count: int) -> list[str]:
    tones = [mix(mood.horizon, mood.far, 0.55), mood.far, mix(mood.far, mood.near, 0.6)]
    return [*tones, mood.near, mood.ink][:count]


def _filled(points: list[Point], sheet: Sheet, tone: str, mist: str, *, soft: bool) -> str:
    """A layer down to the bottom edge, its foot lost in mist."""
    top = (curve(points) if soft else line(points)) + f"V{_BOTTOM}H0Z"
    return shape(top, sheet.linear(tone, mix(tone, mist, 0.38), tone))


def _peaks(chance: Chance, sheet: Sheet, mood: Mood, rough: float) -> str:
    drawn = []
    for depth, tone in enumerate(_layers(mood, 5)):
        base = 415 + depth * 42
        steps = 4 if depth < 3 else 5
        heights = _broken(chance, steps, rough * (1 - depth * 0.13))
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
    sparks = "".join(
        disc((chance.between(30, 600), chance.between(130, 600)), chance.between(0.8, 3))
        for _ in range(46)
    )
    return (
        _peaks(chance, sheet, mood, 74) + shape(rivers, lava, 0.9) + shape(sparks, mood.accent, 0.9)
    )


def _tide(chance: Chance, sheet: Sheet, mood: Mood) -> str:
    drawn = []
    for depth, tone in enumerate(_layers(mood, 5)):
        base, sway = 425 + depth * 40, 4 + depth * 5
        phase, length = chance.between(0, 1), 150 + depth * 70
        wave = [(x, base + sway * _crest(phase + x / length)) for x in range(-18, 660, 18)]
        drawn.append(_filled(wave, sheet, tone, mood.glow, soft=True))
        drawn.append(stroke(curve(wave), mood.sun, 1 + depth * 0.5, 0.5))
        echo = [(x, y + 9 + depth * 2) for x, y in wave]
        drawn.append(stroke(curve(echo), mood.glow, 1, 0.3))
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
    for depth, tone in enumerate(_layers(mood, 5)):
        base, phase = 420 + depth * 42, chance.between(0, 1)
        hill = [
            (x, base + (10 + depth * 4) * sine(phase + x / (420 + depth * 60)))
            for x in range(0, 631, 35)
        ]
        drawn.append(shape(_trees(chance, hill, 26 + depth * 16), tone))
        drawn.append(_filled(hill, sheet, tone, mood.glow, soft=True))
    flies = [(chance.between(30, 600), chance.between(300, 600)) for _ in range(26)]
    light = "".join(disc(place, chance.between(1, 2.8)) for place in flies)
    aura = "".join(disc(place, 8) for place in flies[:12])
    return "".join(drawn) + shape(aura, mood.accent, 0.2) + shape(light, mood.accent, 0.95)


def _trees(chance: Chance, hill: list[Point], tall: float) -> str:
    """Firs along a hill, taller toward the sides so that the middle stays open."""
    drawn = []
    x = chance.between(-6, 10)
    while x < 640:
        ground = hill[min(max(int(x / 35), 0), len(hill) - 1)][1]
        side = abs(x - 315) / 315
        height = tall * (0.45 + 1.15 * side * side) * chance.between(0.7, 1.25)
        half = height * 0.2
        fir = [(x, ground - height)]
        for tier in (0.36, 0.68, 1.05):
            fir += [(x + half * tier, ground - height * (1 - tier * 0.9))]
            fir += [(x + half * tier * 0.5, ground - height * (0.98 - tier * 0.9))]
        left = [(2 * x - px, py) for px, py in reversed(fir)]
        drawn.append(polygon([*fir, (x, ground + 10), *left]))
        x += half * chance.between(1.1, 2.6) + 4
    return "".join(drawn)


def _gale(chance: Chance, sheet: Sheet, mood: Mood) -> str:
    drawn = []
    for depth, tone in enumerate(_layers(mood, 5)):
        bank = 430 + depth * 40
        tone = mix(tone, mood.sun, 0.5 - depth * 0.11)
        puffs = "".join(
            disc(
                (x + chance.between(-14, 14), bank + chance.between(0, 26)),
                chance.between(0.6, 1) * (24 + depth * 10),
            )
            for x in range(-10, 660, 34)
        )
        paint = sheet.linear(mix(tone, mood.sun, 0.45), tone)
        drawn.append(shape(puffs, paint))
        drawn.append(shape(f"M0 {bank + 16}H630V{_BOTTOM}H0Z", tone))
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
                (x - half, 640.0),
                (x - half * 0.8, 590 - height),
                (x - half * 0.1, 575 - height * 1.12),
                (x + half * 0.75, 590 - height * 0.96),
                (x + half, 640),
            ]
            drawn.append(shape(polygon(pillar), tone))
            drawn.append(
                shape(
                    polygon([pillar[2], pillar[3], pillar[4], (x + half * 0.2, 640)]),
                    mood.glow,
                    0.14,
                )
            )
            x += side * chance.between(30, 52)
    dust = "".join(
        disc((chance.between(20, 610), chance.between(380, 600)), chance.between(0.8, 2))
        for _ in range(30)
    )
    return "".join(drawn) + shape(dust, mood.sun, 0.6)


def _aether(chance: Chance, sheet: Sheet, mood: Mood) -> str:
    nebula = "".join(
        shape(
            disc((chance.between(20, 610), chance.between(130, 520)), chance.between(80, 190)),
            paint,
        )
        for colour in (mood.accent, mood.glow, mood.horizon)
        for paint in (sheet.radial(f"{colour}/.34", f"{colour}/.1", f"{colour}/0"),)
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
