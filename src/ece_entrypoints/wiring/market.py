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

    list_card = providers.Singleton(
        market.ListCard, begin=begin, clock=clock, new_id=new_id, fees=fees
    )
    reprice_listing = providers.Singleton(
        market.RepriceListing, begin=begin, clock=clock, fees=fees
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
    show_listing = providers.Singleton(market.ShowListing, begin=begin, clock=clock)
    browse_listings = providers.Singleton(
        market.BrowseListings, begin=begin_public_read, clock=clock
    )
    count_listings = providers.Singleton(market.CountListings, begin=begin_public_read, clock=clock)
    own_listings = providers.Singleton(market.OwnListings, begin=begin, clock=clock)
    get_price_guide = providers.Singleton(
        market.GetPriceGuide, begin=begin_public_read, clock=clock
    )
