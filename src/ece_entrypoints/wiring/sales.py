from dependency_injector import containers

from ece_adapters.storage.store_transaction import StoreTransaction
from ece_domain import sales
from ece_domain.kernel import Begin

from .typed_providers import needed, single


class SalesContainer(containers.DeclarativeContainer):
    begin: Begin[StoreTransaction] = needed()

    list_my_sales = single(sales.ListMySales, begin=begin)
    get_sale = single(sales.GetSale, begin=begin)
