"""The folder of an embedded server: its cluster, its password and its lock."""

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
    """PostgreSQL did not start; the message ends with the last lines of its log."""


@final
@frozen
class DataFolder:
    """Owned by this process's user, except cluster and password, owned by the server's account."""

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
        """Lock the folder until the file is closed or the process ends.

        :raises DataDirectoryInUse: if another process has the lock.
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
        """Create the cluster, with a new password for its superuser.

        :raises ServerNotStarted: if ``initdb`` fails.
        """
        # Created under another name and renamed at the end: "cluster" is always complete.
        unfinished = self.path / "cluster.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self._password_file.unlink(missing_ok=True)
        self._password_file.touch(mode=0o600)
        self._password_file.write_text(secrets.token_urlsafe(24))
        for path in (unfinished, self._password_file):
            os.chown(path, self.account.uid, self.account.gid)
        # On every machine: text sorts by code point, and É counts as a letter.
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
        """Whether the server with this pid is ready; a killed one also leaves a state file."""
        state = self._state()
        return state[:1] == [str(pid)] and state[_READY_LINE:][:1] == ["ready"]

    def progress(self) -> int:
        """A number that grows while a starting server logs its progress."""
        try:
            return self.log.read_bytes().count(b" LOG: ")
        except FileNotFoundError:
            return 0

    def end_left_over_server(self) -> None:
        """End a server whose owner has died. Requires the lock, which proves that it has."""
        state = self._state()
        if not self._state_file.exists():
            return
        pid = int(state[0]) if state and state[0].isdigit() else 0
        if self._is_server(pid):
            end_server(lambda number: os.kill(pid, number), lambda: self._is_server(pid))
        elif pid == 0 or exists(pid):
            # The file was truncated by a crash, or its pid belongs to another program after a
            # reboot: PostgreSQL would not start in either case.
            self._state_file.unlink()

    def _state(self) -> list[str]:
        try:
            return [line.strip() for line in self._state_file.read_text().splitlines()]
        except FileNotFoundError:
            return []

    def _is_server(self, pid: int) -> bool:
        return f"-D {self.cluster} " in f"{command_line(pid)} "
