"""Made things: sigils, blades and lanterns."""

from __future__ import annotations

from .brush import Brush
from .chance import Chance
from .curves import around, between, curve, disc, line, mirrored, outline, petal, polygon, star
from .sheet import edged, flipped, shape, stroke


def sigil(chance: Chance, brush: Brush) -> str:
    """A mandala: rings of ornament, each repeated around the middle."""
    fold = chance.pick((6, 7, 8, 9, 10, 12))
    middle = (0.0, 0.0)
    turns = [place / fold for place in range(fold)]
    halves = [turn + 0.5 / fold for turn in turns]
    petals = "".join(petal(around(middle, 62, turn), turn, 78, 420 / fold) for turn in turns)
    leaves = "".join(petal(around(middle, 96, turn), turn, 76, 250 / fold) for turn in halves)
    inner = "".join(petal(around(middle, 14, turn), turn, 50, 260 / fold) for turn in halves)
    beads = "".join(disc(around(middle, 152, turn), 6) for turn in turns)
    pearls = "".join(disc(around(middle, 180, turn), 4.5) for turn in halves)
    skip = 2 + chance.below(fold // 6)
    weave = "".join(
        line((around(middle, 140, turn), around(middle, 140, turn + skip / fold))) for turn in turns
    )
    ticks = "".join(
        line(
            (
                around(middle, 188, place / 72),
                around(middle, 196 + 6 * (place % 3 == 0), place / 72),
            )
        )
        for place in range(72)
    )
    points = "".join(petal(around(middle, 196, turn), turn, 30, 14) for turn in turns)
    return (
        shape(disc(middle, 210), brush.halo, 0.7)
        + shape(disc(middle, 188), brush.ink, 0.5)
        + stroke(disc(middle, 188) + disc(middle, 166), brush.accent, 2)
        + stroke(ticks, brush.light, 2, 0.8)
        + shape(points, brush.accent)
        + edged(leaves, brush.body, brush.accent, 1.8)
        + stroke(weave, brush.light, 1.8, 0.6)
        + shape(petals, brush.bright, 0.92)
        + stroke(petals, brush.ink, 1.6, 0.5)
        + shape(disc(middle, 64), brush.ink)
        + stroke(disc(middle, 64) + disc(middle, 57), brush.accent, 2)
        + shape(inner, brush.bright)
        + shape(beads + pearls, brush.light)
        + shape(star(middle, fold, 26, 12), brush.light)
        + shape(disc(middle, 7), brush.ink)
    )


def blade(chance: Chance, brush: Brush) -> str:
    broad, tip = chance.between(24, 36), chance.between(190, 215)
    waist = chance.between(0.6, 0.95)
    half = [
        (0.0, tip),
        (broad * 0.8, tip - 56),
        (broad, 60.0),
        (broad * waist, 0.0),
        (broad * 0.9, -52.0),
    ]
    edge = polygon([*half, (0, -52)])
    guard = outline([(0, -76), (40, -72), (86, -88), (112, -70), (96, -48), (60, -52), (0, -44)])
    curl = curve([(100, -68), (122, -84), (128, -62), (112, -52), (104, -64)])
    grip = "M-9 -70H9V-158H-9Z"
    bands = "".join(line([(-9, y), (9, y - 8)]) for y in range(-78, -150, -13))
    vine = curve(
        [
            between((0, 20), (0, tip - 70), part / 8)
            if part % 2
            else (7 * (1 - part % 4), 20 + part * (tip - 90) / 8)
            for part in range(9)
        ]
    )
    wing = "".join(
        petal((34, -66), turn, 96 - 300 * abs(turn - 0.13), 20) for turn in (0.19, 0.15, 0.11)
    )
    return (
        shape(disc((0, 30), 190), brush.halo, 0.75)
        + stroke(disc((0, 10), 168) + disc((0, 10), 156), brush.light, 1.6, 0.6)
        + shape(
            "".join(star(around((0, 10), 162, place / 12), 4, 10, 3) for place in range(12)),
            brush.light,
        )
        + flipped(edged(wing, brush.body, brush.light, 1.2, 0.7))
        + flipped(shape(edge, brush.light))
        + shape(edge, brush.body, 0.8)
        + stroke(polygon(mirrored(half[::-1])), brush.accent, 2)
        + stroke(vine, brush.accent, 2.4)
        + shape(grip, brush.ink)
        + stroke(bands, brush.accent, 3)
        + flipped(edged(guard, brush.shade, brush.accent, 2) + stroke(curl, brush.accent, 4))
        + shape(disc((0, -172), 18), brush.shade)
        + stroke(disc((0, -172), 18), brush.accent, 2.4)
        + shape(star((0, -172), 6, 12, 5), brush.light)
        + shape(star((0, -60), 4, 24, 13), brush.light)
        + shape(star((0, -60), 4, 15, 8), brush.accent)
    )


def lantern(chance: Chance, brush: Brush) -> str:
    wide = chance.between(74, 92)
    chain = "".join(disc((0, y), 7) for y in range(-330, -178, 15))
    ring = disc((0, -166), 17)
    roof = polygon(
        mirrored([(0, -150), (16, -140), (30, -112), (wide + 22, -84), (wide + 10, -70), (0, -70)])
    )
    glass = outline(
        [
            (-wide + 12, -70),
            (-wide, 10),
            (-wide + 26, 92),
            (wide - 26, 92),
            (wide, 10),
            (wide - 12, -70),
        ]
    )
    ribs = "".join(
        curve([(x * 0.8, -70), (x, 10), (x * 0.68, 92)])
        for x in (-wide, -wide * 0.4, wide * 0.4, wide)
    )
    base = polygon(
        mirrored([(0, 90), (wide - 16, 90), (wide - 6, 106), (wide - 30, 120), (24, 138), (0, 170)])
    )
    flame = outline(
        [(0, -58), (20, -14), (34, 26), (20, 62), (0, 72), (-20, 62), (-34, 26), (-16, -14)]
    )
    heart = outline([(0, -6), (14, 24), (14, 48), (0, 60), (-14, 48), (-14, 24)])
    hooks = curve([(wide + 14, -78), (wide + 34, -70), (wide + 32, -50), (wide + 20, -56)])
    drops = "".join(line([(x, 112 - x * 0.1), (x, 150 - x * 0.2)]) for x in (wide - 18, wide - 42))
    moths = "".join(
        petal((x, y), turn, 17, 10)
        for x, y in ((-150, -40), (138, -110), (160, 60), (-128, 96))
        for turn in (0.14, -0.14)
    )
    return (
        shape(disc((0, 10), 230), brush.halo)
        + stroke(chain + ring, brush.ink, 4.5)
        + shape(glass, brush.portal)
        + shape(disc((0, 20), 84), brush.halo)
        + shape(flame, brush.accent)
        + shape(heart, brush.light)
        + stroke(ribs, brush.ink, 5)
        + edged(roof, brush.body, brush.light, 1.6, 0.6)
        + edged(base, brush.shade, brush.light, 1.4, 0.5)
        + flipped(stroke(hooks, brush.ink, 5) + stroke(drops, brush.accent, 3))
        + shape(star((0, -102), 4, 16, 5), brush.accent)
        + shape(disc((0, 106), 7), brush.accent)
        + shape(moths, brush.light, 0.9)
    )
