"""Who holds how much of what."""

from enum import StrEnum
from functools import cache, lru_cache
from typing import NewType
from uuid import UUID, uuid5

from attrs import field, frozen

from ece_domain.identity import UserId
from ece_domain.kernel import Asset, Money

AccountId = NewType("AccountId", UUID)

_NAMESPACE = UUID("5f0d7b1c-9c55-5b0e-8d5e-0d7c1f6b7ece")


class AccountKind(StrEnum):
    """Whose account it is, which decides whether it may go below zero."""

    USER = "user"
    """A collector's: never below zero, and keeps a balance that holds can set parts of aside."""
    PLATFORM = "platform"
    """The house's own, such as the commission: only entries, its balance is rolled up."""
    EXTERNAL = "external"
    """The world outside, where deposits come from: as far below zero as others hold above."""


class PlatformRole(StrEnum):
    """What a platform account is for."""

    COMMISSION = "commission"


@frozen(cache_hash=True)
class Account:
    """An account's name. The id follows from it, so nobody has to look it up or open it first.

    An account that never saw an entry has a balance of zero, like any other.
    """

    kind: AccountKind
    owner: str
    """A user's id, a platform role, or ``external``."""
    asset: Asset
    id: AccountId = field(init=False, eq=False, repr=False)

    @id.default  # noqa: A003 - the attrs field, not the builtin
    def _id_of_the_name(self) -> AccountId:
        return AccountId(uuid5(_NAMESPACE, f"{self.kind}:{self.owner}:{self.asset}"))

    @classmethod
    @lru_cache(maxsize=10_000)
    def of_user(cls, user: UserId, asset: Asset) -> "Account":
        return cls(AccountKind.USER, str(user), asset)

    @classmethod
    @cache
    def of_platform(cls, role: PlatformRole, asset: Asset) -> "Account":
        return cls(AccountKind.PLATFORM, role.value, asset)

    @classmethod
    @cache
    def external(cls, asset: Asset) -> "Account":
        return cls(AccountKind.EXTERNAL, "external", asset)

    @property
    def keeps_balance(self) -> bool:
        return self.kind is AccountKind.USER


@frozen
class Balance:
    """What a user's account holds, and how much of it open holds have set aside."""

    total: int = 0
    held: int = 0

    @property
    def available(self) -> int:
        return self.total - self.held


@frozen
class Entry:
    """A line of an account: what one settlement changed it by, in minor units.

    ``balance_after`` is there for accounts that keep a balance.
    """

    account: Account
    amount: int
    balance_after: int | None

    @property
    def money(self) -> Money:
        return Money(self.amount, self.account.asset)
