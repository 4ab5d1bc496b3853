"""Events, and aggregates that record them."""

from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID

from attrs import evolve, field, frozen

from .errors import ConcurrentChange
from .versions import ExpectedVersion


@frozen(kw_only=True)
class Event:
    """A fact in the past tense.

    Recorded events stay readable: a change of the fields increments ``version`` and adds an
    upgrade of stored events.
    """

    kind: ClassVar[str]
    """Stable and unique: ``context.what-happened``."""
    version: ClassVar[int] = 1
    """The version of the fields."""
    subject: ClassVar[str]
    """The field with the id of the aggregate. Events of one subject keep their order."""

    occurred_at: datetime

    @property
    def subject_kind(self) -> str:
        return self.subject.removesuffix("_id")

    @property
    def subject_id(self) -> UUID:
        subject_id: UUID = getattr(self, self.subject)
        return subject_id


@frozen(kw_only=True)
class Aggregate:
    """An immutable entity that is loaded and saved whole.

    A change returns a new value with the events of the change; a save stores both together.
    ``version`` counts the saves (0: never saved), so that a stale copy cannot overwrite a newer.
    """

    version: int = 0
    events: tuple[Event, ...] = field(default=(), eq=False, repr=False)

    def check_version(self, expected_version: ExpectedVersion) -> None:
        """Refuse a change that is based on another version.

        :raises ConcurrentChange: if this is not the expected version, or one of them.
        """
        if isinstance(expected_version, int):
            expected_version = (expected_version,)
        if expected_version is not None and self.version not in expected_version:
            raise ConcurrentChange

    @property
    def saved(self) -> Self:
        """This value as its store returns it after the save."""
        return evolve(self, version=self.version + 1, events=())
