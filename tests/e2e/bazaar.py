"""Users, cards and money in an exchange that runs in other processes."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import uuid4

import httpx2
from attrs import define, field, frozen

from ece_domain.cards import Card, CardId
from ece_domain.identity import Actor, Role, UserId
from ece_domain.ledger import AuditLedger
from ece_domain.market import ListingId
from ece_entrypoints.wiring.exchange import Exchange
from tests.contract.market.stall import Stall
from tests.http.conftest import headers_of, person
from tests.teller import Teller


@frozen
class Trader:
    """A logged-in user."""

    id: UserId
    _log_in: Callable[[], dict[str, str]] = field(repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """Headers with a new token each time, as some tests run longer than a token is valid."""
        return self._log_in()


@define
class Bazaar:
    """Prepares data directly in the store, and runs the tested calls over HTTP."""

    client: httpx2.AsyncClient
    exchange: Exchange
    clock: Callable[[], datetime]

    @property
    def stall(self) -> Stall:
        return Stall(self.exchange.database(), self.clock)  # type: ignore[arg-type]

    @property
    def teller(self) -> Teller:
        return Teller(self.exchange.database(), self.clock)  # type: ignore[arg-type]

    async def trader(self, cents: int = 0, role: Role = Role.COLLECTOR) -> Trader:
        user = person(self.exchange, f"user{uuid4().hex[:12]}", role)
        async with self.exchange.database().begin() as transaction:
            transaction.users.save(user)
        if cents:
            await self.teller.deposit(user.id, cents, key=str(uuid4()))
        return Trader(user.id, partial(headers_of, self.exchange, user))

    async def cards(self, owner: Trader, count: int) -> list[CardId]:
        stall = self.stall
        printing = await stall.printing(await stall.card_set(f"set-{uuid4().hex[:8]}"))
        cards = [
            Card(
                id=CardId(uuid4()),
                printing_id=printing.id,
                serial=serial,
                owner_id=owner.id,
                minted_to_id=owner.id,
                minted_at=self.clock(),
                updated_at=self.clock(),
                assessment=None,
            )
            for serial in range(1, count + 1)
        ]
        async with self.exchange.database().begin() as transaction:
            await transaction.cards.add(cards)
        return [card.id for card in cards]

    async def listings(self, seller: Trader, count: int, cents: int = 1_000) -> list[ListingId]:
        stall = self.stall
        return [
            (await stall.answer_list(card, seller.id, cents, key=str(uuid4()))).value.id
            for card in await self.cards(seller, count)
        ]

    async def buy(self, listing_id: ListingId, buyer: Trader, key: str) -> httpx2.Response:
        return await self.client.post(
            f"/v1/listings/{listing_id}/purchases",
            json={},
            headers={**buyer.headers, "Idempotency-Key": key},
        )

    async def assert_sound(self) -> None:
        assert (
            await AuditLedger(self.exchange.database().begin)(actor=Actor.exchange())
        ).violations == ()
