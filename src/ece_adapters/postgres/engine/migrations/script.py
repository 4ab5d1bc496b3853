"""Runs the SQL files of a step unchanged."""

from pathlib import Path
from typing import Any

from alembic import op
from sqlalchemy.util import await_only

_STEPS = Path(__file__).parent
_POSTGRES = _STEPS.parent.parent


def run(step: str, direction: str, contexts: tuple[str, ...]) -> None:
    """Run ``<step>/<context>.<direction>.sql`` of each context, in the given order."""
    for context in contexts:
        _execute(_STEPS / step / f"{context}.{direction}.sql")


def create_functions(names: tuple[str, ...]) -> None:
    """Create or replace each function by ``<context>/functions/<name>.sql``, in this order."""
    files = {file.stem: file for file in _POSTGRES.glob("*/functions/*.sql")}
    for name in names:
        _execute(files[name])


def _execute(file: Path) -> None:
    driver: Any = op.get_bind().connection.driver_connection
    await_only(driver.execute(file.read_text(encoding="utf-8")))
