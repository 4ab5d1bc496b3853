"""Money on the wire: ``{"amount": 1250, "asset": "USD/2"}``."""

from typing import Annotated

from msgspec import Meta, Struct

from ece_domain.kernel import MAX_AMOUNT, Asset, Money

from .views import Text

AssetCode = Annotated[
    str,
    Meta(
        pattern=r"^[A-Z][A-Z0-9]{1,15}/([0-9]|1[0-8])$",
        description="What is counted, and how finely: a code and the number of decimal places.",
        examples=["USD/2"],
    ),
]


class MoneyIn(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole number of minor units of one asset."""

    amount: Annotated[
        int, Meta(ge=0, le=MAX_AMOUNT, description="Minor units, such as cents.", examples=[1250])
    ]
    asset: AssetCode

    def to_domain(self) -> Money:
        """:raises InvalidAsset: if the asset ends with a line break, which its pattern allows."""
        return Money(self.amount, Asset.parse(self.asset))


class MoneyOut(Struct, frozen=True):
    """A whole number of minor units of one asset; negative where money left an account."""

    amount: Annotated[int, Meta(description="Minor units, such as cents.", examples=[1250])]
    asset: Annotated[Text, Meta(description="A code and the number of decimal places.")]
