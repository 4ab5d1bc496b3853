from typing import final

from attrs import frozen

from ece_domain.kernel import Begin, Clock
from ece_domain.ledger.closing import SETTLEMENTS_PER_CLOSING, Closing
from ece_domain.ledger.ports import BooksTransaction


@final
@frozen
class CloseBooks:
    """Seal all that was settled, and roll up what accounts hold that keep no balance themselves.

    For a periodic job: the more often, the quicker the balance of such an account is read. Several
    processes may run it; one of them does the work.
    """

    begin: Begin[BooksTransaction]
    clock: Clock

    async def __call__(self) -> tuple[Closing, ...]:
        """The new closings: none if nothing waits, or if somebody else is closing the books.

        :raises ConcurrentChange: if somebody else closed the books at the same moment.
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
