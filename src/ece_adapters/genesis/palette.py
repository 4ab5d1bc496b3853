"""The colors of each family at different hours, and the metals of each rarity."""

from __future__ import annotations

from typing import Final, NamedTuple


class Mood(NamedTuple):
    """The colors of one hour: the sky from top to horizon, and the ground below it."""

    zenith: str
    sky: str
    horizon: str
    sun: str
    glow: str
    far: str
    near: str
    ink: str
    accent: str


MOODS: Final[dict[str, tuple[Mood, ...]]] = {
    "ember": (
        Mood("#2a0a26", "#a3263a", "#ff9347", "#fff0bf", "#ffb04f", "#a8344a", "#3a0d24",
             "#14050f", "#ffc94d"),
        Mood("#0f0a1c", "#4a1740", "#e0492f", "#ffb27a", "#ff6b35", "#6b1f3c", "#210a1a",
             "#0d0510", "#ffa24a"),
        Mood("#51123c", "#dd4b41", "#ffcf8a", "#fffaf0", "#ffd27d", "#c4505a", "#4a1230",
             "#1b0714", "#ffe08a"),
    ),
    "tide": (
        Mood("#06214a", "#1277a0", "#9fe6dd", "#fbfff0", "#a8f2e6", "#2f93ab", "#08304f",
             "#041528", "#8ff5e4"),
        Mood("#060a2b", "#173a86", "#58a9d6", "#eaf4ff", "#8cc8ff", "#2a5fa3", "#0a1c4a",
             "#050d24", "#9fd8ff"),
        Mood("#17335f", "#5c93b8", "#ffd0b0", "#fff6e6", "#ffcfae", "#6d8fb0", "#15395e",
             "#081a30", "#ffd9bd"),
    ),
    "grove": (
        Mood("#07332c", "#2b8050", "#e2ef9a", "#fffde0", "#d9f08a", "#4f9a5c", "#0d3a2b",
             "#051a15", "#eaff9a"),
        Mood("#04141f", "#0f4a4c", "#62bd8c", "#e6ffe6", "#86efb0", "#21705f", "#082a2a",
             "#03100f", "#a6ffc4"),
        Mood("#2b3a1a", "#93932f", "#ffd675", "#fff8dc", "#ffd970", "#8a8a35", "#2e3a15",
             "#131a09", "#ffe48a"),
    ),
    "gale": (
        Mood("#2f66b8", "#86c2ec", "#fff2da", "#ffffff", "#fff3cf", "#8fb4dc", "#345a94",
             "#12264a", "#fff6d8"),
        Mood("#161d40", "#4b63a0", "#cfdcf2", "#ffffff", "#c4d8ff", "#6d84b8", "#243461",
             "#0d1530", "#dbe8ff"),
        Mood("#4a4394", "#d384b4", "#ffe4c2", "#fffaf0", "#ffd9c4", "#b57fb4", "#4b3a80",
             "#1c1640", "#ffe9d2"),
    ),
    "stone": (
        Mood("#5a3540", "#d0905c", "#fbe2b4", "#fffaea", "#ffe3ae", "#b9805f", "#54343a",
             "#21131a", "#ffdf9e"),
        Mood("#10131f", "#3d5070", "#a9bccf", "#fff8e8", "#ffe0a8", "#5d6d88", "#232b3d",
             "#0c101a", "#ffd98a"),
        Mood("#2d2547", "#8f6a86", "#f2cdab", "#fff5e8", "#f6cfae", "#8a6684", "#352748",
             "#150f22", "#ffd7b0"),
    ),
    "aether": (
        Mood("#0b0628", "#4a259c", "#e27fdc", "#fff0ff", "#f0a5ff", "#7a3fb8", "#22104f",
             "#0a0520", "#f7b8ff"),
        Mood("#04081c", "#1d2f80", "#66d3f0", "#f0ffff", "#8be8ff", "#3355b0", "#0d1747",
             "#040920", "#a6f2ff"),
        Mood("#1d0a3a", "#86308c", "#ffbfca", "#fff7f0", "#ffb8d0", "#a8489c", "#38114c",
             "#14051f", "#ffcfdc"),
    ),
}  # fmt: skip

METALS: Final[dict[str, tuple[str, ...]]] = {
    "common": ("#8d929c", "#c6cad1", "#6b707a", "#a9aeb7"),
    "uncommon": ("#9a5f38", "#e9b587", "#7a4526", "#c98d5c"),
    "rare": ("#9fb2c8", "#ffffff", "#71879f", "#dbe6f2"),
    "epic": ("#b98a2e", "#fff0b0", "#94661a", "#efcb62"),
    "legendary": ("#f6d365", "#fffbe0", "#ff9fb8", "#9fe8ff", "#fff3b8", "#e0a83a"),
}
"""Frame gradients, from corner to corner: iron, bronze, silver, gold, and iridescent gold."""


def mix(start: str, end: str, part: float) -> str:
    """The color at a fraction of the way between two colors."""
    channels = (
        round(low + (high - low) * part)
        for low, high in zip(bytes.fromhex(start[1:]), bytes.fromhex(end[1:]), strict=True)
    )
    return "#" + bytes(channels).hex()
