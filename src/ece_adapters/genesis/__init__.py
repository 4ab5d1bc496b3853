"""Genesis, the demo card set: three hundred printings, and their drawings."""

from .art import draw
from .catalog import FINISHES, GENESIS_SEED, RARITIES, GenesisPrinting, Rarity, printings
from .printing_art import image_reference

__all__ = [
    "FINISHES",
    "GENESIS_SEED",
    "RARITIES",
    "GenesisPrinting",
    "Rarity",
    "draw",
    "image_reference",
    "printings",
]
