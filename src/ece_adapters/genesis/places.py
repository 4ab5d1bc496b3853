"""Places: citadels, trees, crystals and gates."""

from __future__ import annotations

from typing import Final

from .brush import Brush
from .chance import Chance
from .curves import (
    Point,
    around,
    curve,
    disc,
    line,
    mirrored,
    number,
    outline,
    polygon,
    ribbon,
    star,
)
from .sheet import edged, flipped, shape, stroke


def citadel(chance: Chance, brush: Brush) -> str:
    hill = outline(
        [(-250, 560), (-200, 170), (-110, 104), (0, 92), (110, 104), (200, 170), (250, 560)]
    )
    wings = []
    for x in (168, 128, 88, 46):
        top = -40 + x * 0.5 - chance.between(0, 60)
        wings.append(_tower(chance, x, top, chance.between(16, 22), brush))
    wall = polygon([(0, 62), (190, 84), (190, 128), (0, 118)])
    teeth = "".join(f"M{x} {58 + x * 0.115:.0f}h9v12h-9Z" for x in range(6, 186, 18))
    keep = _tower(chance, 0, -132, 30, brush)
    door = "M-17 120V92A17 20 0 0 1 17 92V120Z"
    path = curve([(0, 120), (14, 150), (-22, 190), (20, 240), (0, 290)])
    return (
        shape(disc((0, -20), 190), brush.halo, 0.55)
        + flipped("".join(wings))
        + keep
        + flipped(shape(wall, brush.body) + shape(teeth, brush.body))
        + shape(hill, brush.shade)
        + shape(door, brush.light)
        + stroke(path, brush.accent, 6, 0.6)
    )


def _tower(chance: Chance, x: float, top: float, half: float, brush: Brush) -> str:
    n = number
    wall = (
        f"M{n(x - half)} 130L{n(x - half * 0.86)} {n(top)}H{n(x + half * 0.86)}L{n(x + half)} 130Z"
    )
    lit = f"M{n(x + half * 0.2)} 130V{n(top)}H{n(x + half * 0.86)}L{n(x + half)} 130Z"
    gallery = f"M{n(x - half * 1.15)} {n(top - 8)}h{n(half * 2.3)}l-5 16h{n(10 - half * 2.3)}Z"
    roof = polygon([(x - half * 1.2, top - 8), (x, top - half * 3.6), (x + half * 1.2, top - 8)])
    glint = polygon([(x, top - half * 3.6), (x + half * 1.2, top - 8), (x + half * 0.2, top - 8)])
    windows = "".join(
        f"M{n(x + dx - 3)} {y}v-9a3 3 0 0 1 6 0v9Z"
        for y in range(int(top) + 34, 84, 26)
        for dx in (-half * 0.4, half * 0.4)
        if chance.happens(75)
    )
    flag_y = top - half * 3.6
    flag = f"M{n(x)} {n(flag_y)}v-20l18 7l-18 7Z"
    return (
        shape(flag, brush.accent)
        + shape(wall, brush.body)
        + shape(lit, brush.accent, 0.16)
        + shape(roof, brush.shade)
        + shape(glint, brush.bright, 0.75)
        + shape(gallery, brush.shade)
        + shape(windows, brush.light)
    )


_LEAFY: Final = 2
"""The forks from which a tree bears leaves, counted from its tips."""


def tree(chance: Chance, brush: Brush) -> str:
    wood: list[str] = []
    tips: list[Point] = []
    _branch(chance, (0, 176), 0.0, 118, 50, forks=4, wood=wood, tips=tips)
    roots = "".join(
        outline(ribbon([(0, 140), (x * 0.4, 180), (x, 206 + abs(x) * 0.1)], [34, 20, 3]))
        for x in (-150, -92, -40, 40, 92, 150)
    )
    mound = outline([(-270, 560), (-180, 216), (0, 186), (180, 216), (270, 560)])
    layers = []
    for paint, opacity, rise, size in (
        (brush.shade, 1, 14, 50),
        (brush.body, 1, 2, 36),
        (brush.bright, 0.8, -14, 20),
    ):
        crowns = "".join(
            disc((x + chance.between(-14, 14), y + rise), size * chance.between(0.7, 1.2))
            for x, y in tips
        )
        layers.append(shape(crowns, paint, opacity))
    fruit = "".join(disc((x, y + 14), 4.2) for x, y in tips[::2])
    return (
        shape(disc((0, -60), 205), brush.halo, 0.6)
        + layers[0]
        + shape("".join(wood) + roots, brush.ink)
        + shape(mound, brush.shade)
        + layers[1]
        + layers[2]
        + shape(fruit, brush.light)
    )


def _branch(
    chance: Chance,
    base: Point,
    turn: float,
    length: float,
    width: float,
    *,
    forks: int,
    wood: list[str],
    tips: list[Point],
) -> None:
    middle = around(base, length * 0.5, turn + chance.between(-0.03, 0.03))
    tip = around(middle, length * 0.5, turn)
    wood.append(outline(ribbon([base, middle, tip], [width, width * 0.78, width * 0.62])))
    if forks <= _LEAFY:
        tips.append(tip)
    if not forks:
        return
    for side in (-1, 1):
        lean = turn + side * chance.between(0.05, 0.105)
        _branch(
            chance,
            tip,
            lean,
            length * chance.between(0.6, 0.76),
            width * 0.6,
            forks=forks - 1,
            wood=wood,
            tips=tips,
        )


def crystal(chance: Chance, brush: Brush) -> str:
    leans = ((0.19, 128, 22), (0.125, 170, 28), (0.065, 216, 34))
    sides = [
        _shard(
            side * turn * chance.between(0.85, 1.15),
            length * chance.between(0.85, 1.1),
            width,
            brush,
        )
        for turn, length, width in leans
        for side in (-1, 1)
    ]
    front = [
        _shard(side * turn, length * chance.between(0.8, 1.1), 21, brush)
        for turn, length in ((0.15, 92), (0.08, 112))
        for side in (-1, 1)
    ]
    motes = "".join(
        star((chance.between(-180, 180), chance.between(-200, 80)), 4, chance.between(5, 13), 1.6)
        for _ in range(9)
    )
    ground = outline(
        [(-240, 560), (-170, 176), (-60, 136), (0, 144), (70, 134), (170, 176), (240, 560)]
    )
    return (
        shape(disc((0, 10), 210), brush.halo, 0.8)
        + "".join(sides)
        + _shard(0, chance.between(290, 330), 44, brush)
        + "".join(front)
        + shape(ground, brush.shade)
        + shape(motes, brush.light)
    )


def _shard(turn: float, length: float, half: float, brush: Brush) -> str:
    """A prism with three facets and a cut tip, whose base is below the ground."""
    base = (turn * 330, 160.0)
    shoulder, tip = around(base, length * 0.8, turn), around(base, length, turn)
    left, right = around(shoulder, half, turn - 0.25), around(shoulder, half, turn + 0.25)
    foot_left, foot_right = (
        around(base, half * 0.8, turn - 0.25),
        around(base, half * 0.8, turn + 0.25),
    )
    edge, foot = around(shoulder, half * 0.2, turn + 0.25), around(base, half * 0.15, turn + 0.25)
    whole = polygon([foot_left, left, tip, right, foot_right])
    return (
        shape(whole, brush.bright)
        + shape(polygon([foot, edge, tip, right, foot_right]), brush.body, 0.72)
        + shape(polygon([left, tip, edge]), brush.light, 0.65)
        + stroke(whole, brush.light, 1.4, 0.8)
        + stroke(line([foot, edge, tip]) + line([left, edge, right]), brush.light, 1.1, 0.6)
    )


def gate(chance: Chance, brush: Brush) -> str:
    spiral = "".join(
        curve([around((0, 26), 8 + 10.4 * step, arm / 5 + step * 0.055) for step in range(11)])
        for arm in range(5)
    )
    stones = []
    for place in range(-5, 6):
        turn = place * 0.052
        corners = [
            around((0, -30), radius, turn + edge)
            for radius, edge in ((124, -0.0235), (168, -0.0235), (168, 0.0235), (124, 0.0235))
        ]
        stones.append(edged(polygon(corners), brush.body, brush.light, 1, 0.45))
    pillar = "M122 -8H170V170H122Z"
    foot = "M110 160H186V190H110Z"
    cap = "M114 -18H178V4H114Z"
    seams = "".join(line([(122, y), (170, y)]) for y in (40, 76, 112, 146))
    steps = "".join(_step(brush, 150 + 26 * step, 184 + 22 * step) for step in range(4))
    keystone = polygon(mirrored([(0, -222), (24, -206), (16, -140), (0, -132)]))
    runes = "".join(
        star(around((0, -30), 146, place * 0.052), chance.pick((3, 4)), 9, 3)
        for place in (-4, -2, 2, 4)
    )
    return (
        shape("M-126 190V-30A126 126 0 0 1 126 -30V190Z", brush.portal)
        + stroke(spiral, brush.light, 3.4, 0.7)
        + shape(disc((0, 26), 22), brush.light)
        + "".join(stones)
        + shape(runes, brush.accent)
        + flipped(
            shape(pillar, brush.body)
            + stroke(seams, brush.light, 1, 0.4)
            + shape(foot + cap, brush.shade)
        )
        + shape(keystone, brush.shade)
        + shape(star((0, -182), 4, 15, 5), brush.light)
        + steps
    )


def _step(brush: Brush, half: int, y: int) -> str:
    edge = line([(-half, y), (half, y)])
    return shape(f"M{-half} {y}H{half}v24H{-half}Z", brush.shade) + stroke(
        edge, brush.accent, 2, 0.7
    )
