"""What a store of cards needs besides the public API: ports, bounds and search keys."""

from .catalog import MAX_FACETED, MAX_FACETS
from .ports import CardRepository, CardSetRepository, CardsTransaction, Catalog, PrintingRepository
from .search_words import name_key, number_key, words_of

__all__ = [
    "MAX_FACETED",
    "MAX_FACETS",
    "CardRepository",
    "CardSetRepository",
    "CardsTransaction",
    "Catalog",
    "PrintingRepository",
    "name_key",
    "number_key",
    "words_of",
]
