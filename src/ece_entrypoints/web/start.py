"""The pages for people: what is on offer, and one listing. Plain HTML, which needs no script."""

import hashlib
from pathlib import Path
from typing import Final
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from ece_domain import market
from ece_domain.kernel import Money, PageRequest
from ece_domain.market import ListingFilter, ListingId, ListingSort
from ece_entrypoints.http.platform.auth import public
from ece_entrypoints.http.platform.views import UseCase

_PAGES: Final = Path(__file__).parent / "pages"
_STYLE: Final = (_PAGES / "ece.css").read_bytes()
_STYLE_PATH: Final = f"/assets/ece-{hashlib.sha256(_STYLE).hexdigest()[:16]}.css"
_FOR_A_YEAR: Final = {"Cache-Control": "public, max-age=31536000, immutable"}
_FOR_A_MOMENT: Final = {"Cache-Control": "public, max-age=5"}
_SHOWN: Final = PageRequest(limit=24)


def _in_words(money: Money) -> str:
    """``1,250.00 USD``."""
    whole, parts = divmod(money.amount, 10**money.asset.scale)
    fraction = f".{parts:0{money.asset.scale}}" if money.asset.scale else ""
    return f"{whole:,}{fraction} {money.asset.code}"


_environment = Environment(
    loader=FileSystemLoader(_PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
_environment.filters["money"] = _in_words
_environment.globals["style"] = _STYLE_PATH
_start = _environment.get_template("start.html")
_listing = _environment.get_template("listing.html")


@get("/", opt=public, include_in_schema=False, media_type=MediaType.HTML)
async def start(search_listings: UseCase[market.SearchListings]) -> Response[str]:
    offers = await search_listings(filter=ListingFilter(), sort=ListingSort.NEWEST, page=_SHOWN)
    return Response(_start.render(offers=offers.items), headers=_FOR_A_MOMENT)


@get("/listings/{listing_id:uuid}", opt=public, include_in_schema=False, media_type=MediaType.HTML)
async def listing(
    listing_id: FromPath[UUID], get_listing: UseCase[market.GetListing]
) -> Response[str]:
    offer = await get_listing(listing_id=ListingId(listing_id))
    return Response(_listing.render(offer=offer), headers=_FOR_A_MOMENT)


@get(_STYLE_PATH, opt=public, include_in_schema=False, media_type="text/css")
async def style() -> Response[bytes]:
    return Response(_STYLE, headers=_FOR_A_YEAR)


routes: list[ControllerRouterHandler] = [start, listing, style]
