from typing import Any

from dependency_injector import containers, providers

from ece_domain import sales


class SalesContainer(containers.DeclarativeContainer):
    begin: providers.Dependency[Any] = providers.Dependency()

    own_trades = providers.Singleton(sales.OwnTrades, begin=begin)
    show_sale = providers.Singleton(sales.ShowSale, begin=begin)
