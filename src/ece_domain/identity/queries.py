"""Reads that change nothing."""

from datetime import datetime
from typing import final

from attrs import frozen

from ece_domain.kernel import Begin, Clock, Page, PageRequest

from .actor import OPERATORS, Actor
from .handle import Handle
from .ports import IdentityTransaction
from .session import Session
from .user import User, UserId


@frozen
class Profile:
    """What everybody may know of a user."""

    id: UserId
    handle: Handle
    registered_at: datetime


@final
@frozen
class GetMyAccount:
    """What a user sees of themselves."""

    begin: Begin[IdentityTransaction]

    async def __call__(self, *, user_id: UserId) -> User:
        """:raises UserNotFound: if there is no such user."""
        async with self.begin() as transaction:
            return await transaction.users.get(user_id)


@final
@frozen
class GetProfile:
    """What everybody may know of a user, found by id or by handle."""

    begin: Begin[IdentityTransaction]

    async def __call__(self, *, of: UserId | Handle) -> Profile:
        """:raises UserNotFound: if there is no such user."""
        async with self.begin() as transaction:
            users = transaction.users
            user = await (users.with_handle(of) if isinstance(of, Handle) else users.get(of))
        return Profile(user.id, user.handle, user.registered_at)


@final
@frozen
class ListUsers:
    """All users, newest first, for operators."""

    begin: Begin[IdentityTransaction]

    async def __call__(self, *, page: PageRequest, actor: Actor) -> Page[User]:
        """
        :raises RoleNotAllowed: unless the actor is an operator.
        :raises InvalidPage: if the page continues another list.
        """
        actor.require(OPERATORS)
        async with self.begin() as transaction:
            return await transaction.users.page(page)


@final
@frozen
class ListMySessions:
    """A user's sessions, newest first: where they are logged in."""

    begin: Begin[IdentityTransaction]
    clock: Clock

    async def __call__(self, *, user_id: UserId, page: PageRequest) -> Page[Session]:
        """:raises InvalidPage: if the page continues another list."""
        async with self.begin() as transaction:
            return await transaction.sessions.page_of_open(user_id, self.clock(), page)
