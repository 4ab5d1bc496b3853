"""Every refusal has a code of its own, a sentence for people, and a page that explains it."""

import pytest

from docs.write_error_pages import FOLDER, pages
from ece_domain.kernel import DomainError
from ece_entrypoints.http.catalogue import catalogue, descendants

ERRORS = [
    (code, error)
    for code, error in sorted(catalogue().items())
    if error.__module__.startswith("ece_")  # and not a test's own
]


@pytest.mark.parametrize(("code", "error"), ERRORS, ids=str)
def test_a_code_names_its_context_and_what_happened(code, error):
    package, context = error.__module__.split(".")[:2]
    expected = "http" if package == "ece_entrypoints" else context

    assert code == error.code
    assert code.startswith(f"{expected}.")


@pytest.mark.parametrize(("code", "error"), ERRORS, ids=str)
def test_an_error_speaks_to_people(code, error):
    assert (error.__doc__ or "").strip().partition("\n")[0].endswith(".")


def test_no_two_errors_share_a_code():
    codes = [error.code for error in descendants(DomainError) if "code" in vars(error)]

    assert len(codes) == len(set(codes))


def test_the_pages_tell_what_the_errors_say():
    found = {page.name: page.read_text(encoding="utf-8") for page in FOLDER.glob("*.md")}

    assert found == pages(), "run: python docs/write_error_pages.py"
