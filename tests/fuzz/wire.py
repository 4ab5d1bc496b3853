"""Bytes as texts and as requests, as the application gets them."""

from typing import Any, TypeAlias

from litestar import Request

HttpRequest: TypeAlias = Request[Any, Any, Any]


def text_of(data: bytes) -> str:
    """Any text, with unpaired surrogates; bytes that are not UTF-8 become single characters."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def request(*, query: bytes = b"", **headers: bytes) -> HttpRequest:
    """The parts of a request that the parsers read."""
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/v1/listings",
        "query_string": query,
        "headers": [(name.replace("_", "-").encode(), value) for name, value in headers.items()],
        "state": {},
    }
    return Request(scope)  # type: ignore[arg-type]  # see above
