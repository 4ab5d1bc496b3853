"""All routes of the market."""

from litestar.types import ControllerRouterHandler

from . import listings, own_listings, price_guide

routes: list[ControllerRouterHandler] = [
    *listings.routes,
    *own_listings.routes,
    *price_guide.routes,
]
