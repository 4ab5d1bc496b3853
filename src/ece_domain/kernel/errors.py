"""What can go wrong, by the kind of answer that the caller needs.

``DomainError`` is the tree's root. A context derives its errors from a *kind* below and gives each
one a stable ``code`` (``context.what-happened``), a docstring whose first line tells a person what
happened, and typed fields that tell a program.
"""

from typing import ClassVar

from attrs import define, fields_dict


@define(slots=False)
class DomainError(Exception):
    """A rule said no. Anything else that is raised is a bug or an outage."""

    code: ClassVar[str]

    @property
    def detail(self) -> str:
        """One sentence for a person: the first line of the error's docstring."""
        return (type(self).__doc__ or "").strip().partition("\n")[0]

    @property
    def facts(self) -> dict[str, object]:
        """The typed fields, by name."""
        return {name: getattr(self, name) for name in fields_dict(type(self))}

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code}: {self.detail}" + (f" ({facts})" if facts else "")


@define(slots=False)
class InvalidInput(DomainError):
    """The request can never succeed as it is."""


@define(slots=False)
class Unauthenticated(DomainError):
    """The caller has not shown who they are."""


@define(slots=False)
class Forbidden(DomainError):
    """The caller is known, and may not do this."""


@define(slots=False)
class NotFound(DomainError):
    """The thing named does not exist, or the caller may not know that it does."""


@define(slots=False)
class Conflict(DomainError):
    """The request was sound, but the present state refuses it."""


@define(slots=False)
class ConcurrentChange(Conflict):
    """Somebody else changed it first: load it again and retry."""

    code = "kernel.concurrent-change"


@define(slots=False)
class LimitExceeded(DomainError):
    """Too much at once, or too often."""


@define(slots=False)
class Unavailable(DomainError):
    """Something ECE depends on does not answer: try again later."""

    code = "kernel.unavailable"
    what: str


@define(slots=False)
class LockTimeout(ConcurrentChange):
    """Somebody else is changing it, and did not finish in time: try again in a moment."""

    code = "kernel.lock-timeout"
    what: str


@define(slots=False)
class TimedOut(DomainError):
    """The request took longer than it may, and nothing of it was done: ask for less at a time."""

    code = "kernel.timed-out"
