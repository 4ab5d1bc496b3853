"""All routes of the market."""

from litestar.types import ControllerRouterHandler

from . import listings as offers
from . import own_listings as listings
from . import price_guide

routes: list[ControllerRouterHandler] = [
    *offers.routes,
    *listings.routes,
    *price_guide.routes,
]
