"""The one secret of an installation, from which the keys for tokens and cursors are derived."""

import os
import secrets
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_LENGTH = 32


class SecretTooOpen(Exception):
    """Others may read the secret file, or it is too short: make it 0600, or delete it."""


def read_or_make_secret(path: Path) -> bytes:
    """The file's bytes. The first start makes the file, readable by its owner alone.

    Of several processes that start at once, one makes it and all read the same.

    :raises SecretTooOpen: if others may read the file, or it holds fewer than 32 bytes.
    """
    if not path.exists():
        _make(path)
    return _read(path)


def read_secrets(paths: Iterable[Path]) -> tuple[bytes, ...]:
    """The bytes of files that are there already.

    :raises OSError: if one of them cannot be read.
    :raises SecretTooOpen: if others may read one of them, or it holds fewer than 32 bytes.
    """
    return tuple(map(_read, paths))


def _read(path: Path) -> bytes:
    secret = path.read_bytes()
    shared = os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    if shared or len(secret) < _LENGTH:
        raise SecretTooOpen(f"{path}: make it 0600 with at least {_LENGTH} random bytes")
    return secret


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_bytes(secrets.token_bytes(_LENGTH))
    with suppress(FileExistsError):
        os.link(draft, path)  # unlike a rename, it never replaces what another process made
    draft.unlink()
