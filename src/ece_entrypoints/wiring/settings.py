"""What an operator can choose, from environment variables that begin with ``ECE_``."""

from enum import Enum
from pathlib import Path

import typed_settings
from attrs import field, frozen
from attrs.validators import ge

from ece_adapters.postgres.engine.session import Pooler


class Store(Enum):
    """Where an exchange keeps everything."""

    memory = "memory"
    postgres = "postgres"


class PasswordCost(Enum):
    """How much work a password hash is: ``toy`` is for tests alone."""

    standard = "standard"
    toy = "toy"


@frozen
class Settings:
    """``ECE_DATABASE_URL`` sets ``database_url``, and so on."""

    store: Store = Store.postgres
    database_url: str = field(default="", repr=False)
    """As which the exchange runs: an account that may become ``ece_application``."""
    migration_url: str = field(default="", repr=False)
    """As which the schema changes: an account that may become ``ece_owner``. Empty: the same."""
    database_connections: int = 16
    database_pooler: Pooler = Pooler.none
    """What stands between the exchange and the server that ``database_url`` names."""
    database_replica_url: str = field(default="", repr=False)
    """A replica for public lists, which then lag behind as much as it does. Empty: no replica."""
    secret_file: Path = Path(".ece/secret")
    other_secret_files: tuple[Path, ...] = ()
    """Secrets that other servers use while the secret is being replaced, separated by colons."""
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = "http://127.0.0.1:8000"
    password_cost: PasswordCost = PasswordCost.standard
    access_log: bool = True
    idempotency_retention_days: int = field(default=30, validator=ge(1))

    @property
    def public_reads_from(self) -> str:
        return "replica" if self.database_replica_url else "database"

    @classmethod
    def from_environment(cls) -> "Settings":
        """:raises InvalidSettingsError: of typed-settings, naming the option that is wrong."""
        return typed_settings.load_settings(cls, [typed_settings.EnvLoader("ECE_")])
