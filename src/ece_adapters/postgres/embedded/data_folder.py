"""The folder of an embedded server: its cluster, its password, and who holds it."""

import fcntl
import os
import secrets
import shutil
from pathlib import Path
from subprocess import DEVNULL, PIPE, STDOUT, run
from typing import IO, Final, final

from attrs import frozen

from ece_adapters.postgres.embedded.process import command_line, end_server, exists
from ece_adapters.postgres.embedded.server_account import ENVIRONMENT, Account, make_reachable
from ece_adapters.postgres.embedded.server_binaries import ServerPrograms

_FIRST_WITH_BUILTIN_LOCALE: Final = 17
_READY_LINE: Final = 7


class DataDirectoryInUse(Exception):
    """Another process runs a server on the same folder; the message says which."""


class ServerNotStarted(Exception):
    """PostgreSQL did not come up; the message ends with what it said last."""


@final
@frozen
class DataFolder:
    """Belongs to us but for the cluster and the password, which the server's account must read."""

    path: Path
    account: Account

    @property
    def cluster(self) -> Path:
        return self.path / "cluster"

    @property
    def log(self) -> Path:
        return self.path / "log"

    @property
    def password(self) -> str:
        return self._password_file.read_text()

    @property
    def _password_file(self) -> Path:
        return self.path / "password"

    @property
    def _state_file(self) -> Path:
        return self.cluster / "postmaster.pid"

    def lock(self) -> IO[str]:
        """
        Held until the file is closed, or its process is gone.

        :raises DataDirectoryInUse: when somebody else holds it.
        """
        make_reachable(self.path)
        lock = (self.path / "lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read() or "another process"
            lock.close()
            raise DataDirectoryInUse(f"{self.path} is in use by {holder}") from None
        lock.truncate(0)
        lock.write(f"process {os.getpid()} ({command_line(os.getpid())})")
        lock.flush()
        return lock

    def initialize(self, programs: ServerPrograms, *, user: str, durable: bool) -> None:
        """
        Makes the cluster, with a new password for its superuser.

        :raises ServerNotStarted: when ``initdb`` fails.
        """
        # Made under another name, so that a cluster of the right name is always a whole one.
        unfinished = self.path / "cluster.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self._password_file.unlink(missing_ok=True)
        self._password_file.touch(mode=0o600)
        self._password_file.write_text(secrets.token_urlsafe(24))
        for path in (unfinished, self._password_file):
            os.chown(path, self.account.uid, self.account.gid)
        # Text is ordered by code point, and yet É is a letter, on every machine alike.
        if programs.major_version >= _FIRST_WITH_BUILTIN_LOCALE:
            letters = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        else:
            letters = ["--lc-ctype=C.UTF-8"]
        command = self.account.command(
            programs.folder / "initdb",
            f"--pgdata={unfinished}",
            f"--username={user}",
            "--auth=scram-sha-256",
            f"--pwfile={self._password_file}",
            "--encoding=UTF8",
            "--locale=C",
            *letters,
            *(() if durable else ("--no-sync",)),
        )
        answer = run(  # noqa: S603 - a program from our own settings
            command,
            env=ENVIRONMENT,
            cwd="/",
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=STDOUT,
            text=True,
            check=False,
        )
        if answer.returncode != 0:
            raise ServerNotStarted(f"initdb failed in {unfinished}:\n{answer.stdout}")
        unfinished.rename(self.cluster)

    def says_ready(self, pid: int) -> bool:
        """Whether this very server is: a killed one leaves a file that says ready as well."""
        state = self._state()
        return state[:1] == [str(pid)] and state[_READY_LINE:][:1] == ["ready"]

    def progress(self) -> int:
        """Grows while a server that starts says how far it is. What it tells clients is none."""
        try:
            return self.log.read_bytes().count(b" LOG: ")
        except FileNotFoundError:
            return 0

    def end_left_over_server(self) -> None:
        """To be called by the holder of the lock, as only then the server's owner must be gone."""
        state = self._state()
        if not self._state_file.exists():
            return
        pid = int(state[0]) if state and state[0].isdigit() else 0
        if self._is_server(pid):
            end_server(lambda number: os.kill(pid, number), lambda: self._is_server(pid))
        elif pid == 0 or exists(pid):
            # Torn by a crash, or after a reboot the number of another program: PostgreSQL would
            # refuse to start over either.
            self._state_file.unlink()

    def _state(self) -> list[str]:
        try:
            return [line.strip() for line in self._state_file.read_text().splitlines()]
        except FileNotFoundError:
            return []

    def _is_server(self, pid: int) -> bool:
        return f"-D {self.cluster} " in f"{command_line(pid)} "
