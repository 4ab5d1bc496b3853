"""Facts that have happened, for whoever wants to know."""

from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID

from attrs import evolve, field, frozen

from .errors import ConcurrentChange
from .versions import ExpectedVersion


@frozen(kw_only=True)
class Event:
    """A fact in the past tense.

    A kind that was once recorded stays readable: a change of its fields raises ``version`` and
    comes with an upgrade of what is stored.
    """

    kind: ClassVar[str]
    """Stable and unique: ``context.what-happened``."""
    version: ClassVar[int] = 1
    """Of the fields."""
    subject: ClassVar[str]
    """The field that names the aggregate it happened to. Events of one subject keep their order."""

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

    A change is a new value that carries the events of the change; saving stores both together.
    ``version`` counts its saves (0: never saved), so that a stale copy cannot overwrite a newer.
    """

    version: int = 0
    events: tuple[Event, ...] = field(default=(), eq=False, repr=False)

    def check_version(self, expected_version: ExpectedVersion) -> None:
        """Refuse a change that was decided on by another version.

        :raises ConcurrentChange: if this is not the expected version, or one of them.
        """
        if isinstance(expected_version, int):
            expected_version = (expected_version,)
        if expected_version is not None and self.version not in expected_version:
            raise ConcurrentChange

    @property
    def saved(self) -> Self:
        """This value as its store gives it out once the change is saved."""
        return evolve(self, version=self.version + 1, events=())
