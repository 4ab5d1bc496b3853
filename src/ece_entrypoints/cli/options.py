"""The options that several commands share, and the settings with them."""

from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias

from attrs import evolve
from cyclopts import Parameter

from ece_entrypoints.wiring.settings import InvalidSettings, Settings

from .exit_codes import Exit, Stopped

DATABASE_FOLDER: Final = Path(".ece/postgres")
"""The folder of the embedded PostgreSQL."""

DatabaseUrl: TypeAlias = Annotated[
    str | None,
    Parameter(
        help="A PostgreSQL 15 or newer, as postgresql://user:password@host:port/database;"
        " overrides ECE_DATABASE_URL. Without both, ECE starts an embedded one in .ece/."
    ),
]
AsJson: TypeAlias = Annotated[
    bool, Parameter(name="--json", negative="", help="Print one JSON document.")
]


def settings_with(**given: Any) -> Settings:  # noqa: ANN401  # an option of each type
    """The settings of the environment, with the options of the command line in their place.

    :raises Stopped: if a variable is unknown or not valid; the text names it.
    """
    try:
        found = Settings.from_environment()
    except InvalidSettings as error:
        raise Stopped(str(error), Exit.MISUSED) from error
    return evolve(found, **{name: value for name, value in given.items() if value is not None})
