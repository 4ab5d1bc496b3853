"""Rarities and finishes: each card set defines its own, in order."""

from collections.abc import Sequence

from attrs import field, frozen

from .errors import DefinitionFixed, InvalidDefinitions
from .text_rules import single_line

MAX_DEFINITIONS = 100
MAX_RANK = 10_000


@frozen
class Definition:
    """A code, unique in its set, with a label for people and a rank for sorting.

    :raises InvalidDefinitions: unless the rank is between 0 and 10,000.
    """

    code: str = field(validator=single_line(40))
    label: str = field(validator=single_line(80))
    rank: int

    def __attrs_post_init__(self) -> None:
        if not 0 <= self.rank <= MAX_RANK:
            raise InvalidDefinitions


@frozen
class RarityDefinition(Definition):
    """How scarce a printing is; the higher the rank, the scarcer."""


@frozen
class FinishDefinition(Definition):
    """How a printing's surface is made, such as plain or foil."""


def check_definitions(definitions: Sequence[Definition]) -> None:
    """:raises InvalidDefinitions: unless there are 1 to 100, with distinct codes and ranks."""
    codes = {definition.code for definition in definitions}
    ranks = {definition.rank for definition in definitions}
    if not 1 <= len(definitions) <= MAX_DEFINITIONS or not len(codes) == len(ranks) == len(
        definitions
    ):
        raise InvalidDefinitions


def check_kept(before: Sequence[Definition], after: Sequence[Definition]) -> None:
    """:raises DefinitionFixed: if an existing one is missing, or has another rank.

    Printings refer to their codes and are sorted by their ranks, so neither may change.
    """
    ranks = {definition.code: definition.rank for definition in after}
    for definition in before:
        if ranks.get(definition.code) != definition.rank:
            raise DefinitionFixed(given=definition.code)
