"""Your password, and where you are logged in."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, delete, get, put
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import Meta, Struct

from ece_domain import identity
from ece_domain.identity import Password, SessionId
from ece_entrypoints.http.platform.auth import Caller, signed_in
from ece_entrypoints.http.platform.pagination import PageBody, Paging
from ece_entrypoints.http.platform.rate_limits import address_of
from ece_entrypoints.http.platform.views import Text, UseCase

from .identity import KnownPassword, NewPassword

_TAGS = ["Identity"]


class PasswordUpdate(Struct, frozen=True, forbid_unknown_fields=True):
    """Your password of now, and the next one."""

    current_password: KnownPassword
    new_password: NewPassword


class Session(Struct, frozen=True, kw_only=True):
    """One log-in of yours."""

    id: UUID
    created_at: Annotated[datetime, Meta(description="When you logged in.")]
    last_used_at: Annotated[datetime, Meta(description="When its tokens were issued last.")]
    expires_at: Annotated[datetime, Meta(description="Unless it is refreshed before.")]
    address: Annotated[
        Text | None, Meta(description="The address that its tokens were issued to last.")
    ]
    is_current: Annotated[bool, Meta(description="Whether this request belongs to it.")]


class SessionPage(PageBody[Session], frozen=True):
    """A page of your sessions, newest first."""


@put(
    "/me/password",
    opt=signed_in,
    status_code=204,
    operation_id="changePassword",
    summary="Change your password, and end your other sessions",
    tags=_TAGS,
)
async def change_password(
    request: Request[Any, Any, Any],
    data: JSONBody[PasswordUpdate],
    caller: Caller,
    change_password: UseCase[identity.ChangePassword],
) -> None:
    await change_password(
        user_id=caller.user_id,
        session_id=caller.session_id,
        current=Password(data.current_password),
        new=Password(data.new_password),
        address=address_of(request),
    )


@get(
    "/me/sessions",
    opt=signed_in,
    operation_id="listMySessions",
    summary="List your sessions",
    tags=_TAGS,
)
async def list_my_sessions(
    paging: Paging, caller: Caller, list_my_sessions: UseCase[identity.ListMySessions]
) -> Response[SessionPage]:
    found = await list_my_sessions(user_id=caller.user_id, page=paging.request)
    return paging.answer(SessionPage, found, lambda each: _session(each, caller.session_id))


@delete(
    "/me/sessions/{session_id:uuid}",
    opt=signed_in,
    operation_id="endSession",
    summary="End one of your sessions",
    tags=_TAGS,
)
async def end_session(
    session_id: FromPath[UUID], caller: Caller, end_session: UseCase[identity.EndSession]
) -> None:
    await end_session(session_id=SessionId(session_id), user_id=caller.user_id)


@delete(
    "/me/sessions",
    opt=signed_in,
    operation_id="endAllSessions",
    summary="End all your sessions, this one too",
    tags=_TAGS,
)
async def end_all_sessions(
    caller: Caller, end_all_sessions: UseCase[identity.EndAllSessions]
) -> None:
    await end_all_sessions(user_id=caller.user_id)


def _session(session: identity.Session, current_id: SessionId) -> Session:
    return Session(
        id=session.id,
        created_at=session.started_at,
        last_used_at=session.refreshed_at,
        expires_at=session.expires_at,
        address=None if session.address is None else Text(session.address.text),
        is_current=session.id == current_id,
    )


routes: list[ControllerRouterHandler] = [
    change_password,
    list_my_sessions,
    end_session,
    end_all_sessions,
]
