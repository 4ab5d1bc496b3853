"""A user's wallet: the accounts with balances, amounts on hold, and available amounts."""

from attrs import frozen

from ece_domain.identity import UserId
from ece_domain.kernel import Asset, Money

from .hold import HoldPurpose


@frozen
class HeldTotal:
    """The part of a balance that is on hold for one purpose."""

    purpose: HoldPurpose
    amount: Money


@frozen
class WalletAccount:
    """A user's account of one asset."""

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
    """All accounts of a user, by asset. The open holds are a separate list."""

    owner_id: UserId
    accounts: tuple[WalletAccount, ...]
