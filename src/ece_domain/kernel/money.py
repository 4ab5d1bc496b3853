"""Money as whole minor units of one asset; never a float, never a mix of assets."""

import re
from collections.abc import Sequence

from attrs import define, field, frozen

from .errors import InvalidInput

MAX_AMOUNT = 10**15
"""The most minor units of one price, deposit or transfer."""

PPM = 1_000_000
ASSET_PATTERN = r"([A-Z][A-Z0-9]{1,15})/([0-9]|1[0-8])"
"""The text of an asset: its code and its scale."""

_ASSET = re.compile(ASSET_PATTERN)


@define(slots=False)
class InvalidAsset(InvalidInput):
    """The asset is not valid."""

    code = "kernel.invalid-asset"
    cause = 'An asset is a code and a scale, such as USD/2. This one is "{given}".'

    given: str


@define(slots=False)
class AssetMismatch(InvalidInput):
    """Two amounts have different assets."""

    code = "kernel.asset-mismatch"
    cause = "Both must be in {expected}, and one of them is in {given}."

    expected: str
    given: str


@frozen(order=False)
class Asset:
    """A unit of account and its scale: ``Asset("USD", 2)`` counts cents, as text ``USD/2``."""

    code: str
    scale: int

    def __attrs_post_init__(self) -> None:
        if not _ASSET.fullmatch(f"{self.code}/{self.scale}"):
            raise InvalidAsset(given=f"{self.code}/{self.scale}")

    def __str__(self) -> str:
        return f"{self.code}/{self.scale}"

    @classmethod
    def parse(cls, text: str) -> "Asset":
        """:raises InvalidAsset: unless the text is a code of 2 to 16 characters, ``/``, 0 to 18."""
        match = _ASSET.fullmatch(text)
        if match is None:
            raise InvalidAsset(given=text[:64])
        return cls(match[1], int(match[2]))


USD = Asset("USD", 2)


@frozen(order=False)
class Money:
    """A whole number of minor units of one asset."""

    amount: int
    asset: Asset

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount + other.amount, self.asset)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount - other.amount, self.asset)

    def __lt__(self, other: "Money") -> bool:
        self._same(other)
        return self.amount < other.amount

    def __le__(self, other: "Money") -> bool:
        self._same(other)
        return self.amount <= other.amount

    def __str__(self) -> str:
        return f"{self.amount} {self.asset}"

    def _same(self, other: "Money") -> None:
        # Identity first: it is usually the same object, and the check is faster.
        if self.asset is not other.asset and self.asset != other.asset:
            raise AssetMismatch(expected=str(self.asset), given=str(other.asset))

    def within(self, lowest: int, highest: int = MAX_AMOUNT) -> "Money":
        """This amount, if it is within the bounds.

        :raises AmountOutOfBounds: unless ``lowest <= amount <= highest``.
        """
        if not lowest <= self.amount <= highest:
            raise AmountOutOfBounds(
                amount=self,
                min_amount=Money(lowest, self.asset),
                max_amount=Money(highest, self.asset),
            )
        return self

    def split(self, weights: Sequence[int]) -> tuple["Money", ...]:
        """Divide by weight with the largest-remainder method: the parts sum to the whole.

        Each part is within one minor unit of its exact share; ties go to the earlier weight.

        :raises InvalidWeights: if a weight is negative or all of them are zero.
        """
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise InvalidWeights
        shares = [divmod(self.amount * weight, total) for weight in weights]
        left_over = self.amount - sum(quotient for quotient, _ in shares)
        by_remainder = sorted(range(len(shares)), key=lambda index: (-shares[index][1], index))
        favored = set(by_remainder[:left_over])
        return tuple(
            Money(quotient + (index in favored), self.asset)
            for index, (quotient, _) in enumerate(shares)
        )


@define(slots=False)
class AmountOutOfBounds(InvalidInput):
    """The amount is out of bounds."""

    code = "kernel.amount-out-of-bounds"
    cause = "The amount is {amount} and must be from {min_amount} to {max_amount}, in minor units."

    amount: Money
    min_amount: Money
    max_amount: Money


@define(slots=False)
class InvalidWeights(InvalidInput):
    """The weights are not valid."""

    code = "kernel.invalid-weights"
    cause = "A weight must not be negative, and one of them must be more than zero."


@define(slots=False)
class RateOutOfBounds(InvalidInput):
    """The rate is out of bounds."""

    code = "kernel.rate-out-of-bounds"
    cause = "The rate is {ppm} and must be from 0 to 1000000, in parts per million."

    ppm: int


@frozen(order=True)
class Rate:
    """A share in parts per million: ``Rate(95_000)`` is 9.5 %.

    :raises RateOutOfBounds: unless it is from 0 to a million.
    """

    ppm: int = field()

    def __attrs_post_init__(self) -> None:
        if not 0 <= self.ppm <= PPM:
            raise RateOutOfBounds(ppm=self.ppm)

    def of(self, whole: Money) -> Money:
        """This share of a non-negative amount, rounded half up to a whole minor unit."""
        return Money((whole.amount * self.ppm + PPM // 2) // PPM, whole.asset)

    def __str__(self) -> str:
        whole, fraction = divmod(self.ppm, PPM // 100)
        return f"{whole}.{fraction:04d}".rstrip("0").rstrip(".") + " %"
