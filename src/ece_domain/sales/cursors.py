"""Where a page of sales goes on."""

from datetime import datetime
from uuid import UUID

from attrs import frozen

from ece_domain.kernel import CursorPosition, InvalidPage, PageRequest, id_in, timestamp_in

from .sale import Sale


@frozen
class SaleCursor:
    """The last sale of the page before."""

    sold_at: datetime
    sale_id: UUID

    @classmethod
    def of(cls, page: PageRequest) -> "SaleCursor | None":
        """:raises InvalidPage: if the page continues another list."""
        match page.after:
            case None:
                return None
            case (str(moment), str(sale_id)):
                return cls(timestamp_in(moment), id_in(sale_id))
        raise InvalidPage

    @staticmethod
    def after(sale: Sale) -> CursorPosition:
        return (sale.sold_at.isoformat(), str(sale.id))
