"""Money that is set aside by operators, and holds of every kind to look at."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import Meta, Struct

from ece_domain import ledger
from ece_domain.identity import OPERATORS, UserId
from ece_domain.ledger import HeldMoney, Hold, HoldId, HoldPurpose, HoldState
from ece_entrypoints.http.platform.auth import Caller, only, signed_in
from ece_entrypoints.http.platform.idempotency import Key, answered
from ece_entrypoints.http.platform.json_body import Timestamp
from ece_entrypoints.http.platform.money import MoneyIn, MoneyOut
from ece_entrypoints.http.platform.views import Text, UseCase

from .settlements import SettlementView, settled

_TAGS = ["Ledger"]


class HoldBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Money to set aside, what for, and until when at most."""

    owner_id: UUID
    money: MoneyIn
    purpose: HoldPurpose
    expires_at: Timestamp | None = None


class CaptureBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Held money to take, and who gets it."""

    money: MoneyIn
    destination_id: Annotated[
        UUID | None, Meta(description="Null, said outright: it leaves the exchange.")
    ]


class HoldView(Struct, frozen=True, kw_only=True):
    """Money or a card that is set aside: the one has an amount, the other a card."""

    id: UUID
    owner_id: UUID
    context: Annotated[
        str, Meta(description="Who placed it and alone ends it: ledger (operators), market, ...")
    ]
    deal_id: Annotated[UUID, Meta(description="The deal there: a listing, or the hold itself.")]
    purpose: HoldPurpose
    state: HoldState
    amount: MoneyOut | None
    captured: MoneyOut | None
    remaining: MoneyOut | None
    card_id: UUID | None
    expires_at: datetime | None


@post(
    "/holds",
    opt=only(*OPERATORS),
    operation_id="placeHold",
    summary="Set aside a part of a user's balance: for operators",
    tags=_TAGS,
)
async def place_hold(
    data: JSONBody[HoldBody],
    caller: Caller,
    key: Key,
    place_money_hold: UseCase[ledger.PlaceMoneyHold],
) -> Response[HoldView]:
    result = await place_money_hold(
        owner_id=UserId(data.owner_id),
        money=data.money.to_domain(),
        purpose=data.purpose,
        expires_at=data.expires_at,
        actor=caller.actor,
        key=key,
    )
    return answered(result, hold_view(result.value), location=f"/v1/holds/{result.value.id}")


@get(
    "/holds/{hold_id:uuid}",
    opt=signed_in,
    operation_id="getHold",
    summary="See a hold of yours",
    tags=_TAGS,
)
async def get_hold(
    hold_id: FromPath[UUID], caller: Caller, get_hold: UseCase[ledger.GetHold]
) -> HoldView:
    hold = await get_hold(hold_id=HoldId(hold_id), actor=caller.actor)
    return hold_view(hold)


@post(
    "/holds/{hold_id:uuid}/captures",
    opt=only(*OPERATORS),
    operation_id="captureHold",
    summary="Take money held by operators, all or a part: for operators",
    tags=_TAGS,
)
async def capture_hold(
    hold_id: FromPath[UUID],
    data: JSONBody[CaptureBody],
    caller: Caller,
    key: Key,
    capture_money_hold: UseCase[ledger.CaptureMoneyHold],
) -> Response[SettlementView]:
    return settled(
        await capture_money_hold(
            hold_id=HoldId(hold_id),
            money=data.money.to_domain(),
            destination=None if data.destination_id is None else UserId(data.destination_id),
            actor=caller.actor,
            key=key,
        )
    )


@post(
    "/holds/{hold_id:uuid}/releases",
    opt=only(*OPERATORS),
    operation_id="releaseHold",
    summary="Give back all that is left of money held by operators: for operators",
    tags=_TAGS,
)
async def release_hold(
    hold_id: FromPath[UUID],
    caller: Caller,
    key: Key,
    release_money_hold: UseCase[ledger.ReleaseMoneyHold],
) -> Response[HoldView]:
    result = await release_money_hold(hold_id=HoldId(hold_id), actor=caller.actor, key=key)
    return answered(result, hold_view(result.value))


def hold_view(hold: Hold) -> HoldView:
    """One flat form for money and cards."""
    subject = hold.subject
    amount = captured = remaining = card_id = None
    if isinstance(subject, HeldMoney):
        asset = Text(subject.account.asset)
        amount = MoneyOut(subject.amount, asset)
        captured = MoneyOut(hold.captured, asset)
        remaining = MoneyOut(hold.remaining, asset)
    else:
        card_id = subject.card_id
    return HoldView(
        id=hold.id,
        owner_id=hold.owner_id,
        context=hold.deal.context,
        deal_id=hold.deal.id,
        purpose=hold.purpose,
        state=hold.state,
        amount=amount,
        captured=captured,
        remaining=remaining,
        card_id=card_id,
        expires_at=hold.expires_at,
    )


routes: list[ControllerRouterHandler] = [place_hold, get_hold, capture_hold, release_hold]
