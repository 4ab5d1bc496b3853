"""Points, and SVG path data through them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import floor, sqrt
from typing import Final, TypeAlias

Point: TypeAlias = tuple[float, float]

_QUARTER: Final = 1.5707963267948966


def number(value: float) -> str:
    """Format with at most one decimal, in as few characters as SVG allows."""
    return _decimal(_tenths(value))


def _tenths(value: float) -> int:
    return floor(value * 10 + 0.5)


def _decimal(tenths: int) -> str:
    whole, rest = divmod(abs(tenths), 10)
    sign = "-" if tenths < 0 else ""
    return f"{sign}{whole or ''}.{rest}" if rest else f"{sign}{whole}"


def _spot(point: Point) -> str:
    return _offsets((0, 0), [point])


def _offsets(origin: Point, points: Iterable[Point]) -> str:
    """Offsets between rounded positions, so that rounding errors do not add up along a path."""
    x, y = _tenths(origin[0]), _tenths(origin[1])
    return _joined(
        f"{_decimal(_tenths(at_x) - x)} {_decimal(_tenths(at_y) - y)}" for at_x, at_y in points
    )


def _joined(numbers: Iterable[str]) -> str:
    return " ".join(numbers).replace(" -", "-")


def sine(turn: float) -> float:
    """The sine of a part of a full turn.

    A polynomial, as the C libraries of different platforms differ in the last bit, which may
    change a decimal in a drawing.
    """
    half, part = divmod((turn - floor(turn)) * 2, 1)
    x = _QUARTER * 2 * min(part, 1 - part)
    term = total = x
    for n in (2, 4, 6, 8, 10, 12):
        term *= -x * x / (n * (n + 1))
        total += term
    return -total if half else total


def around(center: Point, radius: float, turn: float) -> Point:
    """The point of a circle at a turn: 0 is up, a quarter is to the right."""
    return center[0] + radius * sine(turn), center[1] - radius * sine(turn + 0.25)


def between(start: Point, end: Point, part: float) -> Point:
    return start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part


def shifted(points: Iterable[Point], x: float = 0, y: float = 0, scale: float = 1) -> list[Point]:
    return [(x + px * scale, y + py * scale) for px, py in points]


def mirrored(half: Sequence[Point]) -> list[Point]:
    """Complete the right half of an outline, top to bottom, with its reflection on the left."""
    return [*half, *((-x, y) for x, y in reversed(half) if x > 0)]


def polygon(points: Iterable[Point]) -> str:
    return line(points) + "Z"


def line(points: Iterable[Point]) -> str:
    corners = list(points)
    steps = _joined(_offsets(start, [end]) for start, end in pairwise(corners))
    return f"M{_spot(corners[0])}l{steps}"


def curve(points: Sequence[Point]) -> str:
    """An open Catmull-Rom curve through the points."""
    return _through([points[0], *points, points[-1]])


def outline(points: Sequence[Point]) -> str:
    """A closed Catmull-Rom curve through the points."""
    return _through([points[-1], *points, points[0], points[1]]) + "Z"


def _through(points: Sequence[Point]) -> str:
    steps = []
    for before, start, end, after in zip(points, points[1:], points[2:], points[3:], strict=False):
        controls = (
            (start[0] + (end[0] - before[0]) / 6, start[1] + (end[1] - before[1]) / 6),
            (end[0] - (after[0] - start[0]) / 6, end[1] - (after[1] - start[1]) / 6),
            end,
        )
        steps.append(_offsets(start, controls))
    return f"M{_spot(points[1])}c{_joined(steps)}"


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
    """The unit normal of a spine, to the left of its direction on the page."""
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
    out, back = _offsets(base, (left, tip)), _offsets(tip, (right, base))
    return f"M{_spot(base)}q{out}q{back}Z"


def dots(points: Iterable[Point]) -> str:
    """Strokes of length zero, which round caps show as points; they need few bytes."""
    return "".join(f"M{_spot(point)}h0" for point in points)


def disc(center: Point, radius: float) -> str:
    """A circle as path data, so that many can share one element.

    One arc that ends a tenth beside its start: a full turn would need two.
    """
    r = number(radius)
    return f"M{_spot((center[0], center[1] - radius))}a{r} {r} 0 1 1-.1 0Z"


def star(center: Point, points: int, outer: float, inner: float, turn: float = 0) -> str:
    return polygon(
        around(center, inner if place % 2 else outer, turn + place / (2 * points))
        for place in range(2 * points)
    )
