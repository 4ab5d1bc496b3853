"""A Debian with Python, make and git, and nothing else, in a folder of this machine."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from attrs import frozen

from .machine import Machine, clone_into

RELEASES: Final = ("bookworm", "trixie")
"""Debian 12 with Python 3.11, and Debian 13 with Python 3.13."""
PACKAGES: Final = "ca-certificates,git,make,python3,python3-venv"
USERS: Final = ("root", "collector")
_BORROWED: Final = (
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/pip.conf",
    "/etc/ssl/certs/ca-certificates.crt",
)
"""What reaches the package registries from this machine."""


def missing() -> str | None:
    """Why no bare Debian can be made here; None if one can."""
    if os.geteuid() != 0:
        return "only root may change the root folder of a process"
    programs = [name for name in ("debootstrap", "chroot", "unshare") if not shutil.which(name)]
    return f"not installed: {', '.join(programs)}" if programs else None


@frozen
class BareDebian:
    """The folder of one, for one try; the clone is in the home folder of the user."""

    root: Path
    user: str

    @property
    def home(self) -> Path:
        return self.root / ("root" if self.user == "root" else f"home/{self.user}")

    def make(self, target: str, *, log: Path) -> subprocess.Popen[bytes]:
        return self.run(f"make {target}", log=log)

    def run(self, command: str, *, log: Path) -> subprocess.Popen[bytes]:
        """Start a command in the clone, with an empty environment; its processes end with it.

        It has its own processes and mounts. The loopback device is that of this machine, as the
        registries are reached through it. Its first process is bash, which waits for processes
        whose parent ended, as an init does.
        """
        script = (
            f"mount -t proc proc '{self.root}/proc' && mount --rbind /dev '{self.root}/dev' && "
            f"chroot '{self.root}' su - {self.user} -c 'cd ece && {command}'; exit $?"
        )
        unshared = ("unshare", "--mount", "--pid", "--fork", "--kill-child")
        with log.open("ab") as output:
            return subprocess.Popen(
                ["env", "-i", f"PATH={os.environ['PATH']}", *unshared, "bash", "-c", script],
                stdout=output,
                stderr=output,
            )


@contextmanager
def bare_debian(release: str, user: str, cache: Path, source: Path) -> Iterator[Machine]:
    """A new one with a clone of the committed source; its folder is removed at the end."""
    image = _image(release, cache)
    root = cache / f"{release}-{user}"
    shutil.rmtree(root, ignore_errors=True)
    subprocess.run(["cp", "-a", "--reflink=auto", image, root], check=True)
    try:
        machine = BareDebian(root, user)
        for path in filter(os.path.exists, _BORROWED):
            shutil.copyfile(path, root / path.lstrip("/"))
        if user != "root":
            _chroot(root, "useradd", "--create-home", "--shell", "/bin/bash", user)
        clone_into(machine.home, source)
        _chroot(root, "chown", "-R", f"{user}:{user}", f"/{machine.home.relative_to(root)}/ece")
        yield machine
    finally:
        shutil.rmtree(root)


def _image(release: str, cache: Path) -> Path:
    """The freshly installed system, made once."""
    image = cache / release
    if not (image / "complete").exists():
        shutil.rmtree(image, ignore_errors=True)
        cache.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", release, image],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        (image / "complete").touch()
    return image


def _chroot(root: Path, *command: str) -> None:
    subprocess.run(["chroot", root, *command], check=True)
