"""Cards: card sets, their printings, and the single cards that collectors own."""

from .card import CardId

__all__ = ["CardId"]
