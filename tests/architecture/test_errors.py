"""Every error has a code of its own, three texts for people, and a page that explains it."""

import re
from string import Formatter

import pytest
from attrs import fields_dict

from docs.write_error_pages import FOLDER, pages
from ece_domain.kernel import DomainError
from ece_entrypoints.cli.openapi import documented_app
from ece_entrypoints.http.platform.error_catalog import catalog, descendants
from ece_entrypoints.http.platform.error_pages import HELPFUL
from ece_entrypoints.http.platform.error_samples import sample_error
from ece_entrypoints.http.platform.operations import operations_of

ERRORS = [
    (code, error)
    for code, error in sorted(catalog().items())
    if error.__module__.startswith("ece_")  # and not a test's own
]
SENTENCES = re.compile(r'[A-Z`"{].*\.', re.DOTALL)
MAX_DETAIL = 400


def assert_is_prose(text: str) -> None:
    assert SENTENCES.fullmatch(text), text
    assert len(text.split()) >= 4, text


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize(("code", "error"), ERRORS, ids=str)
def test_a_code_has_its_context_and_the_error(code, error):
    package, context = error.__module__.split(".")[:2]
    expected = "http" if package == "ece_entrypoints" else context

    assert code == error.code
    assert code.startswith(f"{expected}.")


@pytest.mark.parametrize(("code", "error"), ERRORS, ids=str)
def test_the_docstring_of_an_error_is_one_sentence(code, error):
    assert_is_prose(error.what_happened())
    assert not placeholders(error.what_happened())
    assert ". " not in error.what_happened()


@pytest.mark.parametrize(("code", "error"), ERRORS, ids=str)
def test_the_cause_of_an_error_uses_its_fields(code, error):
    assert "cause" in vars(error), "give the error a cause: why it happens"
    assert_is_prose(error.cause)
    assert placeholders(error.cause) <= fields_dict(error).keys()


@pytest.mark.parametrize(("code", "error"), ERRORS, ids=str)
def test_an_error_has_a_hint(code, error):
    assert error.hint, "give the error a hint: what to do next"
    assert_is_prose(error.hint)
    assert placeholders(error.hint) <= fields_dict(error).keys()


@pytest.mark.parametrize(("code", "error"), ERRORS, ids=str)
def test_a_detail_is_complete_and_short(code, error):
    detail = sample_error(error).detail

    assert detail.startswith(error.what_happened())
    assert "{" not in detail
    assert len(detail) <= MAX_DETAIL


@pytest.mark.parametrize(("code", "error"), ERRORS, ids=str)
def test_the_domain_names_no_route(code, error):
    if not code.startswith("http."):
        assert "/v1" not in error.cause + error.hint


def test_no_two_errors_share_a_code():
    codes = [error.code for error in descendants(DomainError) if "code" in vars(error)]

    assert len(codes) == len(set(codes))


def test_hints_name_existing_operations():
    known = {operation.id for operation in operations_of(documented_app().routes)}

    assert {each for helpful in HELPFUL.values() for each in helpful} <= known


def test_a_page_has_all_parts():
    for name, text in pages().items():
        if name != "index.md":
            parts = re.findall(r"^## (.*)$", text, re.MULTILINE)
            without_members = [part for part in parts if part != "Members"]
            assert without_members == [
                "What happened", "Why", "What to do", "Example", "Routes"
            ], name  # fmt: skip


def test_the_pages_have_the_texts_of_the_errors():
    found = {page.name: page.read_text(encoding="utf-8") for page in FOLDER.glob("*.md")}

    assert found == pages(), "run: python docs/write_error_pages.py"
