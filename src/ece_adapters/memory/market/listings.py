from collections.abc import Collection, Sequence
from datetime import datetime

from attrs import define

from ece_adapters.memory.cards.cards import with_ownership
from ece_adapters.memory.cards.tables import CardsTables
from ece_adapters.memory.engine.unit_of_work import UnitOfWork
from ece_adapters.memory.identity.tables import IdentityTables
from ece_adapters.memory.ledger.tables import LedgerTables
from ece_adapters.memory.sales.sales_history import MemorySalesHistory
from ece_domain.cards import CardId, CardNotFound
from ece_domain.market import Listing, ListingId, ListingNotFound, ListingState
from ece_domain.market.storage import ListableCard, PurchaseTerms
from ece_domain.sales import FeeSchedule, Royalty
from ece_domain.sales.storage import TrailingPeriod

from .tables import MarketTables


@define
class MemoryListings:
    _tables: MarketTables
    _cards: CardsTables
    _ledger: LedgerTables
    _identity: IdentityTables
    _sales: MemorySalesHistory
    _unit: UnitOfWork

    async def get(self, listing_id: ListingId) -> Listing:
        listing = self._tables.listings.get(listing_id)
        if listing is None:
            raise ListingNotFound(listing_id=listing_id)
        return listing

    async def get_for_update(self, listing_id: ListingId) -> Listing:
        await self._unit.lock((self._tables.listings.name, str(listing_id)))
        return await self.get(listing_id)

    async def purchase_terms(
        self, listing_id: ListingId, fees: FeeSchedule, now: datetime
    ) -> PurchaseTerms:
        listing = self._tables.listings.get(listing_id)
        printing = listing and self._cards.printings.get(listing.printing_id)
        card_set = printing and self._cards.sets.get(printing.card_set_id)
        if not (listing and card_set):
            raise ListingNotFound(listing_id=listing_id)
        seller = self._identity.users.get(listing.seller_id)
        return PurchaseTerms(
            listing,
            Royalty(card_set.creator_id, card_set.royalty),
            await self._sales.trailing_sales(listing.seller_id, fees, TrailingPeriod.before(now)),
            is_seller_suspended=bool(seller and seller.suspension),
        )

    async def card_to_list(self, card_id: CardId) -> ListableCard:
        card = self._cards.cards.get(card_id)
        if card is None:
            raise CardNotFound(card_id=card_id)
        card_ownership = self._ledger.card_ownerships.get(card_id)
        hold = card_ownership and card_ownership.hold_id
        listing = self._tables.listings.get(hold) if hold else None
        return ListableCard(with_ownership(card, self._ledger), listing)

    async def claim_overdue(
        self, now: datetime, limit: int, without: Collection[ListingId]
    ) -> Sequence[Listing]:
        overdue = (
            listing
            for listing in self._tables.listings
            if listing.state is ListingState.ACTIVE
            and listing.expires_at <= now
            and listing.id not in without
        )
        claimed: list[Listing] = []
        for listing in sorted(overdue, key=lambda listing: (listing.expires_at, listing.id)):
            if len(claimed) == limit:
                break
            if await self._unit.try_lock((self._tables.listings.name, str(listing.id))):
                claimed.append(listing)
        return claimed

    def save(self, listing: Listing) -> None:
        self._unit.save(self._tables.listings, listing.id, listing)
