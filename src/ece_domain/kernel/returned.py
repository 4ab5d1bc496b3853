"""What a queued write gives back."""

from collections.abc import Callable
from enum import Enum
from typing import Any, Final, Generic, TypeVar

from attrs import define, field

V = TypeVar("V")


class _Pending(Enum):
    """Stands in for a value that is not there yet, as any real value may be None."""

    VALUE = "pending"


_PENDING: Final = _Pending.VALUE


def _as_it_is(given: Any) -> Any:  # noqa: ANN401 - whatever the store gives
    return given


@define(eq=False)
class Returned(Generic[V]):
    """A value that a queued write gives back, such as the unit it chose or the balance after it.

    It is there once the transaction has committed. Until then it can be handed on: a use case may
    return it as its answer, and the store records the value in the same round trip.
    """

    _read: Callable[[Any], V] = field(default=_as_it_is, repr=False)
    _given: object = _PENDING

    @property
    def value(self) -> V:
        """The value; a program that asks before the commit has a bug, and gets RuntimeError."""
        if self._given is _PENDING:
            raise RuntimeError("the transaction has not committed yet")
        return self._read(self._given)

    def give(self, given: object) -> None:
        """For stores: fill in at the commit what the value is read from, if anybody asks for it."""
        self._given = given
