"""What a queued write gives back."""

from enum import Enum
from typing import Final, Generic, TypeVar

from attrs import define

V = TypeVar("V")


class _Pending(Enum):
    """Stands in for a value that is not there yet, as any real value may be None."""

    VALUE = "pending"


_PENDING: Final = _Pending.VALUE


@define(eq=False)
class Returned(Generic[V]):
    """A value that a queued write gives back, such as the unit it chose or the balance after it.

    It is there once the transaction has committed. Until then it can be handed on: a use case may
    return it as its answer, and the store records the value in the same round trip.
    """

    _value: V | _Pending = _PENDING

    @property
    def value(self) -> V:
        """The value; a program that asks before the commit has a bug, and gets RuntimeError."""
        if self._value is _PENDING:
            raise RuntimeError("the transaction has not committed yet")
        return self._value

    def give(self, value: V) -> None:
        """For stores: fill in the value at the commit."""
        self._value = value
