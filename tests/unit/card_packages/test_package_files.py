"""Packages are read from tarballs and folders; everything else is refused."""

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ece_adapters.card_packages import BrokenPackage, package_files
from ece_adapters.card_packages.package_files import open_package

from .invented import packed, tarred, unpacked

FILES = {"package.json": b'{"name": "toy"}', "dist/cards.json": b"[1, 2]"}


@pytest.fixture(params=["tarball", "folder", "folder above"])
def package(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    if request.param == "tarball":
        yield packed(FILES, tmp_path / "toy-1.0.0.tgz")
    else:
        above = unpacked(FILES, tmp_path)
        yield above if request.param == "folder above" else above / "package"


def test_gives_the_bytes_of_a_file(package):
    assert open_package(package, name="toy").read("dist/cards.json") == b"[1, 2]"


def test_names_a_file_that_is_missing(package):
    with pytest.raises(BrokenPackage, match=r"there is no .*dist/sets\.json"):
        open_package(package, name="toy").read("dist/sets.json")


def test_refuses_another_package_by_its_name(package):
    with pytest.raises(BrokenPackage, match="this is the package toy, not cards"):
        open_package(package, name="cards")


def test_refuses_a_package_without_a_name(tmp_path):
    with pytest.raises(BrokenPackage, match=r"package\.json: .*missing required field `name`"):
        open_package(unpacked({"package.json": b"{}"}, tmp_path), name="toy")


def test_refuses_a_folder_that_is_no_package(tmp_path):
    with pytest.raises(BrokenPackage, match=r"no file package\.json, so this is not the package"):
        open_package(tmp_path, name="toy")


def test_refuses_a_path_where_nothing_is(tmp_path):
    with pytest.raises(BrokenPackage, match=r"nothing\.tgz: there is no such file or folder"):
        open_package(tmp_path / "nothing.tgz", name="toy")


@pytest.mark.parametrize("kept", [0, 1, 20, 100, -9, -1])
def test_refuses_a_tarball_that_was_cut_short(tmp_path, kept):
    path = packed({**FILES, "dist/noise.json": bytes(range(256)) * 9}, tmp_path / "toy.tgz")
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(BrokenPackage, match=r"toy\.tgz: this is not a whole \.tgz file"):
        open_package(path, name="toy")


def test_refuses_a_file_that_is_no_tarball(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("a shopping list\n")
    with pytest.raises(BrokenPackage, match=r"not a whole \.tgz file"):
        open_package(path, name="toy")


def test_refuses_a_tarball_that_unpacks_to_too_much(tmp_path, monkeypatch):
    monkeypatch.setattr(package_files, "MAX_BYTES", 100_000)
    path = packed({**FILES, "zeros": bytes(200_000)}, tmp_path / "toy.tgz")
    assert path.stat().st_size < 1_000
    with pytest.raises(BrokenPackage, match="unpacks to more than 100000 bytes"):
        open_package(path, name="toy")


def test_refuses_a_file_that_is_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr(package_files, "MAX_BYTES", 100)
    folder = unpacked({**FILES, "dist/cards.json": bytes(101)}, tmp_path)
    with pytest.raises(BrokenPackage, match="larger than 100 bytes"):
        open_package(folder, name="toy").read("dist/cards.json")


def test_a_member_with_a_path_outside_is_never_written(tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    members = {f"package/{name}": content for name, content in FILES.items()}
    path = inside / "toy.tgz"
    path.write_bytes(tarred({"../planted": b"!", str(tmp_path / "planted"): b"!", **members}))
    assert open_package(path, name="toy").read("dist/cards.json") == b"[1, 2]"
    assert [each.name for each in tmp_path.rglob("*")] == ["inside", "toy.tgz"]


def test_a_link_in_a_tarball_leads_nowhere(tmp_path):
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE):
            link = tarfile.TarInfo("package/package.json")
            link.type, link.linkname = kind, "/etc/hostname"
            archive.addfile(link)
    path = tmp_path / "toy.tgz"
    path.write_bytes(held.getvalue())
    with pytest.raises(BrokenPackage, match=r"there is no package/package\.json in it"):
        open_package(path, name="toy")
