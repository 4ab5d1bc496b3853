from typing import final

from attrs import frozen

from ece_domain.identity.authentication_limits import AuthenticationLimits
from ece_domain.identity.client_address import ClientAddress
from ece_domain.identity.email import EmailAddress
from ece_domain.identity.handle import Handle
from ece_domain.identity.password import Password
from ece_domain.identity.ports import IdentityTransaction, PasswordHasher
from ece_domain.identity.user import Role, User, UserId
from ece_domain.kernel import Begin, Clock, NewId


@final
@frozen
class RegisterUser:
    """Open an account.

    The response reveals that an e-mail address is taken. Hiding it would need a mail to the
    address, and ECE does not send mail yet. The error comes after the same hashing work as a
    success, so that trying many addresses is slow.
    """

    begin: Begin[IdentityTransaction]
    passwords: PasswordHasher
    limits: AuthenticationLimits
    clock: Clock
    new_id: NewId

    async def __call__(
        self,
        *,
        email: EmailAddress,
        handle: Handle,
        password: Password,
        role: Role = Role.COLLECTOR,
        address: ClientAddress | None = None,
    ) -> User:
        """Roles other than collector are for the operator, who has no admin to ask.

        :raises InvalidEmail: if the domain of the address never exists.
        :raises HandleReserved: if the handle could pass for the exchange.
        :raises UnacceptablePassword: if it is the e-mail address, a part of it or the handle.
        :raises RateLimited: if the address has sent too many passwords lately.
        :raises EmailTaken: if a user has the mailbox, whatever its case.
        :raises HandleTaken: if a user has the handle.
        :raises TooBusy: if too many passwords wait to be hashed.
        """
        email.check_not_reserved()
        handle.check_not_reserved()
        password.check_unlike(email, handle)
        await self.limits.before_registration(address)
        user = User.register(
            UserId(self.new_id()),
            email=email,
            handle=handle,
            password_hash=await self.passwords.hash(password, address),
            role=role,
            now=self.clock(),
        )
        async with self.begin(actor_id=user.id) as transaction:
            transaction.users.save(user)
        return user.saved
