"""All routes of the market."""

from litestar.types import ControllerRouterHandler

from . import listings, offers, price_guide

routes: list[ControllerRouterHandler] = [
    *offers.routes,
    *listings.routes,
    *price_guide.routes,
]
