"""The errors of sales, for every kind of origin."""

from uuid import UUID

from attrs import define

from ece_domain.kernel import InvalidInput, NotFound


@define(slots=False)
class SaleNotFound(NotFound):
    """The sale does not exist."""

    code = "sales.sale-not-found"
    cause = "No sale has the id {sale_id}, or you were not part of it."

    sale_id: UUID


@define(slots=False)
class AssetNotAccepted(InvalidInput):
    """Cards are not sold for this asset."""

    code = "sales.asset-not-accepted"
    cause = "The fee schedule has no fees for {asset}."
    hint = "Name the price in an asset that cards are sold for, such as USD/2."

    asset: str
