"""What HTTP itself refuses, in the form of every other refusal."""

from typing import ClassVar

from attrs import define

from ece_domain.kernel import DomainError, InvalidInput, NotFound


@define(slots=False)
class BadRequest(InvalidInput):
    """The request is not sound HTTP."""

    code: ClassVar[str] = "http.bad-request"


@define(slots=False)
class AddressNotFound(NotFound):
    """There is nothing at this address."""

    code: ClassVar[str] = "http.not-found"


@define(slots=False)
class MethodNotAllowed(InvalidInput):
    """This address does not take this method; ``Allow`` names those that it takes."""

    code: ClassVar[str] = "http.method-not-allowed"


@define(slots=False)
class BodyTooLarge(InvalidInput):
    """A body has at most 1 MiB."""

    code: ClassVar[str] = "http.body-too-large"


@define(slots=False)
class InternalError(DomainError):
    """This is our fault, and it was noted under the ``X-Request-Id`` of this answer."""

    code: ClassVar[str] = "http.internal-error"
