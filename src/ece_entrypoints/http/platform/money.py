"""Money on the wire: ``{"amount": 1250, "asset": "USD/2"}``."""

from typing import Annotated, Final

from litestar.params import QueryParameter
from msgspec import Meta, Struct

from ece_domain.kernel import Asset
from ece_domain.kernel import Money as DomainMoney

from .views import AssetText

_INT64: Final = 2**63

ASSET_PATTERN: Final = AssetText.pattern.pattern

AssetCode = Annotated[
    str,
    Meta(
        pattern=ASSET_PATTERN,
        description="What is counted, and how finely: a code and the number of decimal places.",
        examples=["USD/2"],
    ),
]
AssetQuery = Annotated[
    str,
    QueryParameter(pattern=ASSET_PATTERN, description="The asset, such as ``USD/2``."),
]


Amount = Annotated[
    int,
    Meta(
        ge=-_INT64,
        le=_INT64 - 1,
        description="Minor units, such as cents. What is sent must be from 1 to 10^15.",
        examples=[1250],
    ),
]


class Money(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole number of minor units of one asset; negative where money left an account."""

    amount: Amount
    asset: Annotated[
        AssetText,
        Meta(
            description="What is counted, and how finely: a code and the number of decimal places.",
            examples=["USD/2"],
        ),
    ]

    def to_domain(self) -> DomainMoney:
        return DomainMoney(self.amount, Asset.parse(self.asset))
