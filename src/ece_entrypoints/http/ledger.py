"""Wallets, and money that moves or is set aside on its own."""

from typing import Annotated, TypeAlias
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from ece_domain import identity, kernel, ledger
from ece_domain.identity import Role, UserId
from ece_domain.kernel import Asset
from ece_domain.ledger import HoldId, SettlementId

from .auth import Caller, only, signed_in
from .idempotency import Key, answered
from .ledger_views import (
    AccountBody,
    CaptureBody,
    DepositBody,
    HoldBody,
    HoldsPage,
    HoldView,
    SettlementView,
    StatementLineView,
    StatementPage,
    TransferBody,
    WalletView,
    WithdrawalBody,
    hold_view,
)
from .pages import Paging
from .problems import problems
from .views import UseCase, view

_TAGS = ["Ledger"]

AssetQuery: TypeAlias = Annotated[
    str,
    QueryParameter(
        pattern=r"^[A-Z][A-Z0-9]{1,15}/([0-9]|1[0-8])$",
        description="Which account: its asset, such as ``USD/2``.",
    ),
]
for_operators = only(Role.ADMIN, Role.SERVICE)


@get(
    "/wallets/me",
    opt=signed_in,
    operation_id="getOwnWallet",
    summary="See what you have, what is held and why, and what is available",
    tags=_TAGS,
)
async def get_own_wallet(caller: Caller, read_wallet: UseCase[ledger.ReadWallet]) -> WalletView:
    return await _wallet(caller.user_id, caller, read_wallet)


@get(
    "/wallets/{user_id:uuid}",
    opt=signed_in,
    operation_id="getWallet",
    summary="See a user's wallet: for operators, and for its owner",
    tags=_TAGS,
    responses=problems(identity.UserNotFound),
)
async def get_wallet(
    user_id: FromPath[UUID], caller: Caller, read_wallet: UseCase[ledger.ReadWallet]
) -> WalletView:
    return await _wallet(UserId(user_id), caller, read_wallet)


@post(
    "/wallets/me/accounts",
    opt=signed_in,
    status_code=200,
    operation_id="openAccount",
    summary="Show an account in your wallet before anything came in; does no harm twice",
    tags=_TAGS,
    responses=problems(ledger.AssetNotAccepted),
)
async def open_account(
    data: JSONBody[AccountBody], caller: Caller, open_wallet: UseCase[ledger.OpenWallet]
) -> WalletView:
    wallet = await open_wallet(owner=caller.user_id, asset=Asset.parse(data.asset))
    return view(wallet, WalletView)


@get(
    "/wallets/me/statement",
    opt=signed_in,
    operation_id="getOwnStatement",
    summary="Read the lines of one of your accounts, newest first",
    tags=_TAGS,
)
async def get_own_statement(
    asset: AssetQuery,
    caller: Caller,
    paging: Paging,
    read_statement: UseCase[ledger.ReadStatement],
) -> Response[StatementPage]:
    return await _statement(caller.user_id, asset, caller, paging, read_statement)


@get(
    "/wallets/{user_id:uuid}/statement",
    opt=signed_in,
    operation_id="getStatement",
    summary="Read the lines of a user's account: for operators, and for its owner",
    tags=_TAGS,
    responses=problems(identity.UserNotFound),
)
async def get_statement(
    user_id: FromPath[UUID],
    asset: AssetQuery,
    caller: Caller,
    paging: Paging,
    read_statement: UseCase[ledger.ReadStatement],
) -> Response[StatementPage]:
    return await _statement(UserId(user_id), asset, caller, paging, read_statement)


@get(
    "/wallets/me/holds",
    opt=signed_in,
    operation_id="findOwnHolds",
    summary="See what of your money and cards is set aside, for what, and until when",
    tags=_TAGS,
)
async def find_own_holds(
    caller: Caller, paging: Paging, find_open_holds: UseCase[ledger.FindOpenHolds]
) -> Response[HoldsPage]:
    return await _holds(caller.user_id, caller, paging, find_open_holds)


@get(
    "/wallets/{user_id:uuid}/holds",
    opt=signed_in,
    operation_id="findHolds",
    summary="See what of a user's is set aside: for operators, and for its owner",
    tags=_TAGS,
    responses=problems(identity.UserNotFound),
)
async def find_holds(
    user_id: FromPath[UUID],
    caller: Caller,
    paging: Paging,
    find_open_holds: UseCase[ledger.FindOpenHolds],
) -> Response[HoldsPage]:
    return await _holds(UserId(user_id), caller, paging, find_open_holds)


@post(
    "/deposits",
    opt=for_operators,
    operation_id="deposit",
    summary="Credit a user with money that came in: for operators",
    tags=_TAGS,
    responses=problems(
        kernel.AmountOutOfBounds,
        ledger.AssetNotAccepted,
        identity.UserNotFound,
        ledger.BalanceLimit,
    ),
)
async def deposit(
    data: JSONBody[DepositBody], caller: Caller, key: Key, deposit: UseCase[ledger.Deposit]
) -> Response[SettlementView]:
    return _settled(
        await deposit(to=UserId(data.to), money=data.money.to_domain(), by=caller.user_id, key=key)
    )


@post(
    "/withdrawals",
    opt=for_operators,
    operation_id="withdraw",
    summary="Debit a user with money that was paid out: for operators",
    tags=_TAGS,
    responses=problems(kernel.AmountOutOfBounds, ledger.InsufficientFunds),
)
async def withdraw(
    data: JSONBody[WithdrawalBody], caller: Caller, key: Key, withdraw: UseCase[ledger.Withdraw]
) -> Response[SettlementView]:
    return _settled(
        await withdraw(
            owner=UserId(data.owner), money=data.money.to_domain(), by=caller.user_id, key=key
        )
    )


@post(
    "/transfers",
    opt=signed_in,
    operation_id="transfer",
    summary="Give another user money of yours",
    tags=_TAGS,
    responses=problems(
        kernel.AmountOutOfBounds,
        ledger.TransferToOneself,
        identity.UserNotFound,
        ledger.InsufficientFunds,
        ledger.BalanceLimit,
    ),
)
async def transfer(
    data: JSONBody[TransferBody], caller: Caller, key: Key, transfer: UseCase[ledger.Transfer]
) -> Response[SettlementView]:
    return _settled(
        await transfer(
            giver=caller.user_id, taker=UserId(data.to), money=data.money.to_domain(), key=key
        )
    )


@get(
    "/settlements/{settlement_id:uuid}",
    opt=signed_in,
    operation_id="getSettlement",
    summary="Read the receipt of a settlement that you had a part in",
    tags=_TAGS,
    responses=problems(ledger.SettlementNotFound),
)
async def get_settlement(
    settlement_id: FromPath[UUID], caller: Caller, read_receipt: UseCase[ledger.ReadReceipt]
) -> SettlementView:
    settled = await read_receipt(
        settlement_id=SettlementId(settlement_id), reader=caller.user_id, role=caller.role
    )
    return view(settled, SettlementView)


@post(
    "/holds",
    opt=for_operators,
    operation_id="placeHold",
    summary="Set aside a part of a user's balance: for operators",
    tags=_TAGS,
    responses=problems(
        kernel.AmountOutOfBounds, ledger.ExpiryOutOfBounds, ledger.InsufficientFunds
    ),
)
async def place_hold(
    data: JSONBody[HoldBody],
    caller: Caller,
    key: Key,
    place_money_hold: UseCase[ledger.PlaceMoneyHold],
) -> Response[HoldView]:
    answer = await place_money_hold(
        owner=UserId(data.owner),
        money=data.money.to_domain(),
        purpose=data.purpose,
        expires_at=data.expires_at,
        by=caller.user_id,
        key=key,
    )
    return answered(answer, hold_view(answer.value), location=f"/v1/holds/{answer.value.id}")


@get(
    "/holds/{hold_id:uuid}",
    opt=signed_in,
    operation_id="getHold",
    summary="See a hold of yours",
    tags=_TAGS,
    responses=problems(ledger.HoldNotFound),
)
async def get_hold(
    hold_id: FromPath[UUID], caller: Caller, read_hold: UseCase[ledger.ReadHold]
) -> HoldView:
    hold = await read_hold(hold_id=HoldId(hold_id), reader=caller.user_id, role=caller.role)
    return hold_view(hold)


@post(
    "/holds/{hold_id:uuid}/captures",
    opt=for_operators,
    operation_id="captureHold",
    summary="Take held money, all or a part: for operators",
    tags=_TAGS,
    responses=problems(
        kernel.AmountOutOfBounds,
        kernel.AssetMismatch,
        ledger.TransferToOneself,
        ledger.HoldNotFound,
        identity.UserNotFound,
        ledger.HoldNotOpen,
        ledger.HoldExpired,
        ledger.HoldExceeded,
        ledger.BalanceLimit,
    ),
)
async def capture_hold(
    hold_id: FromPath[UUID],
    data: JSONBody[CaptureBody],
    caller: Caller,
    key: Key,
    capture_money_hold: UseCase[ledger.CaptureMoneyHold],
) -> Response[SettlementView]:
    return _settled(
        await capture_money_hold(
            hold_id=HoldId(hold_id),
            money=data.money.to_domain(),
            taker=None if data.to is None else UserId(data.to),
            by=caller.user_id,
            key=key,
        )
    )


@post(
    "/holds/{hold_id:uuid}/releases",
    opt=for_operators,
    operation_id="releaseHold",
    summary="Give back all that is left of held money: for operators",
    tags=_TAGS,
    responses=problems(ledger.HoldNotFound, ledger.HoldNotOpen),
)
async def release_hold(
    hold_id: FromPath[UUID],
    caller: Caller,
    key: Key,
    release_money_hold: UseCase[ledger.ReleaseMoneyHold],
) -> Response[HoldView]:
    answer = await release_money_hold(hold_id=HoldId(hold_id), by=caller.user_id, key=key)
    return answered(answer, hold_view(answer.value))


async def _wallet(
    owner: UserId, caller: Caller, read_wallet: UseCase[ledger.ReadWallet]
) -> WalletView:
    wallet = await read_wallet(owner=owner, reader=caller.user_id, role=caller.role)
    return view(wallet, WalletView)


async def _statement(
    owner: UserId,
    asset: str,
    caller: Caller,
    paging: Paging,
    read_statement: UseCase[ledger.ReadStatement],
) -> Response[StatementPage]:
    found = await read_statement(
        owner=owner,
        asset=Asset.parse(asset),
        page=paging.request,
        reader=caller.user_id,
        role=caller.role,
    )
    return paging.answer(StatementPage, found, StatementLineView)


async def _holds(
    owner: UserId, caller: Caller, paging: Paging, find_open_holds: UseCase[ledger.FindOpenHolds]
) -> Response[HoldsPage]:
    found = await find_open_holds(
        owner=owner, page=paging.request, reader=caller.user_id, role=caller.role
    )
    return paging.answer(HoldsPage, found, hold_view)


def _settled(answer: kernel.Answer[ledger.Settled]) -> Response[SettlementView]:
    return answered(
        answer,
        view(answer.value, SettlementView),
        location=f"/v1/settlements/{answer.value.id}",
    )


routes: list[ControllerRouterHandler] = [
    get_own_wallet,
    get_wallet,
    open_account,
    get_own_statement,
    get_statement,
    find_own_holds,
    find_holds,
    deposit,
    withdraw,
    transfer,
    get_settlement,
    place_hold,
    get_hold,
    capture_hold,
    release_hold,
]
