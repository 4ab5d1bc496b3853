"""The origin of an event, which both stores record at the commit."""

from typing import Final
from uuid import UUID

from attrs import field, frozen

from ece_domain.kernel import EXCHANGE_ID


def _user(actor_id: UUID | None) -> UUID | None:
    return None if actor_id == EXCHANGE_ID else actor_id


@frozen
class Origin:
    """The actor of a transaction, and the request or event that led to it.

    The actor is None for the exchange itself, also with the id ``EXCHANGE_ID``.
    """

    actor_id: UUID | None = field(default=None, converter=_user)
    cause_id: UUID | None = None


UNKNOWN_ORIGIN: Final = Origin()
