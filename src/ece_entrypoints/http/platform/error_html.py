"""The page of an error as HTML."""

import html
import re
from collections.abc import Iterable, Iterator
from typing import Final

from .error_pages import ErrorPage
from .operations import Operation
from .status_phrases import status_phrase

_CODE: Final = re.compile("`([^`]+)`")


def html_of(page: ErrorPage) -> str:
    """The whole document, which loads nothing."""
    return "\n".join(_lines(page)) + "\n"


def _lines(page: ErrorPage) -> Iterator[str]:
    title = html.escape(page.title)
    status = f"{page.status.value} {status_phrase(page.status)}"
    yield '<!doctype html><html lang="en"><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width">'
    yield f"<title>{title}</title><h1>{title}</h1>"
    yield f"<p><code>{html.escape(page.code)}</code>, HTTP {status}</p>"
    yield f"<h2>What happened</h2><p>{_prose(page.what_happened)}</p>"
    yield f"<h2>Why</h2><p>{_prose(page.why)}</p>"
    yield f"<h2>What to do</h2><p>{_prose(page.what_to_do)}</p>"
    yield from _listed(page.helpful)
    if page.members:
        yield "<h2>Members</h2><table><tr><th>member<th>type<th>meaning</tr>"
        for member in page.members:
            kind, meaning = _prose(member.kind), _prose(member.meaning)
            yield f"<tr><td><code>{member.name}</code><td>{kind}<td>{meaning}</tr>"
        yield "</table>"
    headers = "\n".join(f"{name}: {value}" for name, value in page.example_headers.items())
    shown = html.escape(f"HTTP/1.1 {status}\n{headers}\n\n{page.example}")
    yield f"<h2>Example</h2><pre>{shown}</pre>"
    yield f"<h2>Routes</h2><p>{_prose(page.where)}</p>"
    yield from _listed(page.listed)
    yield "</html>"


def _listed(operations: Iterable[Operation]) -> Iterator[str]:
    items = [
        f"<li><code>{each.method} {html.escape(each.path)}</code>: {html.escape(each.summary)}"
        for each in operations
    ]
    if items:
        yield f"<ul>{''.join(items)}</ul>"


def _prose(text: str) -> str:
    return _CODE.sub(r"<code>\1</code>", html.escape(text))
