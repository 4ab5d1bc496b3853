"""What a search divides into, for printings and for listings alike."""

from typing import Annotated

from msgspec import Meta, Struct


class FacetValue(Struct, frozen=True):
    """A value to filter by, and how many of what was found have it."""

    value: str
    count: int


class Facets(Struct, frozen=True, kw_only=True):
    """What was found, by set, rarity, finish and artist; of each the most frequent value first.

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
