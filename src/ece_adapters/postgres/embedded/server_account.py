"""Whom the embedded server runs as, and which folders that user can reach."""

import os
import pwd
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from subprocess import DEVNULL, run
from typing import Final, final

from attrs import frozen

STATE_FOLDER: Final = Path("/var/lib/ece")
"""Where root keeps what the unprivileged user could not reach elsewhere."""

ENVIRONMENT: Final = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
"""All that the server's programs get to see, so that they speak alike on every machine."""

_DROP_PRIVILEGES: Final = Path(__file__).with_name("drop_privileges.py")


@final
@frozen
class Account:
    uid: int
    gid: int

    def command(self, program: Path, *arguments: str | Path) -> Sequence[str | Path]:
        """The command line that runs `program` as this account until this process ends."""
        ids = (str(number) for number in (os.getpid(), self.uid, self.gid))
        return (sys.executable, "-I", "-S", _DROP_PRIVILEGES, *ids, program, *arguments)

    def can_enter(self, folder: Path) -> bool:
        """
        For root to ask. The system answers, as mode bits alone do not tell of access lists and
        mounts.
        """
        answer = run(  # noqa: S603 - no shell, and a path of our own
            ("test", "-x", folder),  # noqa: S607 - from the trusted PATH of our environment
            env=ENVIRONMENT,
            cwd="/",
            stdin=DEVNULL,
            check=False,
            user=self.uid,
            group=self.gid,
            extra_groups=(),
        )
        return answer.returncode == 0


def server_home(requested: Path) -> tuple[Path, Account]:
    """
    The folder to keep a server in, and the account to run it as.

    PostgreSQL refuses to run as root, so root hands it to another account. When that one cannot
    reach the requested folder (a checkout below a private home), the server lives beneath
    :data:`STATE_FOLDER`, under a name made from the requested path. Data that exists stays
    where and whose it is.

    :raises LookupError: when root has no other account to run the server as.
    """
    requested = requested.resolve()
    if os.geteuid() != 0:
        return requested, Account(os.geteuid(), os.getegid())
    digest = sha256(os.fsencode(requested)).hexdigest()[:12]
    instead = STATE_FOLDER / f"{requested.name}-{digest}"
    for home in (requested, instead):
        if (home / "cluster").exists():
            owner = (home / "cluster").stat()
            return home, Account(owner.st_uid, owner.st_gid)
    account = _unprivileged_account()
    existing = next(folder for folder in (requested, *requested.parents) if folder.exists())
    return (requested if account.can_enter(existing) else instead), account


def make_reachable(folder: Path) -> None:
    """Creates the folder and what is missing above it, passable for others whatever the umask."""
    for missing in reversed([path for path in (folder, *folder.parents) if not path.exists()]):
        missing.mkdir(exist_ok=True)
        missing.chmod(0o755)


def _unprivileged_account() -> Account:
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise LookupError("PostgreSQL does not run as root, and there is no user postgres or nobody")
