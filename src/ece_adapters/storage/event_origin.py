"""The origin of an event, which both stores record at the commit."""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias
from uuid import UUID

from attrs import field, frozen

from ece_domain.kernel import EXCHANGE_ID, Event


def _user(actor_id: UUID | None) -> UUID | None:
    return None if actor_id == EXCHANGE_ID else actor_id


@frozen
class Origin:
    """The actor of a transaction, and the request or event that led to it.

    The actor is None for the exchange itself, also with the id ``EXCHANGE_ID``.
    """

    actor_id: UUID | None = field(default=None, converter=_user)
    cause_id: UUID | None = None


OnCommit: TypeAlias = Callable[[UUID | None, Sequence[Event]], None]
"""Called in this process with the actor and the events of each transaction that was committed."""


def ignore(_: UUID | None, __: Sequence[Event]) -> None:
    """The usual ``OnCommit``."""


UNKNOWN_ORIGIN: Final = Origin()
