"""Routes of wallets: accounts, statements and open holds of users."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import Meta, Struct

from ece_domain import ledger
from ece_domain.identity import UserId
from ece_domain.kernel import Asset
from ece_domain.ledger import HoldPurpose
from ece_entrypoints.http.platform.auth import Caller, signed_in
from ece_entrypoints.http.platform.filters import CREATED, Created
from ece_entrypoints.http.platform.money import AssetCode, AssetQuery, Money
from ece_entrypoints.http.platform.pagination import PageBody, Paging
from ece_entrypoints.http.platform.views import Text, UseCase, view

from .holds import Hold, hold_view
from .settlements import LedgerAccount

_TAGS = ["Ledger"]


class WalletAccountCreate(Struct, frozen=True, forbid_unknown_fields=True):
    """The asset of the account."""

    asset: AssetCode


class HeldTotal(Struct, frozen=True, kw_only=True):
    """The part of a balance that is on hold for one purpose."""

    purpose: HoldPurpose
    amount: Money


class WalletAccount(Struct, frozen=True, kw_only=True):
    """A user's account of one asset."""

    asset: Text
    balance: Money
    held: Money
    held_totals: tuple[HeldTotal, ...]
    available: Money


class Wallet(Struct, frozen=True, kw_only=True):
    """All accounts of a user, by asset."""

    owner_id: UUID
    accounts: tuple[WalletAccount, ...]


class StatementLine(Struct, frozen=True, kw_only=True):
    """The change by one settlement, and the balance after it."""

    settlement_id: UUID
    purpose: str
    settled_at: datetime
    change: Money
    balance_after: Money
    counterparty: Annotated[
        LedgerAccount | None, Meta(description="Where money moved between two and no more.")
    ]


class StatementPage(PageBody[StatementLine], frozen=True):
    """A page of a statement, newest first."""


class HoldPage(PageBody[Hold], frozen=True):
    """A page of the open holds, newest first."""


@get(
    "/me/wallet",
    opt=signed_in,
    operation_id="getMyWallet",
    summary="See what you have, what is held and why, and what is available",
    tags=_TAGS,
)
async def get_own_wallet(caller: Caller, get_wallet: UseCase[ledger.GetWallet]) -> Wallet:
    return await _wallet(caller.user_id, caller, get_wallet)


@get(
    "/users/{user_id:uuid}/wallet",
    opt=signed_in,
    operation_id="getWallet",
    summary="See a user's wallet: for operators, and for its owner",
    tags=_TAGS,
)
async def get_wallet(
    user_id: FromPath[UUID], caller: Caller, get_wallet: UseCase[ledger.GetWallet]
) -> Wallet:
    return await _wallet(UserId(user_id), caller, get_wallet)


@post(
    "/me/wallet/accounts",
    opt=signed_in,
    status_code=200,
    operation_id="openWalletAccount",
    summary="Show an account in your wallet before anything came in; does no harm twice",
    tags=_TAGS,
)
async def open_account(
    data: JSONBody[WalletAccountCreate], caller: Caller, open_wallet: UseCase[ledger.OpenWallet]
) -> Wallet:
    wallet = await open_wallet(owner_id=caller.user_id, asset=Asset.parse(data.asset))
    return view(wallet, Wallet)


@get(
    "/me/wallet/statement",
    opt=signed_in,
    operation_id="listMyStatement",
    summary="Read the lines of one of your accounts, newest first",
    tags=_TAGS,
    dependencies=CREATED,
)
async def get_own_statement(
    *,
    asset: AssetQuery,
    caller: Caller,
    paging: Paging,
    created: Created,
    list_statement_lines: UseCase[ledger.ListStatementLines],
) -> Response[StatementPage]:
    return await _statement(
        caller.user_id,
        asset=asset,
        caller=caller,
        paging=paging,
        created=created,
        list_statement_lines=list_statement_lines,
    )


@get(
    "/users/{user_id:uuid}/wallet/statement",
    opt=signed_in,
    operation_id="listStatement",
    summary="Read the lines of a user's account: for operators, and for its owner",
    tags=_TAGS,
    dependencies=CREATED,
)
async def get_statement(
    *,
    user_id: FromPath[UUID],
    asset: AssetQuery,
    caller: Caller,
    paging: Paging,
    created: Created,
    list_statement_lines: UseCase[ledger.ListStatementLines],
) -> Response[StatementPage]:
    return await _statement(
        UserId(user_id),
        asset=asset,
        caller=caller,
        paging=paging,
        created=created,
        list_statement_lines=list_statement_lines,
    )


@get(
    "/me/wallet/holds",
    opt=signed_in,
    operation_id="listMyHolds",
    summary="List the open holds on your money and cards",
    tags=_TAGS,
)
async def list_own_holds(
    caller: Caller, paging: Paging, list_open_holds: UseCase[ledger.ListOpenHolds]
) -> Response[HoldPage]:
    return await _holds(caller.user_id, caller, paging, list_open_holds)


@get(
    "/users/{user_id:uuid}/wallet/holds",
    opt=signed_in,
    operation_id="listHolds",
    summary="List the open holds of a user: for operators, and for the user",
    tags=_TAGS,
)
async def find_holds(
    user_id: FromPath[UUID],
    caller: Caller,
    paging: Paging,
    list_open_holds: UseCase[ledger.ListOpenHolds],
) -> Response[HoldPage]:
    return await _holds(UserId(user_id), caller, paging, list_open_holds)


async def _wallet(
    owner_id: UserId, caller: Caller, get_wallet: UseCase[ledger.GetWallet]
) -> Wallet:
    wallet = await get_wallet(owner_id=owner_id, actor=caller.actor)
    return view(wallet, Wallet)


async def _statement(
    owner_id: UserId,
    *,
    asset: str,
    caller: Caller,
    paging: Paging,
    created: Created,
    list_statement_lines: UseCase[ledger.ListStatementLines],
) -> Response[StatementPage]:
    found = await list_statement_lines(
        owner_id=owner_id,
        asset=Asset.parse(asset),
        settled=created,
        page=paging.request,
        actor=caller.actor,
    )
    return paging.answer(StatementPage, found, StatementLine)


async def _holds(
    owner_id: UserId, caller: Caller, paging: Paging, list_open_holds: UseCase[ledger.ListOpenHolds]
) -> Response[HoldPage]:
    found = await list_open_holds(owner_id=owner_id, page=paging.request, actor=caller.actor)
    return paging.answer(HoldPage, found, hold_view)


routes: list[ControllerRouterHandler] = [
    get_own_wallet,
    get_wallet,
    open_account,
    get_own_statement,
    get_statement,
    list_own_holds,
    find_holds,
]
