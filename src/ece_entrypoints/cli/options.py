"""The options that several commands share, and the settings that come of them."""

from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias

from attrs import evolve
from cyclopts import Parameter
from typed_settings.exceptions import InvalidSettingsError

from ece_entrypoints.wiring.settings import Settings

from .exit_codes import Exit, Stopped

DATABASE_FOLDER: Final = Path(".ece/postgres")
"""Where the embedded PostgreSQL keeps an exchange, beside the secret file of the settings."""

DatabaseUrl: TypeAlias = Annotated[
    str | None,
    Parameter(
        help="A PostgreSQL 15 or newer, as postgresql://user:password@host:port/database;"
        " ECE_DATABASE_URL does the same. Without it, ECE runs its own below .ece/."
    ),
]
AsJson: TypeAlias = Annotated[
    bool, Parameter(name="--json", negative="", help="Print one JSON document, for programs.")
]


def settings_with(**given: Any) -> Settings:  # noqa: ANN401  # an option of each type
    """The settings of the environment, and what the command line says instead.

    :raises Stopped: naming the variable that is wrong.
    """
    try:
        found = Settings.from_environment()
    except InvalidSettingsError as error:
        what = "; ".join(map(str, error.exceptions))
        raise Stopped(f"a variable ECE_... is wrong: {what}", Exit.MISUSED) from error
    return evolve(found, **{name: value for name, value in given.items() if value is not None})
