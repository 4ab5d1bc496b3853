from typing import final

from attrs import frozen

from ece_domain.kernel import Begin, Clock
from ece_domain.ledger.closing import Closing
from ece_domain.ledger.ports import BooksTransaction


@final
@frozen
class CloseBooks:
    """Seal what was settled since the last closing, and roll up what the platform's accounts hold.

    To be called now and then: the more often, the quicker a platform account's balance is read.
    """

    begin: Begin[BooksTransaction]
    clock: Clock

    async def __call__(self) -> Closing | None:
        """The new closing, or None if nothing was settled since the last.

        :raises ConcurrentChange: if somebody else closed the books at the same moment.
        """
        async with self.begin() as transaction:
            return await transaction.books.close(self.clock())
