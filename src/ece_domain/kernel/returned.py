"""Values that queued writes return at the commit."""

from collections.abc import Callable
from enum import Enum
from typing import Any, Final, Generic, TypeVar

from attrs import define, field

V = TypeVar("V")


class _Pending(Enum):
    """The placeholder of a value that is not known yet; None may be a real value."""

    VALUE = "pending"


_PENDING: Final = _Pending.VALUE


def _as_it_is(given: Any) -> Any:  # noqa: ANN401 - whatever the store gives
    return given


@define(eq=False)
class Returned(Generic[V]):
    """A value that a queued write returns, such as the row it chose or the balance after it.

    It is known when the transaction has committed. Before that it can be passed on: a use case may
    return it as its result, and the store records the value in the same round trip.
    """

    _read: Callable[[Any], V] = field(default=_as_it_is, repr=False)
    _given: object = _PENDING

    @property
    def value(self) -> V:
        """The value; raises RuntimeError before the commit, as that is a bug."""
        if self._given is _PENDING:
            raise RuntimeError("the transaction has not committed yet")
        return self._read(self._given)

    def give(self, given: object) -> None:
        """For stores: set the value at the commit. It is converted when it is read."""
        self._given = given
