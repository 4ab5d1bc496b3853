"""Who holds how much of what."""

from enum import StrEnum
from functools import cache, lru_cache
from typing import Final, NewType
from uuid import UUID, uuid5

from attrs import field, frozen

from ece_domain.identity import UserId
from ece_domain.kernel import Asset, Money

AccountId = NewType("AccountId", UUID)

_NAMESPACE = UUID("5f0d7b1c-9c55-5b0e-8d5e-0d7c1f6b7ece")

OPERATOR_PARTY: Final = "operator"
"""The external party of money that operators deposit and pay out by hand."""


class AccountKind(StrEnum):
    """Whose account it is. The rules of an account follow from its kind, and from nothing else.

    | kind     | may go below zero | keeps a balance row | can be held | shown in a wallet |
    |----------|-------------------|---------------------|-------------|-------------------|
    | user     | never             | yes                 | yes         | yes               |
    | escrow   | never             | yes                 | no          | no                |
    | platform | never               | no, rolled up       | no          | no                |
    | external | yes               | no, rolled up       | no          | no                |
    """

    USER = "user"
    """A collector's."""
    ESCROW = "escrow"
    """One deal's: what its parties have paid in, until the deal pays it out."""
    PLATFORM = "platform"
    """The exchange's own, such as the commission."""
    EXTERNAL = "external"
    """A party outside, such as a payment provider: as far below zero as it has brought in."""

    @property
    def keeps_balance(self) -> bool:
        """Whether a balance row is checked with every settlement; others are rolled up."""
        return self in (AccountKind.USER, AccountKind.ESCROW)

    @property
    def can_be_held(self) -> bool:
        """Whether holds can be placed on it: not on escrow, which is held for its deal already."""
        return self is AccountKind.USER

    @property
    def may_be_negative(self) -> bool:
        return self is AccountKind.EXTERNAL


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
    """A user's id, a deal's id, a platform role, or the name of an external party."""
    asset: Asset
    id: AccountId = field(init=False, eq=False, repr=False)

    @id.default  # noqa: A003 - the attrs field, not the builtin
    def _id_of_the_name(self) -> AccountId:
        return AccountId(uuid5(_NAMESPACE, f"{self.kind}:{self.owner}:{self.asset}"))

    @classmethod
    @lru_cache(maxsize=10_000)
    def of_user(cls, user_id: UserId, asset: Asset) -> "Account":
        return cls(AccountKind.USER, str(user_id), asset)

    @classmethod
    def escrow(cls, deal_id: UUID, asset: Asset) -> "Account":
        """What one deal keeps for its parties."""
        return cls(AccountKind.ESCROW, str(deal_id), asset)

    @classmethod
    @cache
    def of_platform(cls, role: PlatformRole, asset: Asset) -> "Account":
        return cls(AccountKind.PLATFORM, role.value, asset)

    @classmethod
    @cache
    def external(cls, asset: Asset, party: str = OPERATOR_PARTY) -> "Account":
        """The account of one party outside, such as a payment provider's clearing account."""
        return cls(AccountKind.EXTERNAL, party, asset)

    @property
    def keeps_balance(self) -> bool:
        return self.kind.keeps_balance


@frozen
class Balance:
    """What an account that keeps a balance holds, and how much of it is on hold."""

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
