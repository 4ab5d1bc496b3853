"""The version that a caller has seen, for changes that must not overwrite what nobody saw."""

from collections.abc import Collection
from typing import TypeAlias

ExpectedVersion: TypeAlias = int | Collection[int] | None
"""The version that was seen, several of which one is enough, or None: any version that is there."""
