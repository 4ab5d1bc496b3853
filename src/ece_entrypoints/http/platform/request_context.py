"""Around every answer: a request id, headers that keep browsers careful, one line in the log."""

import re
from collections.abc import Callable
from time import perf_counter
from typing import Any, Final
from uuid import UUID

import structlog
from attrs import define
from litestar import Request
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from ece_entrypoints.wiring.rate_limits import used_limits

from .auth import is_private
from .rate_limit_headers import rate_limit_headers

_CLIENT_ID: Final = re.compile(rb"[\x21-\x7e]{1,64}")
_POLICY: Final = (
    b"default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    b"frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
_SECURITY: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", _POLICY),
)

_log: Any = structlog.get_logger("ece.access")


def client_address(request: Request[Any, Any, Any]) -> str:
    """The IP address of the client; behind one of ``ECE_TRUSTED_PROXIES``, as the proxy states it.

    Empty if the server does not know it.
    """
    return _address_in(request.scope)


@define
class ResponseRecorder:
    """One answer on its way out: adds the headers and remembers the status."""

    send: Send
    scope: Scope
    headers: list[tuple[bytes, bytes]]
    has_body: bool
    status: int = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = [*message["headers"], *self.headers, *rate_limit_headers()]
            if is_private(self.scope):
                headers = [each for each in headers if each[0] != b"cache-control"]
                headers.append((b"cache-control", b"no-store"))
            message = {**message, "headers": headers}
        elif message["type"] == "http.response.body" and not self.has_body:
            message = {**message, "body": b""}
        await self.send(message)


@define
class RequestContextMiddleware:
    """The outermost layer of the application: answers HEAD as GET without the body, too.

    The id of a request is always new. An ``X-Request-Id`` of the client is kept beside it, as
    ``client_request_id`` in the log and ``X-Client-Request-Id`` in the answer, so that nobody can
    pass their request off as another one.

    Every line that is logged meanwhile has the ids, the address of the client and the user.
    Bodies, queries and tokens never reach the log.
    """

    app: ASGIApp
    new_id: Callable[[], UUID]
    access_log: bool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        request_id = self.new_id().hex
        known = {"request_id": request_id, "client": _address_in(scope)}
        headers = [(b"x-request-id", request_id.encode()), *_SECURITY]
        for name, value in scope["headers"]:
            if name == b"x-request-id" and _CLIENT_ID.fullmatch(value):
                known["client_request_id"] = value.decode()
                headers.append((b"x-client-request-id", value))
                break
        is_head = scope["method"] == "HEAD"
        asked = {**scope, "method": "GET"} if is_head else scope  # the same answer, without a body
        answering = ResponseRecorder(send, asked, headers, has_body=not is_head)
        started = perf_counter()
        structlog.contextvars.bind_contextvars(**known)
        used_limits.set(())
        try:
            await self.app(asked, receive, answering)
        finally:
            if self.access_log:
                _log.info(
                    "answered",
                    method=scope["method"],
                    path=scope["path"],
                    status=answering.status,
                    ms=round((perf_counter() - started) * 1000, 2),
                )
            structlog.contextvars.unbind_contextvars(*known, "user_id")


def _address_in(scope: Scope) -> str:
    client = scope["client"]
    return client[0] if client else ""
