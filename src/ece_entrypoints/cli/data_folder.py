"""Checks that this account can use the files in ``.ece``, and names the command that helps."""

import os
import pwd
from os import R_OK, W_OK, X_OK, access
from pathlib import Path
from typing import Final

from attrs import frozen

from .options import DATABASE_FOLDER

DATA_FOLDER: Final = DATABASE_FOLDER.parent

_USED: Final = (
    DATABASE_FOLDER,
    *(DATABASE_FOLDER / name for name in ("lock", "password", "log", "cluster")),
)


@frozen
class FolderProblem:
    """A file that this account cannot use, and the command that changes that."""

    what: str
    cure: str

    def __str__(self) -> str:
        return f"{self.what}. Fix it: {self.cure}"


def folder_problem() -> FolderProblem | None:
    """The first problem of the data folder, or None. The folder need not exist yet."""
    folder = DATA_FOLDER.absolute()
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if not nearest.is_dir():
        return FolderProblem(f"{nearest} is a file, not a folder", f"mv {nearest} {nearest}.old")
    for path in (nearest, *(path.absolute() for path in _USED)):
        if path.exists() and not _is_usable(path):
            return _problem_of(path, nearest)
    return None


def _is_usable(path: Path) -> bool:
    return access(path, R_OK | W_OK | X_OK if path.is_dir() else R_OK | W_OK)


def _problem_of(path: Path, folder: Path) -> FolderProblem:
    owner, me = path.stat().st_uid, os.geteuid()
    if os.statvfs(path).f_flag & os.ST_RDONLY:
        return FolderProblem(f"{path} is on a read-only disk", "run ECE in another folder")
    if owner != me:
        what = f"{path} belongs to {_name_of(owner)}, and {_name_of(me)} runs ECE"
        if folder == DATA_FOLDER.absolute():
            return FolderProblem(what, f"sudo chown -R {_name_of(me)} {folder}")
        return FolderProblem(what, "run ECE in a folder of your own")
    return FolderProblem(f"{_name_of(me)} cannot write to {path}", f"chmod -R u+rwX {path}")


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
