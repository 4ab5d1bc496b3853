"""Refuses requests for other hosts, and paths that could be read in two ways, before any route."""

import re
from typing import Final
from urllib.parse import urlsplit

from attrs import frozen
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from ece_domain.kernel import DomainError
from ece_entrypoints.wiring.settings import Settings

from .errors import AddressNotFound, InvalidHost, UnknownHost
from .problems import send_problem

_HOST: Final = re.compile(rb"(?:\[([0-9a-fA-F:.]+)\]|([0-9a-zA-Z._-]+))(?::[0-9]{1,5})?")


def allowed_hosts(settings: Settings) -> frozenset[str]:
    """The hosts that the settings name: where it listens, its public address, further ones."""
    hosts = [settings.host, urlsplit(settings.public_url).hostname or ""]
    hosts += [host.strip().strip("[]").lower() for host in settings.allowed_hosts.split(",")]
    return frozenset(hosts) - {""}


@frozen
class AddressMiddleware:
    """Lets a request through whose host and path are beyond doubt.

    Its host is one of the allowed ones, the address that the client is connected to, or
    ``localhost`` on a loopback address. So a page of another site, whose host name was pointed to
    this server (DNS rebinding), reaches nothing. The port of ``Host`` does not matter.

    A path has no empty segment and no encoded slash: a proxy in front could take it for another.
    """

    app: ASGIApp
    public_url: str
    allowed: frozenset[str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope) if scope["type"] == ScopeType.HTTP else None
        if refusal is None:
            await self.app(scope, receive, send)
        else:
            await send_problem(refusal, scope, send, public_url=self.public_url)

    def _refusal(self, scope: HTTPScope) -> DomainError | None:
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        named = _HOST.fullmatch(hosts[0]) if len(hosts) == 1 else None
        if named is None:
            return InvalidHost()
        host = (named[1] or named[2]).decode().lower()
        if host not in self.allowed and not _is_own(host, scope):
            return UnknownHost()
        raw = scope["raw_path"]
        if b"//" in raw or (b"%" in raw and b"%2f" in raw.lower()):
            return AddressNotFound()
        return None


def _is_own(host: str, scope: HTTPScope) -> bool:
    """Whether the host is the address that the client is connected to, or a name of it."""
    server = scope["server"]
    if server is None:
        return False
    address = server[0]
    is_loopback = address.startswith("127.") or address == "::1"
    return host == address or (is_loopback and host == "localhost")
