"""The program ``ece``. It says what to install if its extra is missing."""

import sys
from typing import Final

from .exit_codes import Exit

_INSTALL: Final = "pip install 'elite-card-exchange[cli,embedded]'"


def main() -> None:
    """Run the command line; without its packages, name the extra that has them."""
    try:
        from .app import main as run  # noqa: PLC0415 - it may not be there

        run()
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.startswith("ece_"):
            raise
        print(f"ece: {missing.name} is not installed: {_INSTALL}", file=sys.stderr)
        sys.exit(Exit.NOT_POSSIBLE)
