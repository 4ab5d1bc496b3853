"""Runs a step's SQL files as they are: functions and triggers need no translation."""

from pathlib import Path
from typing import Any

from alembic import op
from sqlalchemy.util import await_only

_HERE = Path(__file__).parent


def run(step: str, direction: str, contexts: tuple[str, ...]) -> None:
    """Run ``<step>/<context>.<direction>.sql`` of each context, in the given order."""
    driver: Any = op.get_bind().connection.driver_connection
    for context in contexts:
        script = (_HERE / step / f"{context}.{direction}.sql").read_text(encoding="utf-8")
        await_only(driver.execute(script))
