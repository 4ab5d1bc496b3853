"""The settings of an exchange, from environment variables that begin with ``ECE_``."""

from enum import Enum
from ipaddress import ip_network
from pathlib import Path

import typed_settings
from attrs import field, frozen
from attrs.validators import ge

from ece_adapters.postgres.engine.session import Pooler


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


@frozen
class Settings:
    """The variable of a field is its name with a prefix: ``ECE_DATABASE_URL``."""

    store: Store = Store.postgres
    database_url: str = field(default="", repr=False)
    """The account of the exchange, a member of ``ece_application``."""
    migration_url: str = field(default="", repr=False)
    """The account of migrations, a member of ``ece_owner``. Empty: the account of the exchange."""
    database_connections: int = 16
    database_pooler: Pooler = Pooler.none
    """The connection pooler between the exchange and the server of ``database_url``."""
    database_replica_url: str = field(default="", repr=False)
    """A replica for public lists, which then lag as much as it does. Empty: no replica."""
    secret_file: Path = Path(".ece/secret")
    other_secret_files: tuple[Path, ...] = ()
    """Files, separated by colons, of secrets that other servers use while one is replaced."""
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = ""
    """Where clients find the exchange, such as https://cards.example: problems name it. Empty:
    their addresses are relative."""
    allowed_hosts: str = ""
    """Further hosts, separated by commas, that requests may be for, such as ``cards.internal``:
    besides ``host``, that of ``public_url`` and the address that a client is connected to."""
    trusted_proxies: str = field(default="", validator=_addresses_or_networks)
    """Addresses and networks, separated by commas, of reverse proxies in front of the exchange,
    such as ``127.0.0.1,10.0.0.0/8``: their ``X-Forwarded-For`` names the client. Empty: none."""
    max_connections: int = field(default=1000, validator=ge(1))
    """Connections of clients to one server process; further ones get 503 and are closed."""
    password_cost: PasswordCost = PasswordCost.standard
    access_log: bool = True
    idempotency_retention_days: int = field(default=30, validator=ge(1))

    @property
    def public_reads_from(self) -> str:
        return "replica" if self.database_replica_url else "database"

    @classmethod
    def from_environment(cls) -> "Settings":
        """:raises InvalidSettingsError: of typed-settings, which names the variable."""
        return typed_settings.load_settings(cls, [typed_settings.EnvLoader("ECE_")])
