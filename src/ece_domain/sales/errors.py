"""What is refused of any sale, whichever way it came about."""

from uuid import UUID

from attrs import define

from ece_domain.kernel import InvalidInput, NotFound


@define(slots=False)
class SaleNotFound(NotFound):
    """There is no such sale, or you took no part in it."""

    code = "sales.sale-not-found"
    sale_id: UUID


@define(slots=False)
class AssetNotAccepted(InvalidInput):
    """Nothing is sold for this asset here."""

    code = "sales.asset-not-accepted"
    asset: str
