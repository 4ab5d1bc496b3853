"""Facts that have happened, for whoever wants to know."""

from datetime import datetime
from typing import ClassVar, Self

from attrs import evolve, field, frozen


@frozen(kw_only=True)
class Event:
    """A fact in the past tense. Its ``kind`` is stable: ``context.what-happened``."""

    kind: ClassVar[str]

    occurred_at: datetime


@frozen(kw_only=True)
class Aggregate:
    """An immutable entity that is loaded and saved whole.

    A change is a new value that carries the events of the change; saving stores both together.
    ``version`` counts its saves (0: never saved), so that a stale copy cannot overwrite a newer.
    """

    version: int = 0
    events: tuple[Event, ...] = field(default=(), eq=False, repr=False)

    @property
    def saved(self) -> Self:
        """This value as its store gives it out once the change is saved."""
        return evolve(self, version=self.version + 1, events=())
