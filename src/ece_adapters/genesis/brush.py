"""The paints of a subject, derived from the light of the scene."""

from __future__ import annotations

from typing import NamedTuple

from .palette import Mood, mix
from .sheet import Sheet


class Brush(NamedTuple):
    body: str
    shade: str
    bright: str
    light: str
    accent: str
    ink: str
    halo: str
    portal: str


def brush(sheet: Sheet, mood: Mood) -> Brush:
    return Brush(
        body=sheet.linear(mix(mood.far, mood.glow, 0.18), mix(mood.far, mood.near, 0.7), mood.near),
        shade=sheet.linear(mood.near, mood.ink),
        bright=sheet.linear(mood.sun, mood.accent, mix(mood.glow, mood.far, 0.55)),
        light=mood.sun,
        accent=mood.accent,
        ink=mood.ink,
        halo=sheet.radial(f"{mood.sun}/.9", f"{mood.accent}/.45", f"{mood.accent}/0"),
        portal=sheet.radial(mood.sun, mood.accent, mood.far, mood.near, mood.ink),
    )
