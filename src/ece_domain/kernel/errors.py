"""The errors of the domain, grouped by kind; HTTP derives the status from the kind.

``DomainError`` is the base class. A context derives its errors from a *kind* below. An error has
a stable ``code`` (``context.what-happened``) and typed fields for programs, and three texts for
people:

- what happened: the first line of the docstring, one sentence without values;
- ``cause``: why it happened, with ``{field}`` where a value belongs;
- ``hint``: what to do next. A kind has a hint that its errors use unless they have a better one.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from attrs import define, fields_dict, frozen


@define(slots=False)
class DomainError(Exception):
    """A rule refused the request. Any other exception is a bug or an outage."""

    code: ClassVar[str]
    cause: ClassVar[str] = ""
    hint: ClassVar[str] = ""

    @classmethod
    def what_happened(cls) -> str:
        """The first line of the docstring."""
        return (cls.__doc__ or "").strip().partition("\n")[0]

    @property
    def detail(self) -> str:
        """What happened, why, and what to do next, for a person."""
        return self._joined(self.cause, self.hint)

    @property
    def details(self) -> dict[str, object]:
        """The typed fields, by name."""
        return {name: getattr(self, name) for name in fields_dict(type(self))}

    def __str__(self) -> str:
        """The text for logs, without the hint, which is for the client."""
        details = ", ".join(f"{name}={value}" for name, value in self.details.items())
        return f"{self.code}: {self._joined(self.cause)}" + (f" ({details})" if details else "")

    def _joined(self, *texts: str) -> str:
        values = _Values(self)
        filled = (text.format_map(values) for text in texts if text)
        return " ".join((self.what_happened(), *filled))


@define(slots=False)
class InvalidInput(DomainError):
    """The request can never succeed as it is."""

    hint = "Correct the value, then send the request again."


@define(slots=False)
class Unauthenticated(DomainError):
    """The caller has not shown who they are."""

    hint = "Log in again, then repeat the request with the new access token."


@define(slots=False)
class Forbidden(DomainError):
    """The caller is known, and may not do this."""

    hint = "Ask a user who is allowed to do it, or log in with another account."


@define(slots=False)
class NotFound(DomainError):
    """The thing named does not exist, or the caller may not know that it does."""

    hint = "Check the id or code that you sent, or search for what you need."


@define(slots=False)
class Conflict(DomainError):
    """The request was sound, but the present state refuses it."""


@define(slots=False)
class ConcurrentChange(Conflict):
    """Another request changed the same data at the same time."""

    code = "kernel.concurrent-change"
    cause = "This request was based on data that is no longer current, so nothing of it was saved."
    hint = "Load the data again, then decide whether to repeat the request."


@define(slots=False)
class LimitExceeded(DomainError):
    """Too much at once, or too often."""


@define(slots=False)
class Unavailable(DomainError):
    """A service that ECE depends on does not respond."""

    code = "kernel.unavailable"
    cause = "The {what} cannot be reached at the moment."
    hint = "Try again in a moment. Keep the idempotency key, so that nothing happens twice."

    what: str


@define(slots=False)
class LockTimeout(ConcurrentChange):
    """Another request is changing the same data and did not finish in time."""

    code = "kernel.lock-timeout"
    cause = "The {what} was locked for longer than this request may wait."
    hint = "Wait a moment, then send the same request again."

    what: str


@define(slots=False)
class TimedOut(DomainError):
    """The request took too long, so nothing of it was saved."""

    code = "kernel.timed-out"
    cause = "The request reached the time limit of the database."
    hint = "Ask for less at a time, such as a smaller page, or try again later."


@frozen
class _Values:
    """The fields of an error, formatted for its texts."""

    error: DomainError

    def __getitem__(self, name: str) -> str:
        value = getattr(self.error, name)
        if isinstance(value, datetime):
            return value.isoformat(timespec="seconds").replace("+00:00", "Z")
        if isinstance(value, Iterable) and not isinstance(value, str):
            return ", ".join(str(item) for item in value)
        return str(value)
