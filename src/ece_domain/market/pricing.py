"""The price of a listing at any moment."""

from datetime import datetime, timedelta
from typing import Any, TypeVar

from attrs import evolve, fields, frozen

from ece_domain.kernel import UNSET, Asset, Money, Term, Unset, changes_in

from .errors import InvalidPriceDecline

MIN_PRICE = 1
_MICROSECOND = timedelta(microseconds=1)
T = TypeVar("T", Money, "PriceDecline")


@frozen
class PriceDecline:
    """The floor of a declining price, and the moments between which it declines."""

    floor: Money
    starts_at: datetime
    ends_at: datetime


@frozen
class Pricing:
    """A fixed price, or one that declines in a straight line from ``price`` to a floor.

    :raises AmountOutOfBounds: unless the price and the floor are 1 to 10^15 minor units.
    :raises AssetMismatch: if the floor is in another asset than the price.
    :raises InvalidPriceDecline: unless the floor is below the price and the end after the start.
    """

    price: Money
    decline: PriceDecline | None = None

    def __attrs_post_init__(self) -> None:
        self.price.within(MIN_PRICE)
        if self.decline is not None:
            self.decline.floor.within(MIN_PRICE)
            if not (
                self.decline.floor < self.price and self.decline.starts_at < self.decline.ends_at
            ):
                raise InvalidPriceDecline

    @property
    def terms(self) -> Term:
        """All its values, for the fingerprint of a request."""
        if self.decline is None:
            return (self.price, None)
        return (self.price, (self.decline.floor, self.decline.starts_at, self.decline.ends_at))

    def at(self, moment: datetime) -> Money:
        """The price at the moment: linear in time, rounded up to a whole minor unit."""
        if self.decline is None or moment <= self.decline.starts_at:
            return self.price
        if moment >= self.decline.ends_at:
            return self.decline.floor
        gone = (moment - self.decline.starts_at) // _MICROSECOND
        left = (self.decline.ends_at - moment) // _MICROSECOND
        weighted = self.price.amount * left + self.decline.floor.amount * gone
        return Money(-(-weighted // (left + gone)), self.price.asset)


@frozen
class MoneyChange:
    """Changes of an amount of money. ``UNSET`` fields keep their value."""

    amount: int | Unset = UNSET
    asset: Asset | Unset = UNSET

    def applied_to(self, money: Money | None) -> Money:
        """:raises InvalidPriceDecline: if it is a new floor and a part is missing."""
        return _merged(Money, money, changes_in(self))


@frozen
class PriceDeclineChange:
    """Changes of a decline. ``UNSET`` fields keep their value."""

    floor: MoneyChange | Unset = UNSET
    starts_at: datetime | Unset = UNSET
    ends_at: datetime | Unset = UNSET

    def applied_to(self, decline: PriceDecline | None) -> PriceDecline:
        """:raises InvalidPriceDecline: if there was none and a part is missing."""
        given = changes_in(self)
        if isinstance(self.floor, MoneyChange):
            given["floor"] = self.floor.applied_to(None if decline is None else decline.floor)
        return _merged(PriceDecline, decline, given)


@frozen
class PriceChange:
    """Changes of a pricing. ``UNSET`` fields keep their value."""

    price: Money | MoneyChange | Unset = UNSET
    decline: PriceDecline | PriceDeclineChange | Unset | None = UNSET
    """None removes the decline: the price is fixed from then on."""

    @classmethod
    def to(cls, pricing: Pricing) -> "PriceChange":
        """A change of all fields."""
        return cls(pricing.price, pricing.decline)

    def applied_to(self, pricing: Pricing) -> Pricing:
        """The pricing after the change.

        :raises AmountOutOfBounds: unless the price and the floor are 1 to 10^15 minor units.
        :raises AssetMismatch: if the floor is in another asset than the price.
        :raises InvalidPriceDecline: unless the floor is below the price and the end after the
            start; also if a new price is not above the existing floor, or a part of a new
            decline is missing.
        """
        given = changes_in(self)
        if isinstance(self.price, MoneyChange):
            given["price"] = self.price.applied_to(pricing.price)
        if isinstance(self.decline, PriceDeclineChange):
            given["decline"] = self.decline.applied_to(pricing.decline)
        return evolve(pricing, **given)


def _merged(kind: type[T], before: T | None, given: dict[str, Any]) -> T:
    if before is not None:
        return evolve(before, **given)
    if len(given) < len(fields(kind)):
        raise InvalidPriceDecline
    return kind(**given)
