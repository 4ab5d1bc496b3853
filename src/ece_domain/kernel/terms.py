"""Terms: the content of a request or a settlement, as plain values with one encoding.

Two requests are the same if their terms are equal. Names of classes and fields are not part of
them, so a renaming in code keeps stored digests valid.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Final, TypeAlias
from uuid import UUID

from .money import Asset, Money, Rate

Term: TypeAlias = (
    "str | int | bool | UUID | datetime | Money | Asset | Rate | tuple[Term, ...] | None"
)


_TYPES: Final = (str, int, UUID, datetime, Money, Asset, Rate)


def digest_of(*terms: Term) -> bytes:
    """A SHA-256 hash over the terms.

    :raises TypeError: for a value of another type, and for a moment without a time zone.
    """
    _check(terms)
    return hashlib.sha256(_JSON.encode(terms).encode()).digest()


def _check(terms: tuple[Term, ...]) -> None:
    """Without this check JSON would accept floats too."""
    for term in terms:
        if isinstance(term, tuple):
            _check(term)
        elif not isinstance(term, _TYPES) and term is not None:
            raise TypeError(f"no term: {term!r}")


def _tagged(term: object) -> dict[str, object]:
    """A type that JSON does not have becomes an object with the name of its type."""
    match term:
        case UUID():
            return {"uuid": term.hex}
        case Money(amount, asset):
            return {"money": [amount, str(asset)]}
        case Asset():
            return {"asset": str(term)}
        case Rate(ppm):
            return {"rate": ppm}
        case datetime() if term.tzinfo is not None:
            return {"moment": term.astimezone(UTC).isoformat()}
        case _:
            raise TypeError(f"no term: {term!r}")


_JSON: Final = json.JSONEncoder(separators=(",", ":"), default=_tagged)
