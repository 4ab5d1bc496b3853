"""Routes of holds: read any hold; place, capture and release holds on money."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import Meta, Struct

from ece_domain import ledger
from ece_domain.identity import OPERATORS, UserId
from ece_domain.ledger import HeldMoney, HoldId, HoldPurpose, HoldState
from ece_entrypoints.http.platform.auth import Caller, only, signed_in
from ece_entrypoints.http.platform.idempotency import Key, answered
from ece_entrypoints.http.platform.json_body import Timestamp
from ece_entrypoints.http.platform.money import Money
from ece_entrypoints.http.platform.views import AssetText, UseCase

_TAGS = ["Ledger"]


class HoldCreate(Struct, frozen=True, forbid_unknown_fields=True):
    """A new hold on money, with a purpose and an expiry."""

    owner_id: UUID
    money: Money
    purpose: HoldPurpose
    expires_at: Timestamp | None = None


class HoldCapture(Struct, frozen=True, forbid_unknown_fields=True):
    """The amount to capture, and the user who gets it."""

    money: Money
    destination_id: Annotated[
        UUID | None, Meta(description="Null, said outright: it leaves the exchange.")
    ]


class Hold(Struct, frozen=True, kw_only=True):
    """A hold on money, with an amount, or on a card."""

    id: UUID
    owner_id: UUID
    context: Annotated[
        str, Meta(description="Who placed it and alone ends it: ledger (operators), market, ...")
    ]
    deal_id: Annotated[UUID, Meta(description="The deal there: a listing, or the hold itself.")]
    purpose: HoldPurpose
    state: HoldState
    amount: Money | None
    captured: Money | None
    remaining: Money | None
    card_id: UUID | None
    expires_at: datetime | None


@post(
    "/holds",
    opt=only(*OPERATORS),
    operation_id="placeHold",
    summary="Hold a part of a user's balance: for operators",
    tags=_TAGS,
)
async def place_hold(
    data: JSONBody[HoldCreate],
    caller: Caller,
    key: Key,
    place_money_hold: UseCase[ledger.PlaceMoneyHold],
) -> Response[Hold]:
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
) -> Hold:
    hold = await get_hold(hold_id=HoldId(hold_id), actor=caller.actor)
    return hold_view(hold)


@post(
    "/holds/{hold_id:uuid}/capture",
    opt=only(*OPERATORS),
    status_code=200,
    operation_id="captureHold",
    summary="Take money held by operators, all or a part: for operators",
    tags=_TAGS,
)
async def capture_hold(
    *,
    hold_id: FromPath[UUID],
    data: JSONBody[HoldCapture],
    caller: Caller,
    key: Key,
    capture_money_hold: UseCase[ledger.CaptureMoneyHold],
    get_hold: UseCase[ledger.GetHold],
) -> Response[Hold]:
    result = await capture_money_hold(
        hold_id=HoldId(hold_id),
        money=data.money.to_domain(),
        destination=None if data.destination_id is None else UserId(data.destination_id),
        actor=caller.actor,
        key=key,
    )
    hold = await get_hold(hold_id=HoldId(hold_id), actor=caller.actor)
    response = answered(result, hold_view(hold))
    response.headers["Link"] = f'</v1/settlements/{result.value.id}>; rel="related"'
    return response


@post(
    "/holds/{hold_id:uuid}/release",
    opt=only(*OPERATORS),
    status_code=200,
    operation_id="releaseHold",
    summary="Give back all that is left of money held by operators: for operators",
    tags=_TAGS,
)
async def release_hold(
    hold_id: FromPath[UUID],
    caller: Caller,
    key: Key,
    release_money_hold: UseCase[ledger.ReleaseMoneyHold],
) -> Response[Hold]:
    result = await release_money_hold(hold_id=HoldId(hold_id), actor=caller.actor, key=key)
    return answered(result, hold_view(result.value))


def hold_view(hold: ledger.Hold) -> Hold:
    """The representation of a hold on money or on a card."""
    subject = hold.subject
    amount = captured = remaining = card_id = None
    if isinstance(subject, HeldMoney):
        asset = AssetText(subject.account.asset)
        amount = Money(subject.amount, asset)
        captured = Money(hold.captured, asset)
        remaining = Money(hold.remaining, asset)
    else:
        card_id = subject.card_id
    return Hold(
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
