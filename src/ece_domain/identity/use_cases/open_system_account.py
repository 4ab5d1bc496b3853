from typing import final

from attrs import frozen

from ece_domain.identity.errors import UserNotFound
from ece_domain.identity.password import Password
from ece_domain.identity.ports import IdentityTransaction, PasswordHasher
from ece_domain.identity.system_account import SystemAccount
from ece_domain.identity.tokens import SecretSource
from ece_domain.identity.user import User
from ece_domain.kernel import Begin, Clock


@final
@frozen
class OpenSystemAccount:
    """Get an account of the exchange itself; the first time, open it.

    Its handle and its email address are reserved, so no user can have them. Its password is a
    secret that is not kept.
    """

    begin: Begin[IdentityTransaction]
    passwords: PasswordHasher
    secrets: SecretSource
    clock: Clock

    async def __call__(self, *, account: SystemAccount) -> User:
        """
        :raises TooBusy: if too many passwords wait to be hashed.
        :raises EmailTaken: if it was opened at the same time.
        :raises HandleTaken: if it was opened at the same time.
        :raises ConcurrentChange: if it was opened at the same time.
        """
        async with self.begin() as transaction:
            try:
                return await transaction.users.get(account.id)
            except UserNotFound:
                pass
        user = User.register(
            account.id,
            email=account.email,
            handle=account.handle,
            password_hash=await self.passwords.hash(Password(self.secrets().hex())),
            role=account.role,
            now=self.clock(),
        )
        async with self.begin() as transaction:
            transaction.users.save(user)
        return user.saved
