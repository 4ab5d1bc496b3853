"""A demo exchange: Genesis, its collectors, and some weeks of trade among them."""

from .fill import fill
from .offer import Offer, keep_an_offer
from .people import NEWCOMER, PASSWORD, PEOPLE

__all__ = ["NEWCOMER", "PASSWORD", "PEOPLE", "Offer", "fill", "keep_an_offer"]
