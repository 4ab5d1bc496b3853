"""Cards: card sets, their printings, and the single cards that collectors own."""

from .card import CardId
from .errors import CardNotFound

__all__ = ["CardId", "CardNotFound"]
