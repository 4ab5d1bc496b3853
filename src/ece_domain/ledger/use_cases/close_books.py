from typing import final

from attrs import frozen

from ece_domain.kernel import Begin, Clock
from ece_domain.ledger.closing import SETTLEMENTS_PER_CLOSING, Closing
from ece_domain.ledger.ports import BooksTransaction


@final
@frozen
class CloseBooks:
    """Close all queued settlements, and roll up the balances of accounts without a balance row.

    For a periodic job: short intervals make these balances faster to read. Several processes may
    run it; one of them does the work.
    """

    begin: Begin[BooksTransaction]
    clock: Clock

    async def __call__(self) -> tuple[Closing, ...]:
        """The new closings: none if the queue is empty, or if another process is closing.

        :raises ConcurrentChange: if another process closed at the same moment.
        """
        closings: list[Closing] = []
        is_drained = False
        while not is_drained:
            async with self.begin() as transaction:
                closing = await transaction.books.close(self.clock(), SETTLEMENTS_PER_CLOSING)
            is_drained = closing is None or closing.settlement_count < SETTLEMENTS_PER_CLOSING
            if closing is not None:
                closings.append(closing)
        return tuple(closings)
