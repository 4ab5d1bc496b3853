"""Creatures of the ground, drawn from the front: stags, wolves and colossi."""

from __future__ import annotations

from .brush import Brush
from .chance import Chance
from .curves import (
    Point,
    around,
    curve,
    disc,
    line,
    mirrored,
    outline,
    petal,
    polygon,
    ribbon,
    star,
)
from .sheet import edged, flipped, shape, stroke


def stag(chance: Chance, brush: Brush) -> str:
    neck = polygon(mirrored([(0, 40), (44, 50), (74, 130), (128, 205), (150, 560), (0, 560)]))
    mane = "".join(
        petal((side * x, 92 + x * 0.5), 0.5 - side * x * 0.0008, 96, 26)
        for x in (62, 40, 18, 0)
        for side in (-1, 1)
    )
    half: list[Point] = [
        (0, -40),
        (32, -36),
        (50, -10),
        (46, 28),
        (30, 72),
        (25, 108),
        (14, 126),
        (0, 130),
    ]
    face = outline([*half, *((-x, y) for x, y in reversed(half[1:-1]))])
    ear = petal((42, -12), 0.19, 98, 56)
    inner = petal((50, -15), 0.19, 74, 30)
    plane = polygon([(0, -30), (34, -6), (18, 56), (0, 90)])
    muzzle = outline([(0, 94), (19, 101), (13, 121), (0, 126), (-13, 121), (-19, 101)])
    antlers = _antler(chance, (18, -30), 0.085, 104, 24, forks=3)
    return (
        shape(neck, brush.shade)
        + shape(mane, brush.body, 0.9)
        + shape(disc((0, -118), 74), brush.halo)
        + flipped(
            edged(antlers, brush.shade, brush.light, 1.6, 0.85)
            + shape(ear, brush.body)
            + shape(inner, brush.bright, 0.6)
        )
        + shape(face, brush.body)
        + flipped(shape(plane, brush.accent, 0.2))
        + stroke(face, brush.light, 1.5, 0.55)
        + shape(muzzle, brush.ink)
        + flipped(shape(petal((17, 26), 0.14, 27, 14), brush.light))
        + shape(star((0, -118), chance.pick((4, 6, 8)), 26, 8), brush.light)
        + shape(petal((0, 14), 0, 38, 13), brush.accent)
    )


def _antler(
    chance: Chance, base: Point, turn: float, length: float, width: float, *, forks: int
) -> str:
    """A beam that bends upward and forks at its end and along its way."""
    middle = around(base, length * 0.55, turn + 0.035)
    tip = around(middle, length * 0.5, turn - 0.05)
    beam = outline(ribbon([base, middle, tip], [width, width * 0.72, width * 0.42]))
    if not forks:
        return petal(base, turn - 0.02, length, width * 1.1)
    outer = _antler(
        chance, tip, turn + chance.between(0.05, 0.09), length * 0.66, width * 0.55, forks=forks - 1
    )
    inner = petal(tip, turn - chance.between(0.08, 0.13), length * 0.62, width * 0.6)
    tine = petal(middle, turn - chance.between(0.1, 0.15), length * 0.55, width * 0.7)
    return beam + outer + inner + tine


def wolf(chance: Chance, brush: Brush) -> str:
    ear, ruff = chance.between(-186, -160), chance.between(128, 150)
    mantle = polygon(
        mirrored(
            [
                (0, -60),
                (90, -30),
                (ruff, 20),
                (ruff - 14, 40),
                (ruff + 22, 84),
                (ruff - 6, 94),
                (ruff + 30, 160),
                (ruff, 168),
                (ruff + 40, 560),
                (0, 560),
            ]
        )
    )
    facets: list[tuple[str, list[Point]]] = [
        (brush.body, [(28, -92), (96, ear), (112, -52), (70, -58)]),
        (brush.bright, [(52, -92), (90, ear + 34), (96, -64), (68, -68)]),
        (brush.body, [(0, -70), (28, -92), (70, -58), (38, -18), (0, -34)]),
        (brush.shade, [(70, -58), (112, -52), (128, 26), (64, 20), (38, -18)]),
        (brush.bright, [(64, 20), (128, 26), (104, 52), (116, 66), (72, 92), (40, 66), (34, 30)]),
        (brush.body, [(0, -34), (38, -18), (34, 30), (24, 92), (0, 100)]),
        (brush.shade, [(34, 30), (40, 66), (44, 110), (24, 122), (24, 92)]),
        (brush.body, [(24, 122), (44, 110), (72, 92), (40, 146), (0, 160), (0, 132)]),
    ]
    half = "".join(edged(polygon(points), paint, brush.light, 0.8, 0.3) for paint, points in facets)
    eye = outline([(32, -6), (48, -17), (68, -14), (52, -3)])
    nose = polygon([(-24, 94), (24, 94), (14, 116), (0, 128), (-14, 116)])
    marks = (
        petal((0, -36), 0, 44, 14) + petal((14, -44), 0.05, 30, 8) + petal((-14, -44), -0.05, 30, 8)
    )
    return (
        shape(mantle, brush.shade)
        + flipped(half)
        + flipped(shape(eye, brush.light) + shape(disc((51, -10), 4.6), brush.ink))
        + shape(nose, brush.ink)
        + shape(marks, brush.accent)
    )


def colossus(chance: Chance, brush: Brush) -> str:
    brow = chance.between(-12, 4)
    shoulders = polygon(
        mirrored(
            [(0, 40), (62, 38), (100, 16), (168, 36), (206, 96), (196, 170), (250, 560), (0, 560)]
        )
    )
    pauldron = polygon([(96, 20), (166, 36), (204, 96), (150, 120), (100, 86)])
    plate = polygon([(100, 86), (150, 120), (136, 210), (70, 230), (36, 120)])
    chest = polygon(mirrored([(0, 70), (36, 120), (30, 190), (0, 240)]))
    head = polygon(mirrored([(0, -128), (44, -120), (66, -78), (62, -10), (44, 44), (0, 62)]))
    mask = polygon(mirrored([(0, -84), (34, -74), (48, -30 + brow), (36, 20), (0, 48)]))
    shaded = polygon([(0, -84), (34, -74), (48, -30 + brow), (36, 20), (0, 48)])
    crown = "".join(
        polygon(
            [
                (x - 13, -108 + abs(x) * 0.3),
                (x, -168 - tall + abs(x) * 0.5),
                (x + 13, -108 + abs(x) * 0.3),
            ]
        )
        for x, tall in ((-52, 0), (-27, 14), (0, 36), (27, 14), (52, 0))
    )
    cracks = "".join(
        curve([(x, y), (x + 12, y + 16), (x + 4, y + 30), (x + 18, y + 46)])
        for x, y in ((120, 46), (160, 66), (88, 130), (112, 150))
    )
    runes = "".join(_rune(chance, (0, y)) for y in (104, 140, 176))
    return (
        shape(disc((0, -60), 150), brush.halo, 0.7)
        + shape(shoulders, brush.shade)
        + flipped(
            edged(pauldron, brush.body, brush.light, 1.4, 0.6)
            + shape(plate, brush.body, 0.85)
            + stroke(plate, brush.light, 1, 0.35)
            + stroke(cracks, brush.accent, 2.2, 0.9)
        )
        + shape(chest, brush.ink)
        + stroke(runes, brush.accent, 4)
        + shape(crown, brush.bright)
        + edged(head, brush.body, brush.light, 1.6, 0.6)
        + shape(mask, brush.bright)
        + shape(shaded, brush.shade, 0.4)
        + flipped(shape(polygon([(10, -28), (40, -40 + brow), (38, -20), (14, -14)]), brush.ink))
        + stroke(line([(0, -60), (0, 8)]) + line([(-20, 22), (20, 22)]), brush.ink, 3, 0.8)
        + shape(star((0, -98), 4, 16, 5), brush.accent)
    )


def _rune(chance: Chance, center: Point) -> str:
    x, y = center
    ways = [(-12, -12), (12, -12), (12, 12), (-12, 12), (0, -16), (0, 16)]
    first, second, third = chance.shuffled(ways)[:3]
    return line([(x + dx, y + dy) for dx, dy in (first, (0, 0), second)]) + line(
        [(x, y), (x + third[0], y + third[1])]
    )
