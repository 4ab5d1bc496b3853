"""Runs the README's commands, and checks that every file named by a page exists."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import attr
import attrs
import pytest
from attrs import frozen

from tests.cli.ece import Open, all_gone, free_port, read_welcome

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
SHELL_LINES = [
    line
    for language, text in BLOCKS
    if language == "sh"
    for line in text.splitlines()
]  # fmt: skip
DEFINED_TESTS = {
    name
    for path in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"def (test_\w+)", path.read_text(encoding="utf-8"))
}
MADE_HERE = ["make serve", "make test"]


@frozen
class Clone:
    """A copy of the repository in a new folder.

    It uses the environment of the tests, so that the test runs the commands without the package
    index.
    """

    folder: Path
    port: int

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: text for name, text in os.environ.items() if not name.startswith("ECE_")}
        return {**kept, "PORT": str(self.port)}

    def start(self, line: str, **options: int) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            ["sh", "-c", line],
            cwd=self.folder,
            env=self.environment,
            text=True,
            start_new_session=True,
            **options,
        )


@pytest.fixture(scope="module")
def clone() -> Iterator[Clone]:
    folder = Path(tempfile.mkdtemp(prefix="ece-readme-"))
    folder.chmod(0o755)
    for name in ("Makefile", "pyproject.toml", "README.md", "requirements", "src"):
        subprocess.run(["cp", "-a", ROOT / name, folder], check=True)
    own = folder / ".venv" / "bin"
    own.mkdir(parents=True)
    for name in ("ece", "pytest", "python"):
        (own / name).symlink_to(Path(sys.executable).with_name(name))
    for mark in (".serve", ".dev"):
        (own.parent / mark).touch()
    yield Clone(folder, free_port())
    shutil.rmtree(folder)


def test_every_block_has_a_language_that_the_tests_run():
    assert {language for language, _ in BLOCKS} == {"sh", "python"}
    assert [line for line in SHELL_LINES if line.startswith("make")] == MADE_HERE


def test_the_library_example_runs_with_attrs_alone(tmp_path):
    for package in (attr, attrs):
        source = Path(package.__file__).parent
        (tmp_path / source.name).symlink_to(source)
    ((_, example),) = (block for block in BLOCKS if block[0] == "python")
    ran = subprocess.run(
        [sys.executable, "-S", "-c", example],  # -S: without the installed packages
        env={"PYTHONPATH": f"{ROOT / 'src'}:{tmp_path}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.stderr == ""
    said = ran.stdout.strip()
    assert said.startswith("Bob paid 900 USD/2")
    assert f"It prints `{said}`" in README
    assert len(re.findall(r"^    \S", example, re.MULTILINE)) <= 12


def test_make_serve_opens_an_exchange_and_check_and_doctor_pass(clone):
    with clone.start("make serve", stdout=subprocess.PIPE) as make:
        try:
            exchange = Open(make, read_welcome(make), f"http://127.0.0.1:{clone.port}")
            assert exchange.answers("/health/ready")
            assert "curl " in exchange.said
            beside = [line for line in SHELL_LINES if not line.startswith("make")]
            assert beside
            for line in beside:
                assert clone.start(line, stdout=subprocess.DEVNULL).wait(60) == 0, line
            processes = exchange.processes
        finally:
            os.killpg(make.pid, signal.SIGINT)  # as Ctrl-C in a terminal does
    assert all_gone(processes)


def test_make_test_runs_the_existing_tests(clone):
    (clone.folder / "tests").mkdir()
    (clone.folder / "tests" / "test_sound.py").write_text("def test_sound(): pass\n")
    assert clone.start("make test", stdout=subprocess.DEVNULL).wait(120) == 0
    (clone.folder / "tests" / "test_broken.py").write_text("def test_broken(): assert False\n")
    assert clone.start("make test", stdout=subprocess.DEVNULL).wait(120) != 0


def exists(name: str) -> bool:
    """Whether the path exists; for a bare file name, whether a test has this name."""
    return (ROOT / name).exists() or ("/" not in name and any((ROOT / "tests").rglob(name)))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_that_a_page_names_exists(page):
    text = page.read_text(encoding="utf-8")
    linked = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    named = re.findall(r"`((?:src|tests|docs|benchmarks)/[\w/.-]+|test_\w+\.py)`", text)
    named += [f"src/{path}" for path in re.findall(r"`(ece_\w+/[\w/.-]+)`", text)]
    missing = [name for name in linked if not (page.parent / name).exists()]
    missing += [name for name in named if not exists(name)]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_test_that_a_page_names_is_defined(page):
    named = re.findall(r"`(test_\w+)`", page.read_text(encoding="utf-8"))
    assert not set(named) - DEFINED_TESTS
