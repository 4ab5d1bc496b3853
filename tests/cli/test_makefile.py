"""What ``make`` does with the Python and ``.venv`` that it finds; every Python here is a fake."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from attrs import frozen

ROOT = Path(__file__).parents[2]
FAKE = """\
#!/bin/sh
echo "$*" >> "{log}"
case "$*" in
*"sys.version_info <"*) exit {is_old} ;;
*"print("*) echo {version} ;;
*ensurepip*) exit {lacks_venv} ;;
"-m venv"*) mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
"-m pip"*) exit {lacks_pip} ;;
esac
"""


@frozen
class Checkout:
    """A folder with the Makefile and without packages; ``make serve`` only prints a word."""

    folder: Path

    def python(self, name, version="3.13", *, is_old=0, lacks_venv=0, lacks_pip=0, path="bin"):
        """A fake; it lies on the PATH of ``make``, unless another folder is given."""
        program = self.folder / path / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(
            FAKE.format(
                log=self.folder / "log",
                version=version,
                is_old=is_old,
                lacks_venv=lacks_venv,
                lacks_pip=lacks_pip,
            )
        )
        program.chmod(0o755)

    def make(self, *arguments):
        return subprocess.run(
            ["make", "installed-serve", *arguments],
            cwd=self.folder,
            env={"PATH": f"{self.folder}/bin:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )

    @property
    def calls(self):
        log = self.folder / "log"
        return log.read_text() if log.exists() else ""

    @property
    def is_installed(self):
        return (self.folder / ".venv" / ".serve").exists()


def checkout_in(folder: Path) -> Checkout:
    folder.mkdir(exist_ok=True)
    shutil.copy(ROOT / "Makefile", folder)
    shutil.copy(ROOT / "pyproject.toml", folder)
    (folder / "requirements").mkdir()
    for name in ("install.sh", "serve.txt", "dev.txt"):
        shutil.copy(ROOT / "requirements" / name, folder / "requirements")
    return Checkout(folder)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return checkout_in(tmp_path / "ece")


def refused(ran, text):
    assert ran.returncode == 2
    (line,) = (line for line in ran.stderr.splitlines() if not line.startswith("make: ***"))
    assert text in line


def test_installs_once(checkout):
    checkout.python("python3")
    assert checkout.make().returncode == 0
    assert checkout.is_installed
    calls = checkout.calls.count("-m pip install")
    assert checkout.make().returncode == 0
    assert checkout.calls.count("-m pip install") == calls == 2


def test_a_python_without_venv_is_named_and_leaves_nothing_behind(checkout):
    checkout.python("python3", lacks_venv=1)
    refused(checkout.make(), "apt install python3-venv")
    assert not (checkout.folder / ".venv").exists()
    checkout.python("python3")
    assert checkout.make().returncode == 0
    assert checkout.is_installed


def test_an_old_python_is_named_and_leaves_nothing_behind(checkout):
    checkout.python("python3", "3.9", is_old=1)
    refused(checkout.make(), "python3 is Python 3.9, and ECE needs 3.11 or newer")
    assert not (checkout.folder / ".venv").exists()
    checkout.python("python3.13")
    assert checkout.make("PYTHON=python3.13").returncode == 0


def test_a_missing_python_is_named(checkout):
    refused(checkout.make("PYTHON=python3.99"), "there is no python3.99")


@pytest.mark.parametrize("fault", [{"is_old": 1}, {"lacks_pip": 1}])
def test_a_broken_environment_is_made_anew(checkout, fault):
    checkout.python("python3")
    checkout.python("python", path=".venv/bin", **fault)
    ran = checkout.make()
    assert ran.returncode == 0
    assert ran.stdout.startswith("making .venv anew: ")
    assert checkout.is_installed


def test_an_environment_of_another_python_is_made_anew_when_one_is_named(checkout):
    checkout.python("python3", "3.11")
    checkout.python("python3.13", "3.13")
    assert checkout.make("PYTHON=python3.13").returncode == 0
    assert "anew" not in checkout.make().stdout, "nobody asked for another one"
    assert "it has Python 3.13" in checkout.make("PYTHON=python3").stdout
    assert checkout.is_installed


def test_a_working_environment_survives_a_python_that_cannot_replace_it(checkout):
    checkout.python("python3")
    assert checkout.make().returncode == 0
    checkout.python("python3.12", "3.12", lacks_venv=1)
    refused(checkout.make("PYTHON=python3.12"), "cannot make virtual environments")
    assert checkout.is_installed


@pytest.mark.parametrize("letter", ["$", '"', ":"])
def test_a_path_that_cannot_hold_an_environment_is_refused_by_name(tmp_path, letter):
    checkout = checkout_in(tmp_path / f"cards{letter}here")
    checkout.python("python3")
    refused(checkout.make(), f'cards{letter}here has a $, a " or a : in it')


def test_a_path_with_a_space_works(tmp_path):
    checkout = checkout_in(tmp_path / "my cards")
    checkout.python("python3")
    assert checkout.make().returncode == 0
    assert checkout.is_installed
