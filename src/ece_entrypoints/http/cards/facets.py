"""Facets of searches for printings and for listings."""

from typing import Annotated

from msgspec import Meta, Struct


class FacetValue(Struct, frozen=True):
    """A value for a filter, and the number of matches that have it."""

    value: str
    count: int


class Facets(Struct, frozen=True, kw_only=True):
    """The matches by set, rarity, finish and artist, the most frequent value first.

    At most 10,000 printings or listings are counted.
    """

    card_sets: tuple[FacetValue, ...]
    rarities: tuple[FacetValue, ...]
    finishes: tuple[FacetValue, ...]
    artists: tuple[FacetValue, ...]
    is_capped: Annotated[
        bool,
        Meta(
            description="More were found than were counted: each count means *at least*, and"
            " values may be missing. Filter by more to count exactly."
        ),
    ]
