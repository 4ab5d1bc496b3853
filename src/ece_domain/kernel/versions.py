"""The expected version of a change (optimistic lock), so that it overwrites no unseen change."""

from collections.abc import Collection
from typing import TypeAlias

ExpectedVersion: TypeAlias = int | Collection[int] | None
"""One version, or several of which one must match; None matches any version."""
