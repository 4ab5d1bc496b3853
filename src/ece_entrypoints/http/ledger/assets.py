"""The route of the accepted assets."""

from typing import Annotated, Final

from litestar import Response, get
from litestar.types import ControllerRouterHandler
from msgspec import Meta, Struct

from ece_domain import ledger
from ece_domain.kernel import Asset
from ece_entrypoints.http.platform.auth import public
from ece_entrypoints.http.platform.money import AssetCode

_FOR_AN_HOUR: Final = {"Cache-Control": "public, max-age=3600"}


class AcceptedAsset(Struct, frozen=True, kw_only=True):
    """An asset in which the exchange keeps accounts and sells cards."""

    asset: AssetCode
    code: Annotated[str, Meta(description="What is counted.", examples=["USD"])]
    scale: Annotated[
        int,
        Meta(
            ge=0,
            le=18,
            description="The decimal places: with 2, an amount of 1250 is 12.50.",
            examples=[2],
        ),
    ]

    @classmethod
    def of(cls, asset: Asset) -> "AcceptedAsset":
        return cls(asset=str(asset), code=asset.code, scale=asset.scale)


class AcceptedAssets(Struct, frozen=True):
    """All accepted assets, by name. There are few, so that they need no pages."""

    data: tuple[AcceptedAsset, ...]


@get(
    "/assets",
    opt=public,
    operation_id="listAssets",
    summary="See the assets that the exchange accepts",
    tags=["Ledger"],
)
async def list_assets() -> Response[AcceptedAssets]:
    """Amounts in any other asset are refused. The list changes rarely: keep it for an hour."""
    accepted = sorted(ledger.ACCEPTED_ASSETS, key=str)
    return Response(AcceptedAssets(tuple(map(AcceptedAsset.of, accepted))), headers=_FOR_AN_HOUR)


routes: list[ControllerRouterHandler] = [list_assets]
