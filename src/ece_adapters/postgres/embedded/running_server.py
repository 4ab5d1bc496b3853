"""Finds the embedded server that another process runs."""

from pathlib import Path
from typing import Final, Self, final

from attrs import field, frozen

from ece_adapters.postgres.embedded.own_server import OwnServer
from ece_adapters.postgres.embedded.server_account import server_home

_PORT_LINE: Final = 3


@final
@frozen
class RunningServer(OwnServer):
    """An embedded server of another process; it ends with that process."""

    port: int
    password: str = field(repr=False)

    @classmethod
    def on(cls, data_directory: Path) -> Self | None:
        """The server that runs on the folder; None if there is none, or if it is still starting."""
        folder, _ = server_home(data_directory)
        try:
            state = (folder / "cluster" / "postmaster.pid").read_text().splitlines()
            return cls(int(state[_PORT_LINE]), (folder / "password").read_text())
        except (FileNotFoundError, IndexError, ValueError):
            return None

    def address(self) -> tuple[str, int]:
        return self.password, self.port
