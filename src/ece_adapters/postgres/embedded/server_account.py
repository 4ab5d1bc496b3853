"""The account that runs the embedded server, and the folders that it can reach."""

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
"""The folder for servers started by root, if their account cannot reach the requested one."""

ENVIRONMENT: Final = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
"""The whole environment of the server's programs: the same on every machine."""

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
        """Whether the account can enter the folder; only root may ask.

        The test runs as the account, because mode bits do not show access lists and mounts.
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
    """The folder of a server, and the account that runs it.

    PostgreSQL refuses to run as root, so root uses another account. If that account cannot reach
    the requested folder (a checkout below a private home), the server uses a folder in
    :data:`STATE_FOLDER`, named after the requested path. Existing data keeps its folder and owner.

    :raises LookupError: if root has no other account to run the server.
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
    """Create the folder and its missing parents with mode 0755, independent of the umask."""
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
