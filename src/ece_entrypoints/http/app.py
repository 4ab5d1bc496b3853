"""The HTTP API as one application."""

from litestar import Litestar, Router

from ece_entrypoints.wiring.exchange import Exchange
from ece_entrypoints.wiring.plugin import ExchangePlugin

from . import cards, identity, ledger, market


def create_app(exchange: Exchange) -> Litestar:
    """The API over this exchange. It opens the exchange's database, and closes it at the end."""
    routes = [*identity.routes, *cards.routes, *ledger.routes, *market.routes]
    return Litestar(
        [Router("/v1", route_handlers=routes)],
        plugins=[ExchangePlugin(exchange)],
    )
