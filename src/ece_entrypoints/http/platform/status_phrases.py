"""The names of HTTP statuses, as RFC 9110 has them. Python took two of these names in 3.13 only."""

from http import HTTPStatus
from typing import Final

_NAMES_OF_RFC_9110: Final = {413: "Content Too Large", 422: "Unprocessable Content"}


def status_phrase(status: int) -> str:
    """The same name in every version of Python, as pages and the OpenAPI document are committed."""
    return _NAMES_OF_RFC_9110.get(status) or HTTPStatus(status).phrase
