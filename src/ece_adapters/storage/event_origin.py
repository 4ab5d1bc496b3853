"""What both stores note of an event when its transaction commits."""

from typing import Final
from uuid import UUID

from attrs import field, frozen

from ece_domain.kernel import EXCHANGE_ID


def _user(actor_id: UUID | None) -> UUID | None:
    return None if actor_id == EXCHANGE_ID else actor_id


@frozen
class Origin:
    """Who acted in a transaction, and which request or event led to it.

    The exchange itself is nobody, by whichever name it acts.
    """

    actor_id: UUID | None = field(default=None, converter=_user)
    cause_id: UUID | None = None


UNKNOWN_ORIGIN: Final = Origin()
