"""Everything above the horizon: the sky, its lights, its clouds."""

from __future__ import annotations

from .chance import Chance
from .curves import Point, around, curve, disc, dots, line, number, outline, polygon, sine, star
from .palette import Mood, mix
from .sheet import Sheet, shape, stroke

FOCUS: Point = (315, 330)
"""The center of the art, behind the subject."""


def sky(chance: Chance, sheet: Sheet, mood: Mood) -> str:
    middle = mix(mood.sky, mood.horizon, 0.35)
    paint = sheet.linear(
        mood.zenith, mix(mood.zenith, mood.sky, 0.6), mood.sky, middle, mood.horizon
    )
    return shape("M0 0H630V620H0Z", paint) + _stars(chance.fork("stars"), mood)


def _stars(chance: Chance, mood: Mood) -> str:
    drawn = []
    for width, count in ((1.4, 46), (2.4, 18), (3.6, 6)):
        heights = (chance.between(0, 1) * chance.between(0, 1) for _ in range(count))
        points = dots((chance.between(15, 615), 30 + 360 * height) for height in heights)
        drawn.append(stroke(points, mood.sun, width, 0.7))
    twinkles = "".join(
        star((chance.between(60, 570), chance.between(115, 300)), 4, chance.between(5, 11), 1.2)
        for _ in range(4)
    )
    return "".join(drawn) + shape(twinkles, mood.sun, 0.85)


def celestial(chance: Chance, sheet: Sheet, mood: Mood) -> str:
    """The light behind the subject: a sun, a moon, a ringed planet or an eclipse."""
    center = (FOCUS[0] + chance.between(-34, 34), FOCUS[1] - chance.between(-10, 40))
    radius = chance.between(118, 158)
    halo = sheet.radial(f"{mood.sun}/.85", f"{mood.glow}/.55", f"{mood.glow}/.18", f"{mood.glow}/0")
    drawn = shape(disc(center, radius * 2.1), halo)
    body = sheet.linear(mood.sun, mix(mood.sun, mood.glow, 0.55), mix(mood.glow, mood.horizon, 0.5))
    match chance.below(4):
        case 0:
            return drawn + _sun(center, radius, body, mood)
        case 1:
            return drawn + _moon(chance, center, radius, body, mood)
        case 2:
            return drawn + _world(chance, center, radius * 0.94, body, sheet=sheet, mood=mood)
        case _:
            return drawn + _eclipse(center, radius, sheet, mood)


def _sun(center: Point, radius: float, body: str, mood: Mood) -> str:
    rings = "".join(
        stroke(disc(center, radius * scale), mood.sun, 1.4, opacity)
        for scale, opacity in ((1.14, 0.6), (1.3, 0.38), (1.5, 0.2))
    )
    return rings + shape(disc(center, radius), body)


def _moon(chance: Chance, center: Point, radius: float, body: str, mood: Mood) -> str:
    craters = "".join(
        disc(around(center, radius * chance.between(0.1, 0.78), chance.between(0, 1)), size)
        for size in (24, 17, 13, 9, 7, 6, 5)
    )
    ring = stroke(disc(center, radius * 1.18), mood.sun, 1.2, 0.5)
    return ring + shape(disc(center, radius), body) + shape(craters, mood.horizon, 0.3)


def _world(
    chance: Chance, center: Point, radius: float, body: str, *, sheet: Sheet, mood: Mood
) -> str:
    x, y = center
    bands = "".join(
        stroke(
            line(((x - half, y + radius * height), (x + half, y + radius * height))),
            mood.horizon,
            chance.between(4, 13),
            0.3,
        )
        for height, half in ((-0.45, radius * 0.8), (-0.1, radius * 0.92), (0.3, radius * 0.9))
    )
    tilt = number(chance.between(-24, 24))
    ring = (
        f'<g transform="translate({number(x)} {number(y)}) rotate({tilt})" fill="none" '
        f'stroke="{sheet.linear(mood.glow, mood.sun, mood.accent, across=1, down=0)}">'
    )
    n = number
    arcs = "".join(
        f'<path d="M{n(-radius * wide)} 0A{n(radius * wide)} {n(radius * wide * 0.2)} 0 1 0 '
        f'{n(radius * wide)} 0" stroke-width="{n(width)}" opacity=".8"/>'
        for wide, width in ((1.42, 9), (1.56, 3), (1.66, 1.4))
    )
    return shape(disc(center, radius), body) + bands + ring + arcs + "</g>"


def _eclipse(center: Point, radius: float, sheet: Sheet, mood: Mood) -> str:
    flares = "".join(
        star(center, points, radius * reach, radius * 0.9, turn)
        for points, reach, turn in ((24, 1.3, 0), (12, 1.5, 0.02))
    )
    crown = sheet.radial(mood.sun, mood.sun, f"{mood.glow}/.7", f"{mood.glow}/0")
    shade = sheet.linear(mix(mood.zenith, mood.sky, 0.35), mix(mood.sky, mood.horizon, 0.4))
    return (
        shape(flares, crown, 0.75)
        + shape(disc(center, radius * 1.03), mood.sun)
        + shape(disc(center, radius * 0.96), shade)
    )


def rays(sheet: Sheet, mood: Mood, count: int) -> str:
    """Beams that fan out from behind the subject of a rarer card."""
    if not count:
        return ""
    half = 0.18 / count
    beams = "".join(
        polygon((FOCUS, around(FOCUS, 620, turn - half), around(FOCUS, 620, turn + half)))
        for turn in (place / count for place in range(count))
    )
    return shape(beams, sheet.radial(f"{mood.sun}/.6", f"{mood.glow}/.34", f"{mood.glow}/0"))


def clouds(chance: Chance, sheet: Sheet, mood: Mood) -> str:
    """Long flat banks, thin at both ends, lit from below."""
    paint = sheet.linear(f"{mood.sun}/.75", f"{mood.glow}/.1")
    drawn = []
    for _ in range(chance.below(3) + 4):
        x, y = chance.between(-40, 600), chance.between(150, 430)
        half, height = chance.between(80, 190), chance.between(7, 17)
        top = [
            (
                x - half + half * 2 * part / 6,
                y - height * sine(part / 12) * chance.between(0.5, 1.4),
            )
            for part in range(7)
        ]
        base = [(x + half * 0.5, y + height * 0.28), (x - half * 0.4, y + height * 0.22)]
        drawn.append(shape(outline([*top, *base]), paint, 0.55))
    return "".join(drawn)


def streams(chance: Chance, mood: Mood, count: int) -> str:
    """Lines of wind, or of northern light, across the sky."""
    drawn = []
    for _ in range(count):
        y, sway, phase = chance.between(150, 450), chance.between(14, 40), chance.between(0, 1)
        points = [(x, y + sway * sine(phase + x / 520)) for x in range(-20, 780, 130)]
        drawn.append(curve(points))
    return stroke("".join(drawn), mood.sun, 1.6, 0.4)
