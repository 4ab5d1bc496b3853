"""What people read of the market, and how they ask for it."""

from datetime import datetime
from enum import StrEnum

from attrs import frozen

from ece_domain.cards import CardSetId, PrintingId
from ece_domain.kernel import USD, Asset, Money

from .listing import Listing, ListingState


@frozen(kw_only=True)
class ListedCard:
    """The facts of a listed card that its buyer looks at."""

    serial: int
    number: str
    name: str
    set_id: CardSetId
    set_code: str
    set_name: str
    rarity: str
    finish: str
    artist: str


@frozen
class ListingView:
    """A listing with what it stands at now: an expiry counts before it is recorded."""

    listing: Listing
    card: ListedCard
    price: Money
    state: ListingState

    @classmethod
    def at(cls, listing: Listing, card: ListedCard, moment: datetime) -> "ListingView":
        return cls(listing, card, listing.pricing.at(moment), listing.state_at(moment))


class ListingOrder(StrEnum):
    """How listings are sorted; of equal ones, the later id comes last."""

    NEWEST = "newest"
    CHEAPEST = "cheapest"
    DEAREST = "dearest"


class SaleSide(StrEnum):
    """Where somebody stood in a sale."""

    SELLER = "seller"
    BUYER = "buyer"


@frozen(kw_only=True)
class ListingFilter:
    """Which active listings are wanted; what is None does not matter.

    Prices of two assets do not compare, so a market is browsed in one asset at a time.
    """

    asset: Asset = USD
    text: str | None = None
    """Words of the name, the rules text or the artist's name; small misspellings are forgiven."""
    set_id: CardSetId | None = None
    printing_id: PrintingId | None = None
    rarity: str | None = None
    finish: str | None = None
    artist: str | None = None
    lowest: int | None = None
    highest: int | None = None


@frozen
class FacetValue:
    """A value that some of the listings have, and how many."""

    value: str
    label: str
    listings: int


@frozen(kw_only=True)
class Facets:
    """What listings divide into: of each, the values of most listings first, then by value."""

    sets: tuple[FacetValue, ...]
    rarities: tuple[FacetValue, ...]
    finishes: tuple[FacetValue, ...]
    artists: tuple[FacetValue, ...]


MOST_FACET_VALUES = 50
"""How many values of each kind are counted out."""
