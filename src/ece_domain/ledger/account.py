"""Accounts, their kinds and balances."""

from enum import StrEnum
from functools import cache, lru_cache
from typing import Final, NewType
from uuid import UUID, uuid5

from attrs import field, frozen

from ece_domain.identity import UserId
from ece_domain.kernel import USD, Asset, Money

AccountId = NewType("AccountId", UUID)

_NAMESPACE = UUID("5f0d7b1c-9c55-5b0e-8d5e-0d7c1f6b7ece")

ACCEPTED_ASSETS: Final = frozenset({USD})
"""The assets of deposits and wallets. Fee schedules accept the same, or nobody could pay."""

OPERATOR_PARTY: Final = "operator"
"""The external party of manual deposits and withdrawals."""


class AccountKind(StrEnum):
    """The kind of an account's owner, which alone decides the rules of the account.

    | kind     | may go below zero | keeps a balance row | can be held | shown in a wallet |
    |----------|-------------------|---------------------|-------------|-------------------|
    | user     | never             | yes                 | yes         | yes               |
    | escrow   | never             | yes                 | no          | no                |
    | platform | never               | no, rolled up       | no          | no                |
    | external | yes               | no, rolled up       | no          | no                |
    """

    USER = "user"
    """The account of a collector."""
    ESCROW = "escrow"
    """The account of one deal: money of its parties until the deal pays it out."""
    PLATFORM = "platform"
    """An account of the exchange, such as the commission."""
    EXTERNAL = "external"
    """A party outside, such as a payment provider; negative by the money it brought in."""

    @property
    def keeps_balance(self) -> bool:
        """Whether it has a balance row; balances of other kinds are rolled up at closings."""
        return self in (AccountKind.USER, AccountKind.ESCROW)

    @property
    def can_be_held(self) -> bool:
        """Whether holds can be placed on it. Not on escrow, which is reserved for its deal."""
        return self is AccountKind.USER

    @property
    def may_be_negative(self) -> bool:
        return self is AccountKind.EXTERNAL


class PlatformRole(StrEnum):
    """The purpose of a platform account."""

    COMMISSION = "commission"


@frozen(cache_hash=True)
class Account:
    """An account's name. The id is derived from it, so no account has to be read or opened first.

    An account without entries has a balance of zero.
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
        """The escrow account of one deal."""
        return cls(AccountKind.ESCROW, str(deal_id), asset)

    @classmethod
    @cache
    def of_platform(cls, role: PlatformRole, asset: Asset) -> "Account":
        return cls(AccountKind.PLATFORM, role.value, asset)

    @classmethod
    @cache
    def external(cls, asset: Asset, party: str = OPERATOR_PARTY) -> "Account":
        """The account of one outside party, such as a payment provider's clearing account."""
        return cls(AccountKind.EXTERNAL, party, asset)

    @property
    def keeps_balance(self) -> bool:
        return self.kind.keeps_balance


@frozen
class Balance:
    """The balance of an account with a balance row, and how much of it is on hold."""

    total: int = 0
    held: int = 0

    @property
    def available(self) -> int:
        return self.total - self.held


@frozen
class Entry:
    """The change of one account by one settlement, in minor units.

    ``balance_after`` is None for accounts without a balance row.
    """

    account: Account
    amount: int
    balance_after: int | None

    @property
    def money(self) -> Money:
        return Money(self.amount, self.account.asset)

    @property
    def money_after(self) -> Money | None:
        if self.balance_after is None:
            return None
        return Money(self.balance_after, self.account.asset)
