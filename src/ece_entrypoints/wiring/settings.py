"""The settings of an exchange, from environment variables that begin with ``ECE_``.

The docstring below a field is its meaning in ``ece config`` and ``docs/configuration.md``.
"""

import os
import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from enum import Enum, EnumType
from ipaddress import ip_network
from pathlib import Path
from typing import Final

import attrs
import typed_settings
from attrs import field, frozen
from attrs.validators import ge
from typed_settings.exceptions import InvalidSettingsError

from ece_adapters.postgres.engine.session import Pooler

PREFIX: Final = "ECE_"
_OF_TESTS: Final = ("ECE_TEST_", "ECE_PROOF_")
_INVALID: Final = re.compile(
    r"Could not convert value (?P<value>.*) for option '(?P<name>\w+)' from loader"
)
_ORIGIN: Final = re.compile(r"\*|https?://(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")
_ORIGINS_ARE: Final = "such as https://shop.example, without a path, or *"
_OF_VALIDATOR: Final = re.compile(
    r"Could not convert loaded settings: \w+\([\"'](?P<why>.*)[\"']\)"
)
"""How typed-settings names a wrong value; it has no fields for it."""


class InvalidSettings(ValueError):
    """Environment variables are unknown or not valid; the text names each, and what is."""


class Store(Enum):
    """Where an exchange stores its data."""

    memory = "memory"
    postgres = "postgres"


class PasswordCost(Enum):
    """The cost of a password hash; ``toy`` is for tests only."""

    standard = "standard"
    toy = "toy"


def _addresses_or_networks(_: object, __: object, text: str) -> None:
    """:raises ValueError: unless each part between two commas is an address or a network."""
    for part in text.split(",") if text else ():
        ip_network(part.strip())


def _origins(_: object, __: object, text: str) -> None:
    """:raises ValueError: unless each part is a scheme with a host, and maybe a port; or ``*``."""
    for part in text.split(",") if text else ():
        if not _ORIGIN.fullmatch(part.strip()):
            raise ValueError(f"'cors_origins' has {part!r}, which is no origin: {_ORIGINS_ARE}")


def _quota_and_seconds(_: object, __: object, text: str) -> None:
    """:raises ValueError: unless it is empty, or two numbers above zero with a slash between."""
    quota, slash, seconds = text.partition("/")
    if text and not (slash and int(quota) > 0 and int(seconds) > 0):
        raise ValueError(text)


def _rate_limit(default: str) -> str:
    limit: str = field(default=default, validator=_quota_and_seconds)
    return limit


@frozen
class Settings:
    """The variable of a field is its name with a prefix: ``ECE_DATABASE_URL``."""

    store: Store = Store.postgres
    """Where the exchange stores its data; ``memory`` keeps nothing when the process ends."""
    database_url: str = field(default="", repr=False)
    """The PostgreSQL of the exchange, as ``postgresql://user:password@host:port/database``, with
    an account that is a member of ``ece_application``. Empty: an embedded server in ``.ece``."""
    migration_url: str = field(default="", repr=False)
    """The account of migrations, a member of ``ece_owner``. Empty: the account of the exchange."""
    database_connections: int = field(default=16, validator=ge(1))
    """The largest number of connections to the database, of each worker."""
    database_pooler: Pooler = Pooler.none
    """The connection pooler between the exchange and the server of ``database_url``."""
    database_replica_url: str = field(default="", repr=False)
    """A replica for public lists, which then lag as much as it does. Empty: no replica."""
    secret_file: Path = Path(".ece/secret")
    """The file with the secret that signs tokens; the first start creates it."""
    other_secret_files: tuple[Path, ...] = ()
    """Files, separated by colons, of secrets that other servers use while one is replaced."""
    host: str = "127.0.0.1"
    """The address to listen on; ``0.0.0.0`` is every address of the machine."""
    port: int = 8000
    """The port to listen on."""
    workers: int = field(default=1, validator=ge(1))
    """Processes that serve the exchange on the same port; one for each processor is usual."""
    drain_seconds: int = field(default=0, validator=ge(0))
    """Seconds after SIGTERM in which the server is not ready but still serves, so that load
    balancers notice. Zero without one in front."""
    shutdown_timeout_seconds: int = field(default=10, validator=ge(1))
    """Seconds in which requests in progress may finish before the server ends."""
    public_url: str = ""
    """Where clients find the exchange, such as https://cards.example: problems name it. Empty:
    their addresses are relative."""
    allowed_hosts: str = ""
    """Further hosts, separated by commas, that requests may be for, such as ``cards.internal``:
    besides ``host``, that of ``public_url`` and the address that a client is connected to."""
    trusted_proxies: str = field(default="", validator=_addresses_or_networks)
    """Addresses and networks, separated by commas, of reverse proxies in front of the exchange,
    such as ``127.0.0.1,10.0.0.0/8``: their ``X-Forwarded-For`` names the client. Empty: none."""
    cors_origins: str = field(default="", validator=_origins)
    """Origins, separated by commas, whose pages may call the API from a browser, such as
    ``https://shop.example``; ``*`` is every origin. Cookies are never allowed. Empty: none."""
    max_connections: int = field(default=1000, validator=ge(1))
    """Connections of clients to one server process; further ones get 503 and are closed."""
    rate_limit_general: str = _rate_limit("10000/900")
    """Requests of one user, or of one address without a user: how many in how many seconds, such
    as ``10000/900``. Empty: no limit."""
    rate_limit_authentication: str = _rate_limit("10/900")
    """Passwords tried for one account from one network."""
    rate_limit_authentication_network: str = _rate_limit("100/900")
    """Passwords tried from one network: an IPv4 address, or a /64 of IPv6."""
    rate_limit_authentication_account: str = _rate_limit("100/900")
    """Passwords tried for one account from networks that its user has no session from."""
    rate_limit_refresh: str = _rate_limit("300/900")
    """Refresh tokens shown from one network."""
    password_cost: PasswordCost = PasswordCost.standard
    """The cost of a password hash; ``toy`` is for tests only."""
    access_log: bool = True
    """Whether each request writes a line to the log."""
    idempotency_retention_days: int = field(default=30, validator=ge(1))
    """Days for which the answers to requests with an idempotency key are kept."""

    @property
    def public_reads_from(self) -> str:
        return "replica" if self.database_replica_url else "database"

    @classmethod
    def from_environment(cls) -> "Settings":
        """:raises InvalidSettings: if a variable is unknown, or its value is not valid."""
        if unknown := list(_unknown(os.environ)):
            raise InvalidSettings("; ".join(unknown))
        try:
            return typed_settings.load_settings(cls, [typed_settings.EnvLoader(PREFIX)])
        except InvalidSettingsError as error:
            raise InvalidSettings("; ".join(map(_explained, error.exceptions))) from error


def _unknown(environment: Mapping[str, str]) -> Iterator[str]:
    known = [PREFIX + each.name.upper() for each in attrs.fields(Settings)]
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known and not name.startswith(_OF_TESTS):
            similar = get_close_matches(name, known, 1, cutoff=0.75)
            hint = f"did you mean {similar[0]}?" if similar else "ece config lists all settings"
            yield f"{name} is not a setting: {hint}"


def _explained(error: Exception) -> str:
    """One wrong value by the name of its variable, with what is valid."""
    if found := _INVALID.match(str(error)):
        kind = attrs.fields_dict(Settings)[found["name"]].type
        if isinstance(kind, EnumType):
            needed = f"one of {', '.join(kind.__members__)}"
        else:
            needed = "a whole number" if kind is int else "true or false"
        return f"{PREFIX}{found['name'].upper()} is {found['value']}: it must be {needed}"
    text = _OF_VALIDATOR.sub(r"\g<why>", str(error))
    return re.sub(r"'([a-z_]+)'", lambda name: PREFIX + name[1].upper(), text)
