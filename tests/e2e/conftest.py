"""Real card packages, fetched once; and the API of an exchange in each store."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from attrs import frozen

from tests.http.conftest import client, exchange, sign_up

__all__ = ["client", "exchange", "sign_up"]

WITHOUT = "ECE_WITHOUT_NPM"
DATA = Path(__file__).parents[2] / "data"
BLOOD = "flesh-and-blood-cards-3.8.6.tgz"
POCKET = "pokemon-tcg-pocket-database-2.6.1.tgz"
WANTED = ("@flesh-and-blood/cards@3.8.6", "pokemon-tcg-pocket-database@2.6.1")


@frozen
class Packages:
    """The tarballs as their makers published them."""

    flesh_and_blood: Path
    tcg_pocket: Path


@pytest.fixture(scope="session")
def node() -> None:
    """The program that card packages in JavaScript are read with."""
    _need("node")


@pytest.fixture(scope="session")
def packages(node: None, tmp_path_factory: pytest.TempPathFactory) -> Packages:
    folder = DATA
    if not all((folder / name).is_file() for name in (BLOOD, POCKET)):
        folder = tmp_path_factory.mktemp("packages")
        npm = _need("npm")
        packed = subprocess.run(
            [npm, "pack", "--silent", *WANTED],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if packed.returncode:
            pytest.fail(f"npm pack does not fetch {' and '.join(WANTED)}: {packed.stderr}")
    return Packages(folder / BLOOD, folder / POCKET)


def _need(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        missing = f"this test needs the program {program}, which is not on the PATH"
        if os.environ.get(WITHOUT) == "1":
            pytest.skip(f"{missing}, and {WITHOUT}=1 allows to go without")
        pytest.fail(f"{missing}: install Node.js 20 or newer (nodejs.org), or set {WITHOUT}=1")
    return found
