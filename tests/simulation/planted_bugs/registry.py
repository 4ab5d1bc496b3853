"""The registry of planted bugs."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

Plant: TypeAlias = Callable[[pytest.MonkeyPatch], None]

PLANTED: dict[str, Plant] = {}


def planted(plant: Plant) -> Plant:
    PLANTED[plant.__name__.replace("_", "-")] = plant
    return plant
