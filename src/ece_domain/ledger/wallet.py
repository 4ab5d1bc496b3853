"""A user's wallet: the view of their accounts and holds, and what it asks of a store."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from attrs import frozen

from ece_domain.identity import UserId, UserRepository
from ece_domain.kernel import Asset, Money, Page, PageRequest

from .account import Account
from .deal import LEDGER
from .errors import HoldNotFound
from .hold import HeldMoney, Hold, HoldId, HoldPurpose
from .ports import LedgerTransaction
from .statement import StatementLine


@frozen
class HeldTotal:
    """The part of a balance that the open holds of one purpose have set aside."""

    purpose: HoldPurpose
    amount: Money


@frozen
class WalletAccount:
    """What a user has of one asset."""

    balance: Money
    held_totals: tuple[HeldTotal, ...] = ()

    @property
    def asset(self) -> Asset:
        return self.balance.asset

    @property
    def held(self) -> Money:
        return sum((part.amount for part in self.held_totals), start=Money(0, self.asset))

    @property
    def available(self) -> Money:
        return self.balance - self.held


@frozen
class Wallet:
    """All accounts of a user, by asset. Their open holds are a list of its own."""

    owner_id: UserId
    accounts: tuple[WalletAccount, ...]


class Wallets(Protocol):
    """Reads what belongs to one user, and makes accounts show before their first entry."""

    def open(self, account: Account) -> None:
        """Queue that the user's account shows in their wallet. One that shows stays as it is."""

    async def accounts(self, owner_id: UserId) -> tuple[WalletAccount, ...]:
        """The accounts that were opened or have ever had an entry or a hold, by asset."""

    async def open_holds(self, owner_id: UserId, page: PageRequest) -> Page[Hold]:
        """What is set aside of the user's money and cards, the highest id (the newest) first."""

    async def statement(self, account: Account, page: PageRequest) -> Page[StatementLine]:
        """The entries of a user's account, newest first."""

    async def past_expiry(self, context: str, now: datetime, limit: int) -> Sequence[Hold]:
        """Open holds of the context that are past their expiry, the longest overdue first."""


class WalletTransaction(LedgerTransaction, Protocol):
    """What the use cases of wallets need of their transaction."""

    @property
    def users(self) -> UserRepository: ...

    @property
    def wallets(self) -> Wallets: ...


async def money_hold(transaction: LedgerTransaction, hold_id: HoldId) -> tuple[Hold, Account]:
    """A hold that operators placed directly, and the account that it is on.

    :raises HoldNotFound: if there is no such hold, it holds a card, or another context placed it.
    """
    hold = await transaction.ledger.hold(hold_id)
    if hold.deal.context != LEDGER or not isinstance(hold.subject, HeldMoney):
        raise HoldNotFound(hold_id=hold_id)
    return hold, hold.subject.account
