"""Real card packages, fetched once; and the API of an exchange in each store."""

import subprocess
from pathlib import Path

import pytest
from attrs import frozen

from tests.http.conftest import client, exchange, sign_up
from tests.need import need

__all__ = ["client", "exchange", "sign_up"]

DATA = Path(__file__).parents[2] / "data"
BLOOD = "flesh-and-blood-cards-3.8.6.tgz"
POCKET = "pokemon-tcg-pocket-database-2.6.1.tgz"
WANTED = ("@flesh-and-blood/cards@3.8.6", "pokemon-tcg-pocket-database@2.6.1")


@frozen
class Packages:
    """The published tarballs."""

    flesh_and_blood: Path
    tcg_pocket: Path


@pytest.fixture(scope="session")
def node() -> None:
    """The program that reads card packages in JavaScript."""
    need("node")


@pytest.fixture(scope="session")
def packages(node: None, tmp_path_factory: pytest.TempPathFactory) -> Packages:
    folder = DATA
    if not all((folder / name).is_file() for name in (BLOOD, POCKET)):
        folder = tmp_path_factory.mktemp("packages")
        npm = need("npm")
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
