"""Receipts of settlements."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from msgspec import Meta, Struct

from ece_domain import ledger
from ece_domain.kernel import IdempotentResult
from ece_domain.ledger import AccountKind, SettlementId
from ece_entrypoints.http.platform.auth import Caller, signed_in
from ece_entrypoints.http.platform.idempotency import answered
from ece_entrypoints.http.platform.money import MoneyOut
from ece_entrypoints.http.platform.views import UseCase, view


class AccountNameView(Struct, frozen=True, kw_only=True):
    """An account of the ledger."""

    kind: AccountKind
    owner: Annotated[str, Meta(description="A user's id, a platform role, or ``external``.")]


class EntryView(Struct, frozen=True, kw_only=True):
    """What a settlement changed one account by."""

    account: AccountNameView
    money: MoneyOut
    balance_after: Annotated[
        int | None, Meta(description="Minor units. Null where it is not kept, or not yours to see.")
    ]


class CardTransferView(Struct, frozen=True, kw_only=True):
    """A card that changed hands."""

    card_id: UUID
    from_owner_id: UUID
    to_owner_id: UUID


class SettlementView(Struct, frozen=True, kw_only=True):
    """A receipt: all that changed hands at once."""

    id: UUID
    purpose: str
    settled_at: datetime
    entries: tuple[EntryView, ...]
    card_transfers: tuple[CardTransferView, ...]


@get(
    "/settlements/{settlement_id:uuid}",
    opt=signed_in,
    operation_id="getSettlement",
    summary="Read the receipt of a settlement that you had a part in",
    tags=["Ledger"],
)
async def get_settlement(
    settlement_id: FromPath[UUID],
    caller: Caller,
    get_settlement_receipt: UseCase[ledger.GetSettlementReceipt],
) -> SettlementView:
    settled = await get_settlement_receipt(
        settlement_id=SettlementId(settlement_id), actor=caller.actor
    )
    return view(settled, SettlementView)


def settled(result: IdempotentResult[ledger.SettlementReceipt]) -> Response[SettlementView]:
    """The result to a keyed request that settles: its receipt, and where it can be read again."""
    location = f"/v1/settlements/{result.value.id}"
    return answered(result, view(result.value, SettlementView), location=location)


routes: list[ControllerRouterHandler] = [get_settlement]
