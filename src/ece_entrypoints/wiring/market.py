from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from dependency_injector import containers, providers

from ece_domain import market, sales


class MarketContainer(containers.DeclarativeContainer):
    begin: providers.Dependency[Any] = providers.Dependency()
    begin_public_read: providers.Dependency[Any] = providers.Dependency()
    clock: providers.Dependency[Callable[[], datetime]] = providers.Dependency()
    new_id: providers.Dependency[Callable[[], UUID]] = providers.Dependency()
    fees: providers.Object[sales.FeeSchedule] = providers.Object(sales.CURRENT_FEES)

    create_listing = providers.Singleton(
        market.CreateListing, begin=begin, clock=clock, new_id=new_id, fees=fees
    )
    change_listing_price = providers.Singleton(
        market.ChangeListingPrice, begin=begin, clock=clock, fees=fees
    )
    cancel_listing = providers.Singleton(
        market.CancelListing, begin=begin, clock=clock, new_id=new_id
    )
    expire_listings = providers.Singleton(
        market.ExpireListings, begin=begin, clock=clock, new_id=new_id
    )
    buy_listing = providers.Singleton(
        market.BuyListing, begin=begin, clock=clock, new_id=new_id, fees=fees
    )
    get_listing = providers.Singleton(market.GetListing, begin=begin, clock=clock)
    search_listings = providers.Singleton(
        market.SearchListings, begin=begin_public_read, clock=clock
    )
    get_listing_facets = providers.Singleton(
        market.GetListingFacets, begin=begin_public_read, clock=clock
    )
    list_my_listings = providers.Singleton(market.ListMyListings, begin=begin, clock=clock)
    get_price_guide = providers.Singleton(
        market.GetPriceGuide, begin=begin_public_read, clock=clock
    )
