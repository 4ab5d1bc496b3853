"""The queries of the ledger, limited to what the actor may see.

Users see what belongs to them, operators see all. The error for something that the actor may not
see is the same as for something that does not exist.
"""

from typing import final

from attrs import frozen

from ece_domain.cards import CardId
from ece_domain.identity import OPERATORS, Actor, UserId, UserNotFound
from ece_domain.kernel import ALL_TIME, Asset, Begin, Page, PageRequest, TimeRange

from .account import Account
from .card_history import OwnershipPeriod
from .deal import Deal
from .errors import HoldNotFound, SettlementNotFound
from .group_payout import GroupPayout, payout_id_of
from .hold import Hold, HoldId
from .ports import CardHistoryTransaction, PayoutTransaction, WalletTransaction
from .receipt_access import as_read_by, has_part_in
from .settlement import SettlementId
from .settlement_receipt import SettlementReceipt
from .statement import StatementLine
from .wallet import Wallet


@final
@frozen
class GetWallet:
    """A user's accounts, each with its balance, the amounts on hold by purpose, and the rest."""

    begin: Begin[WalletTransaction]

    async def __call__(self, *, owner_id: UserId, actor: Actor) -> Wallet:
        """:raises UserNotFound: if there is no such user, or the wallet is not for the actor."""
        async with self.begin() as transaction:
            await _check_reader(transaction, owner_id, actor)
            return Wallet(owner_id, await transaction.wallets.accounts(owner_id))


@final
@frozen
class ListOpenHolds:
    """The open holds on a user's money and cards, newest first."""

    begin: Begin[WalletTransaction]

    async def __call__(self, *, owner_id: UserId, page: PageRequest, actor: Actor) -> Page[Hold]:
        """
        :raises UserNotFound: if there is no such user, or the wallet is not for the actor.
        :raises InvalidPage: if the page does not continue this list.
        """
        async with self.begin() as transaction:
            await _check_reader(transaction, owner_id, actor)
            return await transaction.wallets.open_holds(owner_id, page)


@final
@frozen
class ListStatementLines:
    """The entries of a user's account with the running balance, newest first."""

    begin: Begin[WalletTransaction]

    async def __call__(
        self,
        *,
        owner_id: UserId,
        asset: Asset,
        page: PageRequest,
        actor: Actor,
        settled: TimeRange = ALL_TIME,
    ) -> Page[StatementLine]:
        """
        :raises UserNotFound: if there is no such user, or the wallet is not for the actor.
        :raises InvalidPage: if the page does not continue this list.
        """
        async with self.begin() as transaction:
            await _check_reader(transaction, owner_id, actor)
            account = Account.of_user(owner_id, asset)
            return await transaction.wallets.statement(account, settled, page)


@final
@frozen
class GetHold:
    """One hold, in any state."""

    begin: Begin[WalletTransaction]

    async def __call__(self, *, hold_id: HoldId, actor: Actor) -> Hold:
        """:raises HoldNotFound: if there is none, or it is not for the actor."""
        async with self.begin() as transaction:
            hold = await transaction.ledger.hold(hold_id)
        if actor.role not in OPERATORS and hold.owner_id != actor.id:
            raise HoldNotFound(hold_id=hold_id)
        return hold


@final
@frozen
class GetGroupPayout:
    """The payout of a deal, for the context of the deal."""

    begin: Begin[PayoutTransaction]

    async def __call__(self, *, deal: Deal) -> GroupPayout:
        """:raises PayoutNotFound: if the deal has none."""
        async with self.begin() as transaction:
            return await transaction.group_payouts.get(payout_id_of(deal))


@final
@frozen
class GetSettlementReceipt:
    """The receipt of a settlement. Its parties see their own part of it, operators all of it."""

    begin: Begin[WalletTransaction]

    async def __call__(self, *, settlement_id: SettlementId, actor: Actor) -> SettlementReceipt:
        """:raises SettlementNotFound: if there is none, or the actor had no part in it."""
        async with self.begin() as transaction:
            receipt = await transaction.ledger.receipt(settlement_id)
        if actor.role in OPERATORS:
            return receipt
        if not has_part_in(actor.id, receipt):
            raise SettlementNotFound(settlement_id=settlement_id)
        return as_read_by(actor.id, receipt)


@final
@frozen
class ListCardOwners:
    """All owners of a card: the current one first, its minting last."""

    begin: Begin[CardHistoryTransaction]

    async def __call__(
        self, *, card_id: CardId, page: PageRequest, acquired: TimeRange = ALL_TIME
    ) -> Page[OwnershipPeriod]:
        """
        :raises CardNotFound: if there is no such card.
        :raises InvalidPage: if the page continues another list.
        """
        async with self.begin() as transaction:
            return await transaction.card_histories.of_card(card_id, acquired, page)


async def _check_reader(transaction: WalletTransaction, owner_id: UserId, actor: Actor) -> None:
    if owner_id == actor.id:
        return
    if actor.role not in OPERATORS:
        raise UserNotFound
    await transaction.users.get(owner_id)
