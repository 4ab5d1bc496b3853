"""The statement of an account, for its owner."""

from datetime import datetime

from attrs import frozen

from ece_domain.kernel import Money

from .account import Account
from .settlement import SettlementId


@frozen
class StatementLine:
    """The change by one settlement, and the balance after it."""

    settlement_id: SettlementId
    purpose: str
    settled_at: datetime
    change: Money
    balance_after: Money
    counterparty: Account | None
    """The other account, if the settlement moved this asset between two accounts only."""
