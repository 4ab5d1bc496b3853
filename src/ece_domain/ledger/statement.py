"""The lines of an account, as its owner reads them."""

from datetime import datetime

from attrs import frozen

from ece_domain.kernel import Money

from .account import Account
from .settlement import SettlementId


@frozen
class StatementLine:
    """What one settlement changed, and what the account held after it."""

    settlement_id: SettlementId
    purpose: str
    settled_at: datetime
    change: Money
    balance_after: Money
    counterparty: Account | None
    """The other account, where the settlement moved this asset between two and no more."""
