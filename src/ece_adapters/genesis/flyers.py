"""Creatures of the air: moths, birds and wyrms, each centered on the origin."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import sqrt

from .brush import Brush
from .chance import Chance
from .curves import (
    Point,
    around,
    between,
    curve,
    disc,
    line,
    normal,
    outline,
    petal,
    polygon,
    ribbon,
    shifted,
    sine,
)
from .sheet import edged, flipped, group, shape, stroke


def moth(chance: Chance, brush: Brush) -> str:
    reach = chance.between(0.92, 1.08)
    upper = [(4, -14), (52, -96), (128, -158), (196 * reach, -170), (206 * reach, -120),
             (176, -58), (120, -8), (50, 14)]  # fmt: skip
    tail = chance.between(130, 205)
    lower = [(4, 0), (70, 10), (130, 26), (150, 70), (118, 112), (104, tail), (78, 120),
             (38, 92), (12, 40)]  # fmt: skip
    wings = [_moth_wing(lower, (92, 64), 17, brush), _moth_wing(upper, (138, -100), 24, brush)]
    feeler = curve([(3, -40), (16, -84), (44, -112), (70, -112)])
    combs = "".join(
        line((between((10, -66), (62, -116), part), between((22, -54), (76, -96), part)))
        for part in (0.1, 0.3, 0.5, 0.7, 0.9)
    )
    body = outline([(0, -46), (11, -34), (13, -8), (10, 44), (0, 84), (-10, 44), (-13, -8),
                    (-11, -34)])  # fmt: skip
    rings = "".join(line(((-9, y), (9, y))) for y in (6, 20, 34, 48))
    return (
        flipped("".join(wings) + stroke(feeler, brush.ink, 3.4) + stroke(combs, brush.ink, 1.6))
        + shape(body, brush.shade)
        + stroke(rings, brush.accent, 2.4, 0.8)
        + shape(disc((-6, -36), 3.4) + disc((6, -36), 3.4), brush.light)
    )


def _moth_wing(wing: Sequence[Point], eye: Point, size: float, brush: Brush) -> str:
    inner = shifted(wing, eye[0] * 0.2, eye[1] * 0.2, 0.8)
    heart = shifted(wing, eye[0] * 0.36, eye[1] * 0.36, 0.6)
    veins = "".join(line((wing[0], between(wing[0], tip, 0.92))) for tip in wing[2:-1])
    return (
        shape(outline(wing), brush.body)
        + shape(outline(inner), brush.bright)
        + shape(outline(heart), brush.body, 0.32)
        + stroke(veins, brush.ink, 1.5, 0.55)
        + stroke(outline(wing), brush.light, 1.6, 0.75)
        + shape(disc(eye, size), brush.ink)
        + shape(disc(eye, size * 0.72), brush.accent)
        + shape(disc(eye, size * 0.42), brush.ink)
        + shape(disc((eye[0] - 3, eye[1] - 4), size * 0.16), brush.light)
    )


def bird(chance: Chance, brush: Brush) -> str:
    lift = chance.between(-0.02, 0.03)
    arm = [(14.0, -18.0), (64.0, -66.0), (116.0, -96.0), (150.0, -102.0)]
    wing = _feathers(arm, (0.42, 0.09 + lift), (128, 176), 58, 10, paint=brush.body, brush=brush)
    wing += _feathers(arm, (0.40, 0.13 + lift), (84, 112), 48, 8, paint=brush.bright, brush=brush)
    wing += _feathers(arm, (0.38, 0.16 + lift), (46, 60), 36, 7, paint=brush.body, brush=brush)
    wing += stroke(curve(arm), brush.accent, 5)
    plumes = []
    for side in (3, 2, 1, 0):
        turn = 0.5 - side * 0.042
        length = 196 - side * 20
        plumes.append(shape(petal((0, 40), turn, length, 34), brush.bright))
        plumes.append(
            stroke(line(((0, 50), around((0, 40), length * 0.94, turn))), brush.accent, 1.4)
        )
        plumes.append(shape(disc(around((0, 40), length * 0.8, turn), 6.4), brush.accent))
        plumes.append(shape(disc(around((0, 40), length * 0.8, turn), 3), brush.ink))
    body = outline(
        [(0, -70), (22, -44), (34, 0), (22, 56), (0, 88), (-22, 56), (-34, 0), (-22, -44)]
    )
    breast = "".join(
        petal((x, y), 0.5, 24, 14)
        for y, xs in ((-30, (-8, 8)), (-16, (-14, 0, 14)), (-2, (-8, 8)), (12, (0,)))
        for x in xs
    )
    head = outline([(0, -108), (18, -98), (22, -78), (13, -56), (-13, -56), (-22, -78), (-18, -98)])
    beak = polygon([(-8, -80), (8, -80), (0, -50)])
    crest = "".join(
        petal((0, -98), turn, 58 - 90 * abs(turn), 12) for turn in (-0.16, -0.08, 0, 0.08, 0.16)
    )
    return (
        flipped("".join(plumes))
        + flipped(wing)
        + shape(crest, brush.bright)
        + shape(body, brush.shade)
        + shape(breast, brush.accent, 0.75)
        + shape(head, brush.shade)
        + shape(beak, brush.accent)
        + shape(disc((-11, -86), 3.6) + disc((11, -86), 3.6), brush.light)
    )


def _feathers(
    arm: list[Point],
    turns: Point,
    lengths: Point,
    width: float,
    count: int,
    *,
    paint: str,
    brush: Brush,
) -> str:
    """A row of feathers, spread like a fan from the shoulder to the tip of the wing."""
    row = []
    for place in range(count):
        part = place / (count - 1)
        joint = min(int(part * 3), 2)
        base = between(arm[joint], arm[joint + 1], part * 3 - joint)
        turn = turns[0] + (turns[1] - turns[0]) * part * sqrt(part)
        length = lengths[0] + (lengths[1] - lengths[0]) * part
        feather = petal(base, turn, length, width)
        row.append(edged(feather, paint, brush.light, 0.9, 0.5))
    return "".join(row)


def wyrm(chance: Chance, brush: Brush) -> str:
    side = chance.pick((-1, 1))
    coils, steps = chance.between(1.35, 1.75), 40
    spine: list[Point] = []
    for place in range(steps + 1):
        part = place / steps
        sway = (0.35 + 0.65 * sine(part * 0.5)) * 118
        spine.append((sway * sine(0.04 + coils * part), 205 - 330 * part))
    widths = [
        8 + 48 * sine(0.5 * min(1, (part / steps) * 0.86 + 0.02)) for part in range(steps + 1)
    ]
    belly = "".join(
        line(
            (
                _beside(spine, place, -widths[place] * 0.48),
                _beside(spine, place, widths[place] * 0.05),
            )
        )
        for place in range(3, steps)
    )
    spikes = "".join(
        polygon(
            (
                _beside(spine, place - 1, widths[place] * 0.42),
                _beside(spine, place - 1, widths[place] * 0.5 + 10 + widths[place] * 0.3),
                _beside(spine, place + 1, widths[place] * 0.42),
            )
        )
        for place in range(2, steps - 1, 2)
    )
    under = [_beside(spine, place, -widths[place] * 0.24) for place in range(steps + 1)]
    x, y = spine[-1]
    drawn = (
        _wyrm_wings(brush)
        + shape(spikes, brush.accent)
        + shape(outline(ribbon(spine, widths)), brush.body)
        + shape(outline(ribbon(under, [width * 0.5 for width in widths])), brush.bright, 0.9)
        + stroke(belly, brush.ink, 1.6, 0.6)
        + stroke(outline(ribbon(spine, widths)), brush.light, 1.3, 0.5)
        + group(_wyrm_head(brush), attributes=f'transform="translate({x:.1f} {y - 6:.1f})"')
    )
    return group(drawn, attributes=f'transform="scale({side} 1)"')


def _beside(spine: list[Point], place: int, distance: float) -> Point:
    x, y = normal(spine, place)
    return spine[place][0] + x * distance, spine[place][1] + y * distance


def _wyrm_wings(brush: Brush) -> str:
    """A sail of skin between four fingers."""
    wrist, fingers = (88.0, -126.0), ((214.0, -96.0), (206.0, -22.0), (160.0, 34.0), (96.0, 52.0))
    sail = f"M10 -20L88 -126L{fingers[0][0]:.0f} {fingers[0][1]:.0f}"
    for start, end in pairwise(fingers):
        hollow = between(between(start, end, 0.5), wrist, 0.3)
        sail += f"Q{hollow[0]:.0f} {hollow[1]:.0f} {end[0]:.0f} {end[1]:.0f}"
    sail += "Q60 8 10 30Z"
    bones = "".join(line((wrist, finger)) for finger in fingers)
    return flipped(
        edged(sail, brush.body, brush.light, 1.4, 0.6)
        + stroke(bones, brush.accent, 2.6, 0.8)
        + stroke(line(((10, -20), wrist, fingers[0])), brush.ink, 6)
        + shape(petal(wrist, 0.05, 26, 9), brush.ink)
    )


def _wyrm_head(brush: Brush) -> str:
    """A wyrm, seen from the front and above."""
    half: list[Point] = [
        (0, -20),
        (16, -18),
        (30, -4),
        (25, 14),
        (16, 30),
        (14, 52),
        (8, 62),
        (0, 64),
    ]
    skull = outline([*half, *((-x, y) for x, y in reversed(half[1:-1]))])
    horn = outline([(14, -10), (26, -34), (50, -58), (58, -84), (68, -54), (52, -26), (30, -2)])
    cheek = polygon([(26, 2), (58, 4), (28, 16)]) + polygon([(22, 16), (46, 28), (18, 28)])
    return (
        flipped(shape(horn, brush.accent) + shape(cheek, brush.shade))
        + edged(skull, brush.shade, brush.light, 1.3, 0.6)
        + flipped(
            shape(petal((7, 18), 0.17, 21, 9), brush.light)
            + shape(disc((5, 54), 2.2), brush.accent)
            + stroke(curve([(6, 60), (30, 72), (44, 60), (62, 72)]), brush.accent, 2)
        )
        + shape(petal((0, 6), 0, 24, 12), brush.accent)
    )
