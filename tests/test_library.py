"""The plain install, and the page about ECE as a library."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from secrets import token_hex

import attr
import attrs
import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture
def plain_install(tmp_path) -> dict[str, str]:
    """The environment of a Python that has ECE and attrs, and nothing else."""
    for package in (attr, attrs):
        source = Path(package.__file__).parent
        (tmp_path / source.name).symlink_to(source)
    return {"PYTHONPATH": f"{ROOT / 'src'}:{tmp_path}"}


@pytest.mark.parametrize("arguments", [[], ["--help"], ["serve"]])
def test_ece_without_its_extra_names_the_extra_in_one_line(plain_install, arguments):
    module, _, function = PROJECT["scripts"]["ece"].partition(":")
    ran = subprocess.run(
        [sys.executable, "-S", "-c", f"from {module} import {function}; {function}()", *arguments],
        env=plain_install,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 3
    name = PROJECT["name"]
    assert ran.stderr == f"ece: cyclopts is not installed: pip install '{name}[cli,embedded]'\n"
    assert {"cli", "embedded"} <= PROJECT["optional-dependencies"].keys()


def test_the_page_installs_extras_that_exist():
    named = re.findall(r"pip install '\.\[(\w+)\]'", PAGE) + re.findall(
        r"^\| `(\w+)`", PAGE, re.MULTILINE
    )
    assert set(named) == {"api", "cli", "embedded", "postgres"}
    assert set(named) <= PROJECT["optional-dependencies"].keys()


async def test_the_postgresql_example_migrates_and_sells_a_card(postgres_server):
    (example,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    name = f"ece_library_{token_hex(4)}"
    url = await postgres_server.create_database(name)
    try:
        ran = subprocess.run(  # noqa: ASYNC221 - nothing else runs meanwhile
            [sys.executable, "-c", example],
            env={**os.environ, "DATABASE_URL": url},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    finally:
        await postgres_server.drop_database(name)
    assert ran.stdout == "Bob paid 900 USD/2, Ann got 774 USD/2.\n", ran.stderr
