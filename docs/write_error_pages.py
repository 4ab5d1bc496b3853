"""Writes a page for every error code, and their index: ``python docs/write_error_pages.py``.

The pages are made from the error classes and the routes, so they cannot fall behind. The server
shows the same pages at the ``type`` of a problem.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from ece_entrypoints.cli.openapi import documented_app
from ece_entrypoints.http.platform.error_catalog import catalog
from ece_entrypoints.http.platform.error_pages import ErrorPage
from ece_entrypoints.http.platform.operations import Operation, operations_of
from ece_entrypoints.http.platform.status_phrases import status_phrase

FOLDER = Path(__file__).parent / "errors"


def pages() -> dict[str, str]:
    """The text of every page, by file name."""
    operations = operations_of(documented_app().routes)
    found = [
        ErrorPage.of(error, operations)
        for _, error in sorted(catalog().items())
        if error.__module__.startswith("ece_")  # and not a test's own
    ]
    written = {f"{page.code}.md": "\n".join(_lines(page)) for page in found}
    written["index.md"] = "\n".join(_index(found))
    return written


def _lines(page: ErrorPage) -> Iterator[str]:
    status = f"{page.status.value} {status_phrase(page.status)}"
    yield f"# {page.title}\n"
    yield f"`{page.code}`, HTTP {status}\n"
    yield f"## What happened\n\n{page.what_happened}\n"
    yield f"## Why\n\n{page.why}\n"
    yield f"## What to do\n\n{page.what_to_do}\n"
    yield from _listed(page.helpful)
    if page.members:
        yield "## Members\n\n| member | type | meaning |\n|---|---|---|"
        yield from (f"| `{each.name}` | {each.kind} | {each.meaning} |" for each in page.members)
        yield ""
    yield f"## Example\n\n```http\nHTTP/1.1 {status}"
    yield from (f"{name}: {value}" for name, value in page.example_headers.items())
    yield f"\n{page.example}\n```\n"
    yield f"## Routes\n\n{page.where}\n"
    yield from _listed(page.listed)


def _listed(operations: Iterable[Operation]) -> Iterator[str]:
    items = [f"- `{each.method} {each.path}`: {each.summary}" for each in operations]
    if items:
        yield from (*items, "")


def _index(found: Iterable[ErrorPage]) -> Iterator[str]:
    yield "# Errors\n"
    yield (
        "Every error is an RFC 9457 problem with one of these codes. A code does not change. Its "
        "page says\nwhat happened, why, and what to do, with an example.\n"
    )
    for context, group in groupby(found, key=lambda page: page.code.partition(".")[0]):
        yield f"## {context.upper() if context == 'http' else context.capitalize()}\n"
        yield "| code | status | what happened |\n|---|---|---|"
        for page in group:
            sentence = page.what_happened.partition("\n")[0]
            yield f"| [`{page.code}`]({page.code}.md) | {page.status.value} | {sentence} |"
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
