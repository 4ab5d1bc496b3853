"""Creatures of the deep: rays and medusas."""

from __future__ import annotations

from .brush import Brush
from .chance import Chance
from .curves import Point, curve, disc, outline, ribbon, shifted, sine
from .sheet import flipped, group, shape, stroke


def ray(chance: Chance, brush: Brush) -> str:
    sweep = chance.between(-36, 10)
    half: list[Point] = [(0, -88), (20, -96), (34, -122), (46, -96), (66, -74), (128, -58),
            (212, sweep), (196, sweep + 18), (120, 34), (62, 74), (26, 112), (0, 122)]  # fmt: skip
    body = [*half, *((-x, y) for x, y in reversed(half[1:-1]))]
    back = shifted(body, 0, -2, 0.72)
    tail: list[Point] = [
        (26 * sine(0.09 * place) * place / 8, 112 + 16 * place) for place in range(9)
    ]
    gills = "".join(
        curve([(20 + y * 0.2, y), (34 + y * 0.2, y + 5), (46, y + 14)]) for y in (-8, 8, 24)
    )
    wake = "".join(
        curve([(x, 60 - x * 0.2 + drop), (x * 0.9, 130 + drop), (x * 0.7, 205 + drop)])
        for x, drop in ((182, -20), (140, 6), (98, 34))
    )
    spots = "".join(
        disc((30 + part * 150, -48 + part * (50 + sweep) + rise), 6.4 - part * 4)
        for rise in (0, 22)
        for part in (0, 0.18, 0.36, 0.54, 0.72, 0.9)
    )
    drawn = (
        flipped(stroke(wake, brush.light, 2, 0.4))
        + shape(outline(ribbon(tail, [15 - 1.6 * place for place in range(9)])), brush.shade)
        + shape(outline(body), brush.body)
        + shape(outline(back), brush.bright, 0.42)
        + stroke(outline(body), brush.light, 2, 0.75)
        + flipped(
            shape(spots, brush.accent)
            + stroke(gills, brush.ink, 2.4, 0.7)
            + shape(disc((30, -84), 5), brush.light)
            + shape(disc((30, -84), 2.4), brush.ink)
        )
        + stroke(curve([(0, -70), (4, -10), (-3, 50), (0, 108)]), brush.light, 2, 0.5)
    )
    tilt = chance.below(41) - 20
    return group(drawn, attributes=f'transform="rotate({tilt}) translate(0 -24)"')


def jelly(chance: Chance, brush: Brush) -> str:
    wide = chance.between(0.9, 1.12)
    half = [(0, -168), (62, -152), (112, -98), (126, -34), (104, -16), (84, -28), (62, -8),
            (40, -24), (20, -6), (0, -22)]  # fmt: skip
    dome: list[Point] = [(x * wide, y) for x, y in half]
    bell = [*dome, *((-x, y) for x, y in reversed(dome[1:-1]))]
    strands = []
    for place in range(9):
        x = (place - 4) * 23 * wide
        length, sway, phase = chance.between(170, 245), chance.between(8, 24), chance.between(0, 1)
        spine = [
            (
                x * (1 + 0.05 * step) + sway * sine(phase + step / 7) * step / 8,
                -24 + length * step / 9,
            )
            for step in range(10)
        ]
        strands.append(stroke(curve(spine), brush.accent, 2.6, 0.8))
        strands.append(shape(disc(spine[-1], 4), brush.light))
    arms = []
    for x in (-34, 0, 34):
        phase = chance.between(0, 1)
        spine = [(x + 16 * sine(phase + step / 5), -30 + 21 * step) for step in range(9)]
        frill = [(30 - 3 * step) * (1.25 if step % 2 else 0.8) for step in range(9)]
        arms.append(shape(outline(ribbon(spine, frill)), brush.bright, 0.75))
    ribs = "".join(
        curve([(0, -166), (x * 0.8, -120), (x, -30)]) for x in (-92, -54, -18, 18, 54, 92)
    )
    core = outline(
        [(0, -128), (40, -104), (52, -64), (24, -48), (-24, -48), (-52, -64), (-40, -104)]
    )
    return (
        shape(disc((0, -70), 190), brush.halo, 0.75)
        + "".join(strands)
        + "".join(arms)
        + shape(outline(bell), brush.shade, 0.92)
        + shape(outline(shifted(bell, 0, -14, 0.8)), brush.bright, 0.62)
        + shape(core, brush.shade, 0.7)
        + shape(disc((0, -84), 17), brush.light)
        + stroke(ribs, brush.light, 1.8, 0.55)
        + stroke(outline(bell), brush.light, 2.4, 0.9)
    )
