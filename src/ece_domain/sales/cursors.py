"""The cursor of a list of sales."""

from datetime import datetime
from uuid import UUID

from attrs import frozen

from ece_domain.kernel import (
    CursorPosition,
    PageRequest,
    cursor_of,
    cursor_values,
    id_in,
    timestamp_in,
)

from .sale import Sale


@frozen
class SaleCursor:
    """The last sale of the previous page."""

    sold_at: datetime
    sale_id: UUID

    @classmethod
    def of(cls, page: PageRequest) -> "SaleCursor | None":
        """:raises InvalidPage: if the page continues another list."""
        values = cursor_values(page, timestamp_in, id_in)
        return None if values is None else cls(*values)

    @staticmethod
    def after(sale: Sale) -> CursorPosition:
        return cursor_of(sale.sold_at, sale.id)
