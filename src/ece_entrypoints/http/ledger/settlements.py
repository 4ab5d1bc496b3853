"""Receipts of settlements."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from msgspec import Meta, Struct, field

from ece_domain import ledger
from ece_domain.kernel import IdempotentResult
from ece_domain.ledger import AccountKind, SettlementId
from ece_entrypoints.http.platform.auth import Caller, signed_in
from ece_entrypoints.http.platform.idempotency import answered
from ece_entrypoints.http.platform.money import Money
from ece_entrypoints.http.platform.views import UseCase, view


class LedgerAccount(Struct, frozen=True, kw_only=True):
    """An account of the ledger."""

    kind: AccountKind
    owner: Annotated[str, Meta(description="A user's id, a platform role, or ``external``.")]


class SettlementEntry(Struct, frozen=True, kw_only=True):
    """The change of one account by a settlement."""

    account: LedgerAccount
    money: Money
    money_after: Annotated[
        Money | None,
        Meta(description="The balance; null where it is not kept."),
    ] = field(name="balance_after")


class CardTransfer(Struct, frozen=True, kw_only=True):
    """A change of a card's owner."""

    card_id: UUID
    from_owner_id: UUID
    to_owner_id: UUID


class Settlement(Struct, frozen=True, kw_only=True):
    """The receipt of a settlement: the changes of your money and cards; operators see all."""

    id: UUID
    purpose: str
    settled_at: datetime
    entries: tuple[SettlementEntry, ...]
    card_transfers: tuple[CardTransfer, ...]


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
) -> Settlement:
    settled = await get_settlement_receipt(
        settlement_id=SettlementId(settlement_id), actor=caller.actor
    )
    return view(settled, Settlement)


def settled(result: IdempotentResult[ledger.SettlementReceipt]) -> Response[Settlement]:
    """The response to a keyed request that settles: the receipt and its URL."""
    location = f"/v1/settlements/{result.value.id}"
    return answered(result, view(result.value, Settlement), location=location)


routes: list[ControllerRouterHandler] = [get_settlement]
