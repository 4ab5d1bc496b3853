from dependency_injector import containers, providers

from ece_adapters.storage.store_transaction import StoreTransaction
from ece_domain import market, sales
from ece_domain.kernel import Begin, Clock, NewId

from .typed_providers import given, needed, single


class MarketContainer(containers.DeclarativeContainer):
    begin: Begin[StoreTransaction] = needed()
    begin_public_read: Begin[StoreTransaction] = needed()
    clock: Clock = needed()
    new_id: NewId = needed()
    fees = providers.Object(sales.CURRENT_FEES)

    create_listing = single(
        market.CreateListing, begin=begin, clock=clock, new_id=new_id, fees=given(fees)
    )
    change_listing_price = single(
        market.ChangeListingPrice, begin=begin, clock=clock, fees=given(fees)
    )
    cancel_listing = single(market.CancelListing, begin=begin, clock=clock, new_id=new_id)
    take_down_listing = single(market.TakeDownListing, begin=begin, clock=clock, new_id=new_id)
    expire_listings = single(market.ExpireListings, begin=begin, clock=clock, new_id=new_id)
    buy_listing = single(
        market.BuyListing, begin=begin, clock=clock, new_id=new_id, fees=given(fees)
    )
    get_listing = single(market.GetListing, begin=begin, clock=clock)
    search_listings = single(market.SearchListings, begin=begin_public_read, clock=clock)
    get_listing_facets = single(market.GetListingFacets, begin=begin_public_read, clock=clock)
    list_my_listings = single(market.ListMyListings, begin=begin, clock=clock)
    get_price_guide = single(market.GetPriceGuide, begin=begin_public_read, clock=clock)
