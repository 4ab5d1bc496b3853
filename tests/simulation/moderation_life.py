"""Operators who suspend users and take down listings, and their invariants."""

from collections.abc import Awaitable, Callable, Sequence
from types import SimpleNamespace
from uuid import UUID

from attrs import define, field

from ece_domain import identity, market
from ece_domain.identity import Actor, Role, Session, User, UserId
from ece_domain.kernel import Reason
from ece_domain.market import ListingState
from ece_domain.sales import CURRENT_FEES, Sale

from .changes import TableChanges
from .process import Process
from .world import Violated, World, at_once

REASON = Reason("A simulated reason")


@define(eq=False)
class ModerationLife:
    """Suspensions that collide with log-ins and purchases, and take-downs with purchases."""

    share = 1

    world: World
    _moderator: Actor = field(init=False)
    _changed_users: TableChanges[UUID, User] = field(init=False)
    _changed_sessions: TableChanges[UUID, Session] = field(init=False)

    def __attrs_post_init__(self) -> None:
        tables = self.world.store.database.identity
        self._changed_users = TableChanges(tables.users)
        self._changed_sessions = TableChanges(tables.sessions)

    async def start(self, process: Process) -> SimpleNamespace:
        begin, clock, new_id = self.world.store.begin, self.world.clock, self.world.new_id
        revoked: set[identity.SessionId] = set()
        return SimpleNamespace(
            suspend=identity.SuspendUser(begin, revoked, clock),
            reinstate=identity.ReinstateUser(begin, clock),
            take_down=market.TakeDownListing(begin, clock, new_id),
            buy=market.BuyListing(begin, clock, new_id, CURRENT_FEES),
        )

    async def set_up(self) -> None:
        self._moderator = Actor(UserId(self.world.new_id()), Role.MODERATOR)

    def actions(self) -> Sequence[Callable[[], Awaitable[None]]]:
        return (self.suspend, self.suspend, self.reinstate, self.take_down, self.buy, self.buy)

    async def suspend(self) -> None:
        """Suspend somebody who is not an admin, preferably somebody who logs in."""
        users = [user for user in self._users() if user.role is not Role.ADMIN]
        logged_in = [user for user in users if self._has_open_session(user)]
        is_odd = not logged_in or self.world.chance.random() < 0.3
        await self._suspend(self.world.chance.choice(users if is_odd else logged_in))

    async def reinstate(self) -> None:
        suspended = [user for user in self._users() if user.suspension]
        if suspended:
            user = self.world.chance.choice(suspended)
            await self._call("reinstate", user)

    async def take_down(self) -> None:
        """Take down a listing; sometimes while somebody buys it."""
        listings = self._active_listings()
        if not listings:
            return
        listing = self.world.chance.choice(listings)
        calls = [self._take_down(listing)]
        if self.world.chance.random() < 0.5:
            calls.append(self._buy(listing))
        await at_once(*calls)

    async def buy(self) -> None:
        """Buy from a seller who was suspended, which is refused."""
        listings = self._active_listings()
        if not listings:
            return
        listing = self.world.chance.choice(listings)
        seller = self._user(listing.seller_id)
        if seller.suspension is None:
            await self._suspend(seller)
        began, before = self.world.clock(), self._user(seller.id).suspension
        if before is None:
            return
        sale = await self._buy(listing)
        if sale.sold_at >= began and self._user(listing.seller_id).suspension == before:
            raise Violated(f"a suspended seller sold a card: {sale}")

    def check(self) -> None:
        users = [user for _, user in self._changed_users.look()]
        users += [self._user(session.user_id) for _, session in self._changed_sessions.look()]
        for user in users:
            if user.suspension and self._has_open_session(user):
                raise Violated(f"a suspended user has an open session: {user}")

    async def settle_down(self) -> None:
        """A suspension needs no end."""

    def check_at_the_end(self) -> None:
        for user in self._users():
            if user.suspension and self._has_open_session(user):
                raise Violated(f"a suspended user has an open session: {user}")

    async def _suspend(self, user: User) -> None:
        await self._call("suspend", user)
        self.world.counts["users suspended"] += 1

    async def _call(self, what: str, user: User) -> None:
        await self.world.call(self, what, user_id=user.id, reason=REASON, actor=Actor.exchange())

    async def _take_down(self, listing: market.Listing) -> None:
        await self.world.ask(
            self, "take_down", listing_id=listing.id, reason=REASON, actor=self._moderator
        )
        self.world.counts["listings taken down"] += 1

    async def _buy(self, listing: market.Listing) -> Sale:
        buyer = self.world.chance.choice(self.world.users)
        return await self.world.ask(self, "buy", listing_id=listing.id, buyer_id=buyer)

    def _has_open_session(self, user: User) -> bool:
        sessions = self.world.store.database.identity.sessions
        return any(each.user_id == user.id and each.ended_at is None for each in sessions)

    def _users(self) -> list[User]:
        return list(self.world.store.database.identity.users)

    def _user(self, user_id: UserId) -> User:
        user = self.world.store.database.identity.users.get(user_id)
        if user is None:
            raise Violated(f"user {user_id} is gone")
        return user

    def _active_listings(self) -> list[market.Listing]:
        listings = self.world.store.database.market.listings
        return [each for each in listings if each.state is ListingState.ACTIVE]
