from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Request, Response, delete, get, post, put
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import Meta, Struct, field

from ece_domain import identity
from ece_domain.identity import EmailAddress, Handle, Password, RefreshToken, Role, UserId
from ece_entrypoints.http.platform.auth import Caller, only, public, signed_in
from ece_entrypoints.http.platform.conditional import not_modified, tag_of, unless_known
from ece_entrypoints.http.platform.patterns import exact
from ece_entrypoints.http.platform.problems import problems
from ece_entrypoints.http.platform.rate_limits import address_of
from ece_entrypoints.http.platform.views import Text, UseCase, view

_TAGS = ["Identity"]

Email = Annotated[
    str,
    Meta(
        min_length=3,
        max_length=254,
        pattern=exact("[!-?A-~]+@[!-?A-~]+"),
        description="ASCII.",
        examples=["ann@example.com"],
    ),
]
HandleText = Annotated[
    str,
    Meta(
        pattern=exact("[A-Za-z0-9_]{3,30}"),
        description="The public name; kept in lower case.",
        examples=["ann_lee"],
    ),
]
NewPassword = Annotated[
    str,
    Meta(
        min_length=10,
        max_length=128,
        description="Any script; neither the e-mail address nor the handle.",
        examples=["correct horse battery"],
    ),
]
KnownPassword = Annotated[
    str, Meta(min_length=10, max_length=128, examples=["correct horse battery"])
]
RefreshText = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=128,
        description="The last one received. Sent again within 30 seconds, it gets the same answer.",
    ),
]


class AccountCreate(Struct, frozen=True, forbid_unknown_fields=True):
    """A new account."""

    email: Email
    handle: HandleText
    password: NewPassword


class SessionCreate(Struct, frozen=True, forbid_unknown_fields=True):
    """Who logs in."""

    email: Email
    password: KnownPassword


class SessionRefresh(Struct, frozen=True, forbid_unknown_fields=True):
    """The session to go on with."""

    refresh_token: RefreshText


class RoleUpdate(Struct, frozen=True, forbid_unknown_fields=True):
    """What the user may do from now on."""

    role: Role


class Account(Struct, frozen=True, kw_only=True):
    """An account, as its owner sees it."""

    id: UUID
    version: int
    email: Text
    handle: Text
    role: Role
    registered_at: Annotated[datetime, Meta(description="When the account was opened.")] = field(
        name="created_at"
    )
    updated_at: datetime


class UserRole(Struct, frozen=True, kw_only=True):
    """What a user may do."""

    id: UUID
    handle: Text
    role: Role


class User(Struct, frozen=True, kw_only=True):
    """What everybody may know of a user. The ``id`` is what a transfer or a mint asks for."""

    id: UUID
    handle: Text
    registered_at: Annotated[datetime, Meta(description="When the account was opened.")] = field(
        name="created_at"
    )


class SessionTokens(Struct, frozen=True, kw_only=True):
    """What a client keeps of its session, by the names of OAuth (RFC 6749)."""

    access_token: Annotated[str, Meta(description="For ``Authorization: Bearer``.")]
    expires_in: Annotated[
        int, Meta(description="How many seconds the access token is good for.", examples=[600])
    ]
    refresh_token: Annotated[
        str,
        Meta(description="Good once, for the next pair of tokens; for 30 seconds for the same."),
    ]
    session_expires_at: Annotated[datetime, Meta(description="Unless it is refreshed before.")]
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a word of OAuth


@post(
    "/users",
    opt=public,
    operation_id="registerUser",
    summary="Open an account",
    tags=_TAGS,
    responses=problems(identity.InvalidHandle),
)
async def register_user(
    request: Request[Any, Any, Any],
    data: JSONBody[AccountCreate],
    register_user: UseCase[identity.RegisterUser],
) -> Response[Account]:
    user = await register_user(
        email=EmailAddress(data.email),
        handle=Handle(data.handle),
        password=Password(data.password),
        address=address_of(request),
    )
    account = view(user, Account)
    headers = {"Location": f"/v1/users/{user.id}", "ETag": tag_of(account, user.version)}
    return Response(account, headers=headers)


@get(
    "/me",
    opt=signed_in,
    operation_id="getMyAccount",
    summary="See your own account",
    tags=_TAGS,
    responses=not_modified,
)
async def get_own_account(
    request: Request[Any, Any, Any],
    caller: Caller,
    get_my_account: UseCase[identity.GetMyAccount],
) -> Response[Account]:
    user = await get_my_account(user_id=caller.user_id)
    return unless_known(request, view(user, Account), user.version)


@get(
    "/users/{handle_or_id:str}",
    opt=public,
    operation_id="getProfile",
    summary="See a user's public profile, by handle or id",
    tags=_TAGS,
)
async def get_profile(
    handle_or_id: FromPath[str], get_profile: UseCase[identity.GetProfile]
) -> User:
    return view(await get_profile(of=_id_or_handle(handle_or_id)), User)


@put(
    "/users/{user_id:uuid}/role",
    opt=only(Role.ADMIN),
    operation_id="changeRole",
    summary="Give a user another role, and end their sessions",
    tags=_TAGS,
)
async def change_role(
    user_id: FromPath[UUID],
    data: JSONBody[RoleUpdate],
    caller: Caller,
    change_role: UseCase[identity.ChangeRole],
) -> UserRole:
    user = await change_role(user_id=UserId(user_id), role=data.role, actor=caller.actor)
    return view(user, UserRole)


@post(
    "/sessions",
    opt=public,
    operation_id="logIn",
    summary="Log in",
    tags=_TAGS,
    responses=problems(identity.InvalidEmail),
)
async def log_in(
    request: Request[Any, Any, Any],
    data: JSONBody[SessionCreate],
    log_in: UseCase[identity.LogIn],
) -> Response[SessionTokens]:
    signed = await log_in(
        email=EmailAddress(data.email),
        password=Password(data.password),
        address=address_of(request),
    )
    return _session(signed)


@post(
    "/sessions/refresh",
    opt=public,
    status_code=200,
    operation_id="refreshSession",
    summary="Trade the refresh token for new tokens",
    tags=_TAGS,
)
async def refresh_session(
    request: Request[Any, Any, Any],
    data: JSONBody[SessionRefresh],
    refresh_session: UseCase[identity.RefreshSession],
) -> Response[SessionTokens]:
    token = RefreshToken.parse(data.refresh_token)
    return _session(await refresh_session(token=token, address=address_of(request)))


@delete(
    "/sessions/current",
    opt=signed_in,
    operation_id="logOut",
    summary="Log out: end this session with all its tokens",
    tags=_TAGS,
)
async def log_out(caller: Caller, log_out: UseCase[identity.LogOut]) -> None:
    await log_out(session_id=caller.session_id)


def _id_or_handle(text: str) -> UserId | Handle:
    try:
        return UserId(UUID(text)) if "-" in text else Handle(text)
    except (ValueError, identity.InvalidHandle):
        raise identity.UserNotFound from None


def _session(signed: identity.SessionTokens) -> Response[SessionTokens]:
    body = SessionTokens(
        access_token=signed.access.text,
        expires_in=int(identity.ACCESS_LIFETIME.total_seconds()),
        refresh_token=signed.refresh.text,
        session_expires_at=signed.session_expires_at,
    )
    return Response(body)


routes: list[ControllerRouterHandler] = [
    register_user,
    get_own_account,
    get_profile,
    change_role,
    log_in,
    refresh_session,
    log_out,
]
