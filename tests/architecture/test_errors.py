"""Every refusal has a code of its own, a sentence for people, and a page that explains it."""

import importlib
import pkgutil
from pathlib import Path

import pytest

import ece_domain
import ece_entrypoints
from ece_domain.kernel import DomainError
from tests.architecture.test_layout import ROOT

PAGES = ROOT / "docs" / "errors"
ENTRYPOINT_PREFIX = "http."


def every_error() -> list[type[DomainError]]:
    for package in (ece_domain, ece_entrypoints):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    found, waiting = [], [DomainError]
    while waiting:
        for error in waiting.pop().__subclasses__():
            waiting.append(error)
            if "code" in vars(error) and error.__module__.startswith("ece_"):
                found.append(error)
    return found


ERRORS = every_error()


def test_codes_are_unique():
    codes = [error.code for error in ERRORS]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.code)
def test_a_code_names_its_context_and_what_happened(error):
    context = error.__module__.split(".")[1]
    prefix = "http" if error.__module__.startswith("ece_entrypoints") else context
    assert error.code.startswith(f"{prefix}.")


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.code)
def test_an_error_speaks_to_people(error):
    sentence = (error.__doc__ or "").strip().partition("\n")[0]
    assert sentence.endswith(".")


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.code)
def test_an_error_has_a_page(error):
    assert Path(PAGES / f"{error.code}.md").is_file()


def test_no_page_outlives_its_error():
    pages = {page.stem for page in PAGES.glob("*.md")} - {"index"}
    known = {error.code for error in ERRORS}
    assert {page for page in pages if not page.startswith(ENTRYPOINT_PREFIX)} <= known
