from .account import Account
from .deal import LEDGER
from .errors import HoldNotFound
from .hold import HeldMoney, Hold, HoldId
from .ports import LedgerTransaction


async def money_hold(transaction: LedgerTransaction, hold_id: HoldId) -> tuple[Hold, Account]:
    """A hold that operators placed directly, and its account.

    :raises HoldNotFound: if there is no such hold, it holds a card, or another context placed it.
    """
    hold = await transaction.ledger.hold(hold_id)
    if hold.deal.context != LEDGER or not isinstance(hold.subject, HeldMoney):
        raise HoldNotFound(hold_id=hold_id)
    return hold, hold.subject.account
