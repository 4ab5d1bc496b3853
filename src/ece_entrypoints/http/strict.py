"""Bodies as they were meant, or not at all."""

from datetime import datetime
from typing import Annotated, TypeAlias

from msgspec import Meta

Moment: TypeAlias = Annotated[
    datetime, Meta(tz=True, description="RFC 3339, with an offset.", examples=["2026-01-31T12:00Z"])
]
"""A time with its offset: a naive one is refused."""
