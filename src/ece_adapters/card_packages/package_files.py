"""The files of an npm package, from its tarball or from an unpacked folder."""

import gzip
import tarfile
import zlib
from io import BytesIO
from pathlib import Path
from typing import Final, Protocol

from attrs import field, frozen
from msgspec import Struct

from .broken_package import BrokenPackage, shown
from .typed_json import decode

MAX_BYTES: Final = 64 * 2**20
"""The most bytes of a file, and of a whole unpacked tarball."""


class PackageFiles(Protocol):
    """Files by their paths below the package's root."""

    def read(self, name: str) -> bytes:
        """:raises BrokenPackage: if there is no such file, or it cannot be read."""


class _Manifest(Struct):
    name: str


def open_package(path: Path, *, name: str) -> PackageFiles:
    """The package ``name`` at the path: a ``.tgz`` file, the unpacked folder, or the folder above.

    :raises BrokenPackage: if there is none, or another package.
    """
    files: PackageFiles = _Folder(_root(path)) if path.is_dir() else _Tarball.read_from(path)
    manifest = decode(files.read("package.json"), _Manifest, file="package.json")
    if manifest.name != name:
        raise BrokenPackage(str(path), f"this is the package {shown(manifest.name)}, not {name}")
    return files


def _root(folder: Path) -> Path:
    inner = folder / "package"
    return inner if inner.is_dir() and not (folder / "package.json").is_file() else folder


@frozen
class _Folder:
    root: Path

    def read(self, name: str) -> bytes:
        path = self.root / name
        return _read(path, missing=f"there is no file {name}, so this is not the package")


@frozen
class _Tarball:
    """Read into memory and never unpacked to the disk, which prevents path traversal."""

    path: Path
    members: dict[str, bytes] = field(repr=False)

    @classmethod
    def read_from(cls, path: Path) -> "_Tarball":
        packed = _read(path, missing="there is no such file or folder")
        try:
            with gzip.open(BytesIO(packed)) as unpacking:
                tar = unpacking.read(MAX_BYTES + 1)
            if len(tar) > MAX_BYTES:
                raise BrokenPackage(str(path), f"it unpacks to more than {MAX_BYTES} bytes")
            with tarfile.open(fileobj=BytesIO(tar), mode="r:") as archive:
                members = {
                    member.name: content.read()
                    for member in archive
                    if member.isreg() and (content := archive.extractfile(member))
                }
        except (EOFError, OSError, ValueError, tarfile.TarError, zlib.error) as error:
            raise BrokenPackage(
                str(path), f"this is not a whole .tgz file: {shown(str(error))}"
            ) from error
        return cls(path, members)

    def read(self, name: str) -> bytes:
        try:
            return self.members[f"package/{name}"]
        except KeyError as error:
            raise BrokenPackage(
                str(self.path), f"there is no package/{name} in it, so this is not the package"
            ) from error


def _read(path: Path, *, missing: str) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise BrokenPackage(str(path), missing) from error
    except OSError as error:
        raise BrokenPackage(str(path), f"it cannot be read: {error.strerror}") from error
    if len(content) > MAX_BYTES:
        raise BrokenPackage(str(path), f"it is larger than {MAX_BYTES} bytes")
    return content
