"""Users whom an admin keeps from logging in and from acting."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import Meta, Struct

from ece_domain import identity
from ece_domain.identity import Role, UserId
from ece_entrypoints.http.platform.auth import Caller, only
from ece_entrypoints.http.platform.reasons import ActionReason
from ece_entrypoints.http.platform.views import Text, UseCase

_TAGS = ["Identity"]


class UserSuspension(Struct, frozen=True, kw_only=True):
    """Whether a user is suspended, and why."""

    id: UUID
    handle: Text
    suspended_at: Annotated[
        datetime | None, Meta(description="Since when; null if the user is not suspended.")
    ]
    reason: Annotated[Text | None, Meta(description="Why; null if the user is not suspended.")]


@post(
    "/users/{user_id:uuid}/suspend",
    opt=only(Role.ADMIN),
    status_code=200,
    operation_id="suspendUser",
    summary="Suspend a user, and end their sessions",
    tags=_TAGS,
)
async def suspend_user(
    user_id: FromPath[UUID],
    data: JSONBody[ActionReason],
    caller: Caller,
    suspend_user: UseCase[identity.SuspendUser],
) -> UserSuspension:
    reason = data.to_domain()
    return _suspension(
        await suspend_user(user_id=UserId(user_id), reason=reason, actor=caller.actor)
    )


@post(
    "/users/{user_id:uuid}/reinstate",
    opt=only(Role.ADMIN),
    status_code=200,
    operation_id="reinstateUser",
    summary="End a user's suspension",
    tags=_TAGS,
)
async def reinstate_user(
    user_id: FromPath[UUID],
    data: JSONBody[ActionReason],
    caller: Caller,
    reinstate_user: UseCase[identity.ReinstateUser],
) -> UserSuspension:
    reason = data.to_domain()
    return _suspension(
        await reinstate_user(user_id=UserId(user_id), reason=reason, actor=caller.actor)
    )


def _suspension(user: identity.User) -> UserSuspension:
    suspension = user.suspension
    return UserSuspension(
        id=user.id,
        handle=Text(user.handle.text),
        suspended_at=None if suspension is None else suspension.suspended_at,
        reason=None if suspension is None else Text(suspension.reason.text),
    )


routes: list[ControllerRouterHandler] = [suspend_user, reinstate_user]
