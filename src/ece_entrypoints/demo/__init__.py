"""A demo exchange: Genesis, its collectors, and some weeks of trade among them."""

from .fill import fill
from .offer import Offer, keep_an_offer
from .people import NEWCOMER, PASSWORD, PEOPLE, with_published_password

__all__ = [
    "NEWCOMER",
    "PASSWORD",
    "PEOPLE",
    "Offer",
    "fill",
    "keep_an_offer",
    "with_published_password",
]
