"""Bytes as the application gets them: as a text, or in a request."""

from typing import Any, TypeAlias

from litestar import Request

HttpRequest: TypeAlias = Request[Any, Any, Any]


def text_of(data: bytes) -> str:
    """Any text, with halves of characters; what is no UTF-8 at all is taken byte by byte."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def request(*, query: bytes = b"", **headers: bytes) -> HttpRequest:
    """As much of a request as the parsers read."""
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/v1/listings",
        "query_string": query,
        "headers": [(name.replace("_", "-").encode(), value) for name, value in headers.items()],
        "state": {},
    }
    return Request(scope)  # type: ignore[arg-type]  # see above
