"""Programs that some tests need, and that not every machine has."""

import os
import shutil

import pytest


def need(program: str, package: str = "npm") -> str:
    """The path of a program. Without it the test is skipped by name, but fails in CI.

    :param package: the Debian package to install.
    """
    found = shutil.which(program)
    if found is None:
        missing = f"NOT PROVEN HERE: {program} is not installed: apt install {package}"
        if "CI" in os.environ:
            pytest.fail(missing)
        pytest.skip(missing)
    return found
