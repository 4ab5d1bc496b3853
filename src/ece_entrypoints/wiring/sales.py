from typing import Any

from dependency_injector import containers, providers

from ece_domain import sales


class SalesContainer(containers.DeclarativeContainer):
    begin: providers.Dependency[Any] = providers.Dependency()

    list_my_sales = providers.Singleton(sales.ListMySales, begin=begin)
    get_sale = providers.Singleton(sales.GetSale, begin=begin)
