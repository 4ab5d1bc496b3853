"""How results of keyed requests about a listing are stored: by its id."""

from functools import partial
from typing import Final, TypeAlias
from uuid import UUID

from ece_domain.kernel import StoredAs

from .listing import Listing, ListingId
from .ports import MarketTransaction
from .pricing import Pricing

StoredListing: TypeAlias = StoredAs[MarketTransaction, Listing, UUID]


async def _read_again(transaction: MarketTransaction, listing_id: UUID) -> Listing:
    return await transaction.listings.get(ListingId(listing_id))


async def _as_created(
    pricing: Pricing, transaction: MarketTransaction, listing_id: UUID
) -> Listing:
    return (await _read_again(transaction, listing_id)).as_created(pricing)


ENDED_BY_ID: Final[StoredListing] = StoredAs(
    UUID, keep=lambda listing: listing.id, restore=_read_again
)
"""A listing that has ended never changes, so a replay reads the same listing again."""


def created_by_id(pricing: Pricing) -> StoredListing:
    """A replay returns the listing as it was created, whatever has changed since.

    Only price, state and version change. The first price is in the replayed request; the first
    state and version are the same for all listings.
    """
    return StoredAs(UUID, keep=lambda listing: listing.id, restore=partial(_as_created, pricing))
