"""What the ledger's routes take in and give out."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from ece_domain.ledger import AccountKind, HeldMoney, Hold, HoldPurpose, HoldState

from .money import AssetCode, MoneyIn, MoneyOut
from .strict import Moment
from .views import Text


class AccountBody(Struct, frozen=True, forbid_unknown_fields=True):
    """The asset that the account is for."""

    asset: AssetCode


class DepositBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Money that came in, and for whom."""

    to: UUID
    money: MoneyIn


class WithdrawalBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Money that was paid out, and to whom."""

    owner: UUID
    money: MoneyIn


class TransferBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Money of your own, and who is to have it."""

    to: UUID
    money: MoneyIn


class HoldBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Money to set aside, what for, and until when at most."""

    owner: UUID
    money: MoneyIn
    purpose: HoldPurpose
    expires_at: Moment | None = None


class CaptureBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Held money to take, and who gets it."""

    money: MoneyIn
    to: Annotated[UUID | None, Meta(description="Null, said outright: it leaves the exchange.")]


class HeldForView(Struct, frozen=True, kw_only=True):
    """A part of a balance that is set aside."""

    purpose: HoldPurpose
    amount: MoneyOut


class WalletAccountView(Struct, frozen=True, kw_only=True):
    """What a user has of one asset."""

    asset: Text
    balance: MoneyOut
    held: MoneyOut
    held_for: tuple[HeldForView, ...]
    available: MoneyOut


class WalletView(Struct, frozen=True, kw_only=True):
    """All accounts of a user, by asset."""

    owner: UUID
    accounts: tuple[WalletAccountView, ...]


class AccountNameView(Struct, frozen=True, kw_only=True):
    """An account of the ledger."""

    kind: AccountKind
    owner: Annotated[str, Meta(description="A user's id, a platform role, or ``external``.")]


class StatementLineView(Struct, frozen=True, kw_only=True):
    """What one settlement changed, and what the account held after it."""

    settlement_id: UUID
    purpose: str
    settled_at: datetime
    change: MoneyOut
    balance_after: MoneyOut
    counterparty: Annotated[
        AccountNameView | None, Meta(description="Where money moved between two and no more.")
    ]


class StatementPage(Struct, frozen=True):
    """A part of a statement, newest first."""

    data: tuple[StatementLineView, ...]
    next: str | None


class HoldView(Struct, frozen=True, kw_only=True):
    """Money or a card that is set aside: the one has an amount, the other a card."""

    id: UUID
    owner: UUID
    purpose: HoldPurpose
    state: HoldState
    amount: MoneyOut | None
    captured: MoneyOut | None
    remaining: MoneyOut | None
    card_id: UUID | None
    expires_at: datetime | None


class HoldsPage(Struct, frozen=True):
    """A part of the open holds, newest first."""

    data: tuple[HoldView, ...]
    next: str | None


class EntryView(Struct, frozen=True, kw_only=True):
    """What a settlement changed one account by."""

    account: AccountNameView
    money: MoneyOut
    balance_after: Annotated[
        int | None, Meta(description="Minor units. Null where it is not kept, or not yours to see.")
    ]


class HandoverView(Struct, frozen=True, kw_only=True):
    """A card that changed hands."""

    card: UUID
    giver: UUID
    taker: UUID


class SettlementView(Struct, frozen=True, kw_only=True):
    """A receipt: all that changed hands at once."""

    id: UUID
    purpose: str
    settled_at: datetime
    entries: tuple[EntryView, ...]
    handovers: tuple[HandoverView, ...]


def hold_view(hold: Hold) -> HoldView:
    """One flat form for money and cards."""
    subject = hold.subject
    amount = captured = remaining = card_id = None
    if isinstance(subject, HeldMoney):
        asset = Text(subject.account.asset)
        amount = MoneyOut(subject.amount, asset)
        captured = MoneyOut(hold.captured, asset)
        remaining = MoneyOut(hold.remaining, asset)
    else:
        card_id = subject.card
    return HoldView(
        id=hold.id,
        owner=hold.owner,
        purpose=hold.purpose,
        state=hold.state,
        amount=amount,
        captured=captured,
        remaining=remaining,
        card_id=card_id,
        expires_at=hold.expires_at,
    )
