"""The ornaments of a card's border, more with each step of rarity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from .curves import curve, disc, petal, star
from .palette import Mood
from .sheet import group, shape, stroke

_RIM: Final = (
    "M34 14H596A20 20 0 0 1 616 34V846A20 20 0 0 1 596 866"
    "H34A20 20 0 0 1 14 846V34A20 20 0 0 1 34 14Z"
)


def border(rank: int, metal: str, mood: Mood) -> str:
    ornaments = "".join(ornament(metal, mood) for ornament in _ORNAMENTS[:rank])
    return stroke(_RIM, metal, 3 + rank) + ornaments


def _second_line(metal: str, _mood: Mood) -> str:
    return stroke("M40 24H590L606 40V840L590 856H40L24 840V40Z", metal, 1.2, 0.7)


def _curled_corners(metal: str, mood: Mood) -> str:
    curls = curve([(24, 92), (30, 58), (52, 34), (92, 24)])
    curls += curve([(24, 66), (46, 58), (58, 46), (66, 24)]) + disc((34, 34), 6)
    corner = stroke(curls, metal, 2.4) + shape(disc((34, 34), 3), mood.accent)
    top = _both_sides(corner)
    return top + group(top, attributes='transform="matrix(1 0 0 -1 0 880)"')


def _leaves(metal: str, mood: Mood) -> str:
    spray = "".join(
        petal((44, 44), turn, length, 15)
        for turn, length in ((0.25, 74), (0.31, 46), (0.5, 74), (0.44, 46))
    )
    buds = shape(spray + disc((44, 44), 9), metal) + shape(disc((44, 44), 5), mood.accent)
    return _both_sides(buds)


def _side_stars(metal: str, mood: Mood) -> str:
    thorns = "".join(petal((21, 440), turn, 118, 17) for turn in (0.015, 0.485))
    fan = "".join(petal((21, 440), turn, 40, 13) for turn in (0.08, 0.165, 0.25, 0.335, 0.42))
    return _both_sides(shape(thorns + fan, metal) + shape(star((24, 440), 4, 17, 8), mood.sun))


def _both_sides(content: str) -> str:
    return content + group(content, attributes='transform="matrix(-1 0 0 1 630 0)"')


_ORNAMENTS: Final[tuple[Callable[[str, Mood], str], ...]] = (
    _second_line,
    _curled_corners,
    _leaves,
    _side_stars,
)
