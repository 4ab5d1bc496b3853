"""What users have: their accounts, the lines of each, and what is set aside."""

from datetime import datetime
from typing import Annotated, TypeAlias
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler
from msgspec import Meta, Struct

from ece_domain import kernel, ledger
from ece_domain.identity import UserId
from ece_domain.kernel import Asset
from ece_domain.ledger import HoldPurpose
from ece_entrypoints.http.platform.auth import Caller, signed_in
from ece_entrypoints.http.platform.money import AssetCode, MoneyOut
from ece_entrypoints.http.platform.pagination import Paging
from ece_entrypoints.http.platform.problems import problems
from ece_entrypoints.http.platform.views import Text, UseCase, view

from .holds import HoldView, hold_view
from .settlements import AccountNameView

_TAGS = ["Ledger"]

AssetQuery: TypeAlias = Annotated[
    str,
    QueryParameter(
        pattern=r"^[A-Z][A-Z0-9]{1,15}/([0-9]|1[0-8])$",
        description="Which account: its asset, such as ``USD/2``.",
    ),
]


class AccountBody(Struct, frozen=True, forbid_unknown_fields=True):
    """The asset that the account is for."""

    asset: AssetCode


class HeldForView(Struct, frozen=True, kw_only=True):
    """A part of a balance that is set aside."""

    purpose: HoldPurpose
    amount: MoneyOut


class WalletAccountView(Struct, frozen=True, kw_only=True):
    """What a user has of one asset."""

    asset: Text
    balance: MoneyOut
    held: MoneyOut
    held_totals: tuple[HeldForView, ...]
    available: MoneyOut


class WalletView(Struct, frozen=True, kw_only=True):
    """All accounts of a user, by asset."""

    owner_id: UUID
    accounts: tuple[WalletAccountView, ...]


class StatementLineView(Struct, frozen=True, kw_only=True):
    """What one settlement changed, and what the account held after it."""

    settlement_id: UUID
    purpose: str
    settled_at: datetime
    change: MoneyOut
    balance_after: MoneyOut
    counterparty: Annotated[
        AccountNameView | None, Meta(description="Where money moved between two and no more.")
    ]


class StatementPage(Struct, frozen=True):
    """A part of a statement, newest first."""

    data: tuple[StatementLineView, ...]
    next: str | None


class HoldsPage(Struct, frozen=True):
    """A part of the open holds, newest first."""

    data: tuple[HoldView, ...]
    next: str | None


@get(
    "/wallets/me",
    opt=signed_in,
    operation_id="getOwnWallet",
    summary="See what you have, what is held and why, and what is available",
    tags=_TAGS,
)
async def get_own_wallet(caller: Caller, get_wallet: UseCase[ledger.GetWallet]) -> WalletView:
    return await _wallet(caller.user_id, caller, get_wallet)


@get(
    "/wallets/{user_id:uuid}",
    opt=signed_in,
    operation_id="getWallet",
    summary="See a user's wallet: for operators, and for its owner",
    tags=_TAGS,
)
async def get_wallet(
    user_id: FromPath[UUID], caller: Caller, get_wallet: UseCase[ledger.GetWallet]
) -> WalletView:
    return await _wallet(UserId(user_id), caller, get_wallet)


@post(
    "/wallets/me/accounts",
    opt=signed_in,
    status_code=200,
    operation_id="openAccount",
    summary="Show an account in your wallet before anything came in; does no harm twice",
    tags=_TAGS,
    responses=problems(kernel.InvalidAsset),
)
async def open_account(
    data: JSONBody[AccountBody], caller: Caller, open_wallet: UseCase[ledger.OpenWallet]
) -> WalletView:
    wallet = await open_wallet(owner_id=caller.user_id, asset=Asset.parse(data.asset))
    return view(wallet, WalletView)


@get(
    "/wallets/me/statement",
    opt=signed_in,
    operation_id="getOwnStatement",
    summary="Read the lines of one of your accounts, newest first",
    tags=_TAGS,
    responses=problems(kernel.InvalidAsset),
)
async def get_own_statement(
    asset: AssetQuery,
    caller: Caller,
    paging: Paging,
    list_statement_lines: UseCase[ledger.ListStatementLines],
) -> Response[StatementPage]:
    return await _statement(caller.user_id, asset, caller, paging, list_statement_lines)


@get(
    "/wallets/{user_id:uuid}/statement",
    opt=signed_in,
    operation_id="getStatement",
    summary="Read the lines of a user's account: for operators, and for its owner",
    tags=_TAGS,
    responses=problems(kernel.InvalidAsset),
)
async def get_statement(
    user_id: FromPath[UUID],
    asset: AssetQuery,
    caller: Caller,
    paging: Paging,
    list_statement_lines: UseCase[ledger.ListStatementLines],
) -> Response[StatementPage]:
    return await _statement(UserId(user_id), asset, caller, paging, list_statement_lines)


@get(
    "/wallets/me/holds",
    opt=signed_in,
    operation_id="findOwnHolds",
    summary="See what of your money and cards is set aside, for what, and until when",
    tags=_TAGS,
)
async def find_own_holds(
    caller: Caller, paging: Paging, list_open_holds: UseCase[ledger.ListOpenHolds]
) -> Response[HoldsPage]:
    return await _holds(caller.user_id, caller, paging, list_open_holds)


@get(
    "/wallets/{user_id:uuid}/holds",
    opt=signed_in,
    operation_id="findHolds",
    summary="See what of a user's is set aside: for operators, and for its owner",
    tags=_TAGS,
)
async def find_holds(
    user_id: FromPath[UUID],
    caller: Caller,
    paging: Paging,
    list_open_holds: UseCase[ledger.ListOpenHolds],
) -> Response[HoldsPage]:
    return await _holds(UserId(user_id), caller, paging, list_open_holds)


async def _wallet(
    owner_id: UserId, caller: Caller, get_wallet: UseCase[ledger.GetWallet]
) -> WalletView:
    wallet = await get_wallet(owner_id=owner_id, actor=caller.actor)
    return view(wallet, WalletView)


async def _statement(
    owner_id: UserId,
    asset: str,
    caller: Caller,
    paging: Paging,
    list_statement_lines: UseCase[ledger.ListStatementLines],
) -> Response[StatementPage]:
    found = await list_statement_lines(
        owner_id=owner_id,
        asset=Asset.parse(asset),
        page=paging.request,
        actor=caller.actor,
    )
    return paging.answer(StatementPage, found, StatementLineView)


async def _holds(
    owner_id: UserId, caller: Caller, paging: Paging, list_open_holds: UseCase[ledger.ListOpenHolds]
) -> Response[HoldsPage]:
    found = await list_open_holds(owner_id=owner_id, page=paging.request, actor=caller.actor)
    return paging.answer(HoldsPage, found, hold_view)


routes: list[ControllerRouterHandler] = [
    get_own_wallet,
    get_wallet,
    open_account,
    get_own_statement,
    get_statement,
    find_own_holds,
    find_holds,
]
