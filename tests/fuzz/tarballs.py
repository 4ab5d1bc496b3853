"""Tarballs of packages: read, or refused with the name of the file."""

import gzip
import os
import tempfile
from pathlib import Path

from ece_adapters.card_packages import BrokenPackage
from ece_adapters.card_packages.package_files import open_package
from tests.fuzz.packages import assert_telling
from tests.unit.card_packages.invented import POCKET, encoded, pocket, tarred

FILE = Path(tempfile.gettempdir()) / f"ece-fuzz-{os.getpid()}.tgz"
GOOD = {name: content for name, content in encoded(pocket()).items() if name == "package.json"}
PACKED = tarred({f"package/{name}": content for name, content in GOOD.items()})
SEEDS = (gzip.decompress(PACKED)[:1536],)


def take(data: bytes) -> None:
    """Compressed here, because bytes that are not gzip would be refused at once."""
    FILE.write_bytes(gzip.compress(data, 0))
    try:
        assert open_package(FILE, name=POCKET).read("package.json")
    except BrokenPackage as refusal:
        assert_telling(refusal)
    finally:
        FILE.unlink()
