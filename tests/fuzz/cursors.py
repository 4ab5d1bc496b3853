"""Cursors: their signature, and the positions in them."""

from collections.abc import Callable
from contextlib import suppress

import msgspec

from ece_adapters.storage.keyset import below_id, below_number
from ece_domain.cards import PrintingSort
from ece_domain.kernel import InvalidPage, PageRequest, cursor_values
from ece_domain.market.storage import PriceCursor
from ece_domain.sales.storage import SaleCursor
from ece_entrypoints.http.platform.pagination import Cursors, InvalidCursor

from .wire import request, text_of

CURSORS, OF_ANOTHER_EXCHANGE = Cursors(b"secret"), Cursors(b"another secret")
LIST, OTHER_LIST = request(), request(query=b"seller=x")
PLACES: tuple[Callable[[PageRequest], object], ...] = (
    below_id,
    below_number,
    PriceCursor.of,
    SaleCursor.of,
)
SEEDS = (
    CURSORS.seal(LIST, ("a", 5)).encode(),
    b"[5]",
    b'["01987654-3210-7abc-8def-0123456789ab"]',
    b'["Emberwing Drake","01987654-3210-7abc-8def-0123456789ab"]',
    b'[3,"01987654-3210-7abc-8def-0123456789ab"]',
    b'["2026-07-01T12:00:00+00:00",500,"01987654-3210-7abc-8def-0123456789ab"]',
    b'["2026-07-01T12:00:00+00:00","01987654-3210-7abc-8def-0123456789ab"]',
)


def take(data: bytes) -> None:
    text = text_of(data)
    with suppress(InvalidCursor):
        assert CURSORS.seal(LIST, CURSORS.open(LIST, text)) == text
    with suppress(msgspec.DecodeError, UnicodeDecodeError):
        go_on_after(tuple(msgspec.json.decode(data, type=list[str | int])))


def go_on_after(position: tuple[str | int, ...]) -> None:
    sealed = CURSORS.seal(LIST, position)
    assert CURSORS.open(LIST, sealed) == position
    for cursors, others in ((CURSORS, OTHER_LIST), (OF_ANOTHER_EXCHANGE, LIST)):
        with suppress(InvalidCursor):
            raise AssertionError(cursors.open(others, sealed))
    page = PageRequest(after=position)
    for place in PLACES:
        with suppress(InvalidPage):
            place(page)
    for sort in PrintingSort:
        with suppress(InvalidPage):
            cursor_values(page, *sort.cursor_parts)
