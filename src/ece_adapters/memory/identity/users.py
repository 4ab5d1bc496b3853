from attrs import define

from ece_adapters.memory.engine.unit_of_work import UnitOfWork
from ece_adapters.storage.keyset import below_id, cut
from ece_domain.identity import (
    EmailAddress,
    EmailTaken,
    Handle,
    HandleTaken,
    User,
    UserId,
    UserNotFound,
)
from ece_domain.kernel import Page, PageRequest

from .tables import IdentityTables


@define
class MemoryUsers:
    _tables: IdentityTables
    _unit: UnitOfWork

    async def get(self, user_id: UserId) -> User:
        return self._known(user_id)

    async def get_for_update(self, user_id: UserId) -> User:
        await self._unit.lock((self._tables.users.name, str(user_id)))
        return self._known(user_id)

    async def with_email(self, email: EmailAddress) -> User | None:
        user_id = self._tables.by_email.get(email.key)
        return None if user_id is None else self._known(user_id)

    async def with_handle(self, handle: Handle) -> User:
        return self._known(self._tables.by_handle.get(handle.text))

    async def page(self, page: PageRequest) -> Page[User]:
        below = below_id(page)
        found = [user for user in self._tables.users if user.id < below]
        found.sort(key=lambda user: user.id, reverse=True)
        return cut(found, page, lambda user: user.id, lambda user: user)

    def require_unchanged(self, user: User) -> None:
        self._unit.require_unchanged(self._tables.users, user.id, user)

    def save(self, user: User) -> None:
        claims = self._tables.by_email, self._tables.by_handle
        self._unit.later(lambda: self._claim_email(user), row=(claims[0].name, user.email.key))
        self._unit.later(lambda: self._claim_handle(user), row=(claims[1].name, user.handle.text))
        self._unit.save(self._tables.users, user.id, user)

    def _known(self, user_id: UserId | None) -> User:
        user = self._tables.users.get(user_id) if user_id else None
        if user is None:
            raise UserNotFound
        return user

    def _claim_email(self, user: User) -> None:
        before = self._tables.users.get(user.id)
        claims, key = self._tables.by_email, user.email.key
        if claims.get(key) not in {None, user.id}:
            raise EmailTaken
        if before is not None:
            claims.remove(before.email.key)
        claims.put(key, user.id)

    def _claim_handle(self, user: User) -> None:
        before = self._tables.users.get(user.id)
        claims, key = self._tables.by_handle, user.handle.text
        if claims.get(key) not in {None, user.id}:
            raise HandleTaken
        if before is not None:
            claims.remove(before.handle.text)
        claims.put(key, user.id)
