"""Routes of deposits, withdrawals and transfers, and of the audit."""

from typing import Annotated
from uuid import UUID

from litestar import Response, post
from litestar.params import JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import Meta, Struct

from ece_domain import ledger
from ece_domain.identity import OPERATORS, UserId
from ece_entrypoints.http.platform.auth import Caller, only, signed_in
from ece_entrypoints.http.platform.idempotency import Key
from ece_entrypoints.http.platform.money import Money
from ece_entrypoints.http.platform.views import UseCase, view

from . import assets, holds, settlements, wallets
from .settlements import Settlement, settled

_TAGS = ["Ledger"]


class DepositCreate(Struct, frozen=True, forbid_unknown_fields=True):
    """The amount of a deposit, and the user who gets it."""

    destination_id: UUID
    money: Money


class WithdrawalCreate(Struct, frozen=True, forbid_unknown_fields=True):
    """The amount of a withdrawal, and the user who was paid."""

    owner_id: UUID
    money: Money


class TransferCreate(Struct, frozen=True, forbid_unknown_fields=True):
    """The amount of a transfer from your account, and the user who gets it."""

    destination_id: UUID
    money: Money


class Violation(Struct, frozen=True, kw_only=True):
    """A violated invariant: its code, what is wrong, and where."""

    invariant: Annotated[str, Meta(examples=["I2"])]
    what: str
    subject: str


class LedgerAudit(Struct, frozen=True, kw_only=True):
    """The number of checked rows, and all violations."""

    entries: int
    accounts: int
    cards: int
    closings: int
    violations: Annotated[
        tuple[Violation, ...], Meta(description="Empty while the books are sound.")
    ]


@post(
    "/deposits",
    opt=only(*OPERATORS),
    operation_id="deposit",
    summary="Credit a user with money that came in: for operators",
    tags=_TAGS,
)
async def deposit(
    data: JSONBody[DepositCreate], caller: Caller, key: Key, deposit: UseCase[ledger.Deposit]
) -> Response[Settlement]:
    return settled(
        await deposit(
            destination=UserId(data.destination_id),
            money=data.money.to_domain(),
            actor=caller.actor,
            key=key,
        )
    )


@post(
    "/withdrawals",
    opt=only(*OPERATORS),
    operation_id="withdraw",
    summary="Debit a user with money that was paid out: for operators",
    tags=_TAGS,
)
async def withdraw(
    data: JSONBody[WithdrawalCreate], caller: Caller, key: Key, withdraw: UseCase[ledger.Withdraw]
) -> Response[Settlement]:
    return settled(
        await withdraw(
            owner_id=UserId(data.owner_id),
            money=data.money.to_domain(),
            actor=caller.actor,
            key=key,
        )
    )


@post(
    "/transfers",
    opt=signed_in,
    operation_id="transfer",
    summary="Transfer money of yours to another user",
    tags=_TAGS,
)
async def transfer(
    data: JSONBody[TransferCreate], caller: Caller, key: Key, transfer: UseCase[ledger.Transfer]
) -> Response[Settlement]:
    return settled(
        await transfer(
            source=caller.user_id,
            destination=UserId(data.destination_id),
            money=data.money.to_domain(),
            key=key,
        )
    )


@post(
    "/ledger/audit",
    opt=only(*OPERATORS),
    status_code=200,
    operation_id="auditLedger",
    summary="Hold the whole ledger to its invariants, and name every violation: for operators",
    tags=_TAGS,
)
async def check_books(caller: Caller, audit_ledger: UseCase[ledger.AuditLedger]) -> LedgerAudit:
    return view(await audit_ledger(actor=caller.actor), LedgerAudit)


routes: list[ControllerRouterHandler] = [
    *assets.routes,
    *wallets.routes,
    deposit,
    withdraw,
    transfer,
    *settlements.routes,
    *holds.routes,
    check_books,
]
