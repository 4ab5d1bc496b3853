"""Points, and the path data that runs through them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import floor, sqrt
from typing import Final, TypeAlias

Point: TypeAlias = tuple[float, float]

_QUARTER: Final = 1.5707963267948966


def number(value: float) -> str:
    """Write with one decimal at most, never as `-0`."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def sine(turn: float) -> float:
    """The sine of a part of a full turn.

    A polynomial, since the C libraries of different platforms disagree in the last bit, which may
    become a different decimal in a drawing.
    """
    quarters = (turn - floor(turn)) * 4
    sign = 1.0 if quarters < 2 else -1.0
    quarters = quarters % 2
    x = _QUARTER * (quarters if quarters <= 1 else 2 - quarters)
    term = total = x
    for n in (2, 4, 6, 8, 10, 12):
        term *= -x * x / (n * (n + 1))
        total += term
    return sign * total


def around(center: Point, radius: float, turn: float) -> Point:
    """The point of a circle, a turn of 0 being straight up and a quarter being to the right."""
    return center[0] + radius * sine(turn), center[1] - radius * sine(turn + 0.25)


def between(start: Point, end: Point, part: float) -> Point:
    return start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part


def shifted(points: Iterable[Point], x: float = 0, y: float = 0, scale: float = 1) -> list[Point]:
    return [(x + px * scale, y + py * scale) for px, py in points]


def mirrored(half: Sequence[Point]) -> list[Point]:
    """Complete the right half of an outline, top to bottom, with its reflection on the left."""
    return [*half, *((-x, y) for x, y in reversed(half) if x > 0)]


def polygon(points: Iterable[Point]) -> str:
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points) + "Z"


def line(points: Iterable[Point]) -> str:
    return polygon(points)[:-1]


def curve(points: Sequence[Point]) -> str:
    """An open Catmull-Rom curve through the points."""
    return _through([points[0], *points, points[-1]])


def outline(points: Sequence[Point]) -> str:
    """A closed Catmull-Rom curve through the points."""
    return _through([points[-1], *points, points[0], points[1]]) + "Z"


def _through(points: Sequence[Point]) -> str:
    data = [f"M{number(points[1][0])} {number(points[1][1])}C"]
    for before, start, end, after in zip(points, points[1:], points[2:], points[3:], strict=False):
        controls = (
            (start[0] + (end[0] - before[0]) / 6, start[1] + (end[1] - before[1]) / 6),
            (end[0] - (after[0] - start[0]) / 6, end[1] - (after[1] - start[1]) / 6),
            end,
        )
        data.append(" ".join(f"{number(x)} {number(y)}" for x, y in controls))
    return data[0] + " ".join(data[1:])


def ribbon(spine: Sequence[Point], widths: Sequence[float]) -> list[Point]:
    """The outline of a band that follows a spine, its width given at each point."""
    left: list[Point] = []
    right: list[Point] = []
    for place, (x, y) in enumerate(spine):
        across, along = normal(spine, place)
        half = widths[place] / 2
        left.append((x + across * half, y + along * half))
        right.append((x - across * half, y - along * half))
    return left + right[::-1]


def normal(spine: Sequence[Point], place: int) -> Point:
    """The unit vector that stands on a spine, to the left of its direction on the page."""
    before = spine[max(place - 1, 0)]
    after = spine[min(place + 1, len(spine) - 1)]
    dx, dy = after[0] - before[0], after[1] - before[1]
    length = sqrt(dx * dx + dy * dy) or 1.0
    return dy / length, -dx / length


def petal(base: Point, turn: float, length: float, width: float) -> str:
    """A leaf or feather that grows out of its base in a direction."""
    tip = around(base, length, turn)
    left = around(around(base, length * 0.55, turn), width / 2, turn - 0.25)
    right = around(around(base, length * 0.55, turn), width / 2, turn + 0.25)
    (bx, by), (tx, ty), (lx, ly), (rx, ry) = base, tip, left, right
    n = number
    return f"M{n(bx)} {n(by)}Q{n(lx)} {n(ly)} {n(tx)} {n(ty)}Q{n(rx)} {n(ry)} {n(bx)} {n(by)}Z"


def disc(center: Point, radius: float) -> str:
    """A circle as path data, so that many can share one element."""
    x, y, r = number(center[0] - radius), number(center[1]), number(radius)
    across = number(2 * radius)
    return f"M{x} {y}a{r} {r} 0 1 0 {across} 0a{r} {r} 0 1 0 -{across} 0Z"


def star(center: Point, points: int, outer: float, inner: float, turn: float = 0) -> str:
    return polygon(
        around(center, inner if place % 2 else outer, turn + place / (2 * points))
        for place in range(2 * points)
    )
