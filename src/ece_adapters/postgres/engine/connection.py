"""Opens connections from a URL. The exchange and all tools parse database URLs here.

The URL is that of libpq: ``postgresql://`` or ``postgres://``, several hosts, ``sslmode`` and its
relatives, ``options``, and settings of the server. asyncpg supports nearly all of it. This module
removes or refuses the rest, and keeps passwords out of error texts.
"""

from collections.abc import Mapping
from re import compile as pattern
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

import asyncpg

_SCHEMES: Final = ("postgresql", "postgres")
_HOST: Final = pattern(r"(\[[\da-fA-F:.%]+\]|[^\[\]@:,/]*)(:\d{1,5})?")
_TUNING: Final = frozenset(
    {
        "fallback_application_name",
        "gssdelegation",
        "keepalives",
        "keepalives_count",
        "keepalives_idle",
        "keepalives_interval",
        "load_balance_hosts",
        "sslcompression",
        "sslsni",
        "tcp_user_timeout",
    }
)
"""Parameters of libpq that asyncpg lacks, and that affect neither results nor security."""
_PROTECTION: Final = {
    "channel_binding": ("disable", "prefer"),
    "gssencmode": ("disable", "prefer"),
    "require_auth": ("",),
    "requirepeer": ("",),
    "sslcrldir": ("",),
}
"""Parameters of libpq that asyncpg lacks, with the values that require nothing. Other values are
refused, as the connection would be less protected than its URL says."""
_CONNECT_TIMEOUT: Final = 5.0


class InvalidDatabaseUrl(ValueError):
    """A database URL is not valid. The text never quotes the URL, which contains a password."""


def connection_arguments(
    url: str, settings: Mapping[str, str] = MappingProxyType({})
) -> dict[str, Any]:
    """The arguments of ``asyncpg.connect`` and ``asyncpg.create_pool`` for the URL.

    :param settings: settings of the session; they override those of the URL.
    :raises InvalidDatabaseUrl: if the URL is not valid; the text says what to write instead.
    """
    address, parameters = _parse(url)
    timeout = parameters.pop("connect_timeout", "")
    if not (timeout.isdecimal() or timeout == ""):
        raise InvalidDatabaseUrl("connect_timeout is not a number of seconds")
    for name, harmless in _PROTECTION.items():
        if parameters.pop(name, harmless[0]) not in harmless:
            raise InvalidDatabaseUrl(
                f"{name} asks for what the driver asyncpg cannot do: remove it, and protect the"
                " connection with sslmode=verify-full"
            )
    kept = {name: value for name, value in parameters.items() if name not in _TUNING}
    return {
        "dsn": address._replace(query=urlencode(kept)).geturl(),
        "timeout": float(timeout or 0) or _CONNECT_TIMEOUT,
        "server_settings": dict(settings),
    }


async def connect(
    url: str, settings: Mapping[str, str] = MappingProxyType({})
) -> asyncpg.Connection:
    """Open one connection, for a tool.

    :raises InvalidDatabaseUrl: if the URL is not valid.
    :raises OSError: if no server answers at the address.
    :raises asyncpg.PostgresError: if the server refuses the login.
    """
    # No named statements: a tool runs each query once, and a pooler would keep them for others.
    return await asyncpg.connect(**connection_arguments(url, settings), statement_cache_size=0)


def _parse(url: str) -> tuple[SplitResult, dict[str, str]]:
    if url.partition("://")[0] not in _SCHEMES:
        raise InvalidDatabaseUrl("it does not begin with postgresql:// or postgres://")
    try:
        address = urlsplit(url)
        query = parse_qsl(address.query, keep_blank_values=True, strict_parsing=address.query != "")
    except ValueError:  # its text quotes the URL
        raise InvalidDatabaseUrl(
            "its address or what follows the ? cannot be read: write"
            " postgresql://user:password@host:port/database?name=value&name=value"
        ) from None
    hosts = address.netloc.rpartition("@")[2].split(",")
    is_torn = address.netloc.count("@") > 1 or "@" in address.path or bool(address.fragment)
    if is_torn or not all(map(_HOST.fullmatch, hosts)):
        raise InvalidDatabaseUrl(
            "its host cannot be read: in a name or password, write %40 for @, %3A for :, %2F for /,"
            " %3F for ? and %23 for #"
        )
    return address, dict(query)
