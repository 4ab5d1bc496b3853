"""Writes the schema that ``ece doctor`` expects: ``python -m tests.postgres.write_schema``."""

import asyncio
import sys
from pathlib import Path

from ece_adapters.postgres.embedded.embedded_server import EmbeddedPostgres
from ece_adapters.postgres.engine.migrate import upgrade
from ece_adapters.postgres.engine.schema_drift import SCHEMA_FILE, as_text, read_schema
from tests.proof.disks import open_folder


def write_schema(binaries: Path | None = None) -> None:
    with (
        open_folder() as folder,
        EmbeddedPostgres(folder / "server", durable=False, binaries=binaries) as server,
    ):
        upgrade(server.url())
        SCHEMA_FILE.write_text(as_text(asyncio.run(read_schema(server.url()))), encoding="utf-8")


if __name__ == "__main__":
    write_schema(*map(Path, sys.argv[1:]))
