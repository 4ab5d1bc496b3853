"""Ports of the use cases of the market."""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from typing import Protocol

from attrs import frozen

from ece_domain.cards import Card, CardId, ConditionKey, Facets, PrintingId
from ece_domain.cards.storage import CardRepository
from ece_domain.identity import UserId
from ece_domain.identity.storage import UserRepository
from ece_domain.kernel import Page, PageRequest, TimeRange
from ece_domain.sales import Ask, FeeSchedule, Royalty, TrailingSales
from ece_domain.sales.storage import SalesTransaction

from .listing import Listing, ListingId
from .listing_state import ListingState
from .views import ListingFilter, ListingSort, ListingView


@frozen
class ListableCard:
    """A card, whose printing and condition a listing copies."""

    card: Card
    listing: Listing | None
    """The listing that still holds the card, or None."""


@frozen
class ListedCondition:
    """The condition of an active listing, and that of its card, if the card exists."""

    listing_id: ListingId
    said: ConditionKey
    found: ConditionKey | None


@frozen
class PurchaseTerms:
    """All inputs of a purchase."""

    listing: Listing
    royalty: Royalty
    trailing_sales: TrailingSales
    is_seller_suspended: bool


class ListingRepository(Protocol):
    """Reads and writes listings, in a transaction."""

    async def get(self, listing_id: ListingId) -> Listing:
        """:raises ListingNotFound: if there is none."""

    async def get_for_update(self, listing_id: ListingId) -> Listing:
        """The listing, locked to the end of the transaction.

        :raises ListingNotFound: if there is none.
        :raises LockTimeout: if somebody else keeps it locked for too long.
        """

    async def purchase_terms(
        self, listing_id: ListingId, fees: FeeSchedule, now: datetime
    ) -> PurchaseTerms:
        """The listing with the inputs of its fees, in one round trip.

        :raises ListingNotFound: if there is no such listing.
        """

    async def card_to_list(self, card_id: CardId) -> ListableCard:
        """:raises CardNotFound: if there is no such card."""

    async def claim_overdue(
        self, now: datetime, limit: int, without: Collection[ListingId]
    ) -> Sequence[Listing]:
        """Active listings past their expiry, locked to the end of the transaction.

        Skips listings that are locked by others.
        """

    def save(self, listing: Listing) -> None:
        """Store the listing and its events with the transaction. At the transaction's end:

        :raises ConcurrentChange: if the listing was saved by someone else in the meantime.
        """


class MarketReader(Protocol):
    """Reads of listings with their cards."""

    async def listing(self, listing_id: ListingId, now: datetime) -> ListingView:
        """:raises ListingNotFound: if there is none."""

    async def browse(
        self, filter: ListingFilter, sort: ListingSort, page: PageRequest, now: datetime
    ) -> Page[ListingView]:
        """Active listings."""

    async def facets(self, filter: ListingFilter, now: datetime) -> Facets:
        """The facets of the active listings that match."""

    async def listings_of(
        self,
        seller_id: UserId,
        state: ListingState | None,
        listed: TimeRange,
        page: PageRequest,
        now: datetime,
    ) -> Page[ListingView]:
        """A seller's listings that were created in a period, newest first.

        The state is ``Listing.state_at`` now; None means any.
        """

    async def lowest_asks(self, printing_id: PrintingId, now: datetime) -> Sequence[Ask]:
        """The asks of the printing now, in each condition and asset."""

    def listed_conditions(self) -> AsyncIterator[ListedCondition]:
        """The conditions of every active listing, in one snapshot."""


class MarketTransaction(SalesTransaction, Protocol):
    """The transaction of the use cases of the market."""

    @property
    def users(self) -> UserRepository: ...

    @property
    def cards(self) -> CardRepository: ...

    @property
    def listings(self) -> ListingRepository: ...

    @property
    def market_reader(self) -> MarketReader: ...
