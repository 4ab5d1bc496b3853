"""Writes a page for every error code, and their index: ``python docs/write_error_pages.py``.

What the pages say is taken from the errors themselves, so they cannot fall behind: the first line
of a docstring is the sentence that a client reads, the rest is what to do about it.
"""

from collections.abc import Iterator
from http import HTTPStatus
from inspect import cleandoc
from pathlib import Path

from attrs import fields

import ece_entrypoints.http.app  # noqa: F401 - every context's errors come with it
from ece_domain.kernel import DomainError
from ece_entrypoints.http.catalogue import catalogue
from ece_entrypoints.http.problems import status_of, title_of

FOLDER = Path(__file__).parent / "errors"


def pages() -> dict[str, str]:
    """The text of every page, by file name."""
    errors = {
        code: error
        for code, error in sorted(catalogue().items())
        if error.__module__.startswith("ece_")  # and not a test's own
    }
    written = {f"{code}.md": "\n".join(_page(code, error)) for code, error in errors.items()}
    written["index.md"] = "\n".join(_index(errors))
    return written


def _page(code: str, error: type[DomainError]) -> Iterator[str]:
    status = HTTPStatus(status_of(error))
    yield f"# {title_of(error)}\n"
    yield f"`{code}`, HTTP {status.value} {status.phrase}\n"
    yield cleandoc(error.__doc__ or "").replace("``", "`") + "\n"
    facts = fields(error)
    if facts:
        yield "| member | meaning in this answer |\n|---|---|"
        yield from (f"| `{fact.name}` | {_type_name(fact.type)} |" for fact in facts)
        yield ""


def _type_name(kind: object) -> str:
    name = kind if isinstance(kind, str) else getattr(kind, "__name__", str(kind))
    return {"int": "a whole number", "str": "text", "UUID": "an id"}.get(name, f"`{name}`")


def _index(errors: dict[str, type[DomainError]]) -> Iterator[str]:
    yield "# Errors\n"
    yield "Every refusal is an RFC 9457 problem with one of these codes. Codes do not change.\n"
    yield "| code | status | what happened |\n|---|---|---|"
    for code, error in errors.items():
        sentence = cleandoc(error.__doc__ or "").partition("\n")[0].replace("``", "`")
        yield f"| [`{code}`]({code}.md) | {status_of(error)} | {sentence} |"
    yield ""


def main() -> None:
    """Write what is missing or changed, and remove the page of an error that is gone."""
    written = pages()
    for page in FOLDER.glob("*.md"):
        if page.name not in written:
            page.unlink()
    for name, text in written.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
