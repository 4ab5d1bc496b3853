from typing import Final
from uuid import UUID

from attrs import frozen

from .email import EmailAddress
from .handle import Handle
from .user import Role, UserId


@frozen
class SystemAccount:
    """An account of the exchange itself, found by its fixed id. Nobody can log in to it."""

    id: UserId
    email: EmailAddress
    handle: Handle
    role: Role


CARD_ARCHIVE: Final = SystemAccount(
    UserId(UUID("00000000-0000-7000-8000-000000000001")),
    EmailAddress("card-archive@exchange.invalid"),
    Handle("card_archive"),
    Role.ADMIN,
)
"""Issues the card sets that are imported from packages."""
