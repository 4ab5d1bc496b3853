"""Bugs put into the code of every layer, by meaning: a named test must notice each of them.

A file per layer lists them; ``test_planted_in_code.py`` checks at every change that each still fits
into the code, and in ``make proof`` that its test fails with it.
"""

from collections.abc import Mapping
from typing import Final

from . import (
    cli_bugs,
    findings_bugs,
    http_bugs,
    mapping_bugs,
    memory_bugs,
    sql_bugs,
    wiring_bugs,
)
from .planting import PlantedBug

LAYERS: Final[Mapping[str, tuple[PlantedBug, ...]]] = {
    "sql": sql_bugs.BUGS,
    "mapping": mapping_bugs.BUGS,
    "memory": memory_bugs.BUGS,
    "http": http_bugs.BUGS,
    "wiring": wiring_bugs.BUGS,
    "cli": cli_bugs.BUGS,
    "findings": findings_bugs.BUGS,
}
