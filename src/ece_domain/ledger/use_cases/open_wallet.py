from typing import final

from attrs import frozen

from ece_domain.identity import UserId
from ece_domain.kernel import Asset, Begin
from ece_domain.ledger.account import ACCEPTED_ASSETS, Account
from ece_domain.ledger.errors import AssetNotAccepted
from ece_domain.ledger.ports import WalletTransaction
from ece_domain.ledger.wallet import Wallet


@final
@frozen
class OpenWallet:
    """Show an account in the user's wallet before its first entry, with a balance of zero.

    An account can receive money without this. Opening it again changes nothing.
    """

    begin: Begin[WalletTransaction]
    accepted: frozenset[Asset] = ACCEPTED_ASSETS

    async def __call__(self, *, owner_id: UserId, asset: Asset) -> Wallet:
        """
        :raises AssetNotAccepted: if the exchange does not deal in the asset.
        :raises UserNotFound: if there is no such user.
        """
        if asset not in self.accepted:
            raise AssetNotAccepted(asset=str(asset))
        async with self.begin() as transaction:
            await transaction.users.get(owner_id)
            transaction.wallets.open(Account.of_user(owner_id, asset))
        async with self.begin() as transaction:
            return Wallet(owner_id, await transaction.wallets.accounts(owner_id))
