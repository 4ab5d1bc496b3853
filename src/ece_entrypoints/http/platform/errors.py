"""What HTTP itself refuses, in the form of every other refusal."""

from typing import ClassVar

from attrs import define

from ece_domain.kernel import DomainError, InvalidInput, NotFound


@define(slots=False)
class BadRequest(InvalidInput):
    """The request is not valid HTTP."""

    code: ClassVar[str] = "http.bad-request"
    cause = "The server could not read its address, its headers or its body to the end."
    hint = "Check how your client builds and sends the request, then send it again."


@define(slots=False)
class AddressNotFound(NotFound):
    """Nothing exists at this address."""

    code: ClassVar[str] = "http.not-found"
    cause = (
        "The path matches no route, has an empty segment (``//``) or an encoded slash (``%2F``),"
        " or an id in it is not a UUID."
    )
    hint = "Check the path against the API documentation at ``/docs/api``."


@define(slots=False)
class MethodNotAllowed(InvalidInput):
    """The address does not accept this method."""

    code: ClassVar[str] = "http.method-not-allowed"
    cause = "The header ``Allow`` of this answer lists the methods that it accepts."
    hint = "Send the request with one of the methods in ``Allow``."


@define(slots=False)
class BodyTooLarge(InvalidInput):
    """The body is too large."""

    code: ClassVar[str] = "http.body-too-large"
    cause = "A body of this route has at most {max_bytes} bytes."
    hint = "Send less in one request, or split it into several requests."

    max_bytes: int


@define(slots=False)
class TooManyConnections(DomainError):
    """The server has too many connections."""

    code: ClassVar[str] = "http.too-many-connections"
    cause = "More clients are connected than it serves at a time (``ECE_MAX_CONNECTIONS``)."
    hint = "Try again after the time in ``Retry-After``, and keep fewer connections open."


@define(slots=False)
class InternalError(DomainError):
    """The server failed while it handled the request."""

    code: ClassVar[str] = "http.internal-error"
    cause = (
        "This is a defect of ECE and not of your request. It was logged with the id in the header"
        " ``X-Request-Id``."
    )
    hint = (
        "Try again with the same idempotency key. If it fails again, report the id to the operator."
    )


@define(slots=False)
class InvalidHost(InvalidInput):
    """The header ``Host`` is missing, repeated or malformed."""

    code: ClassVar[str] = "http.invalid-host"
    cause = "A request names the host that it is for exactly once."
    hint = "Send one header ``Host`` with the host of the address, and its port if it has one."


@define(slots=False)
class UnknownHost(InvalidInput):
    """The request is for another host."""

    code: ClassVar[str] = "http.unknown-host"
    cause = (
        "The header ``Host`` names neither the host of ``ECE_PUBLIC_URL``, one of"
        " ``ECE_ALLOWED_HOSTS``, nor the address that the client is connected to. A page of another"
        " site could otherwise reach the exchange by a host name that it controls."
    )
    hint = (
        "Use the public address of the exchange. If you operate it, add the host to"
        " ``ECE_ALLOWED_HOSTS``."
    )
