"""People with cards and money, in front of the API."""

import json
from uuid import uuid4

import pytest
from attrs import frozen

from ece_domain.cards import CardId
from ece_domain.kernel import USD, Money
from ece_domain.ledger import Account, MoveMoney, Settlement, SettlementId
from ece_entrypoints.wiring.exchange import Exchange
from tests.contract.market.stall import Stall
from tests.http.conftest import Client, Person, SignUp

PRICE = {"amount": 1_000, "asset": "USD/2"}


@frozen
class Fair:
    """People with cards and money, in front of the API."""

    client: Client
    exchange: Exchange
    sign_up: SignUp
    stall: Stall

    async def person(self, handle: str, cents: int = 0) -> Person:
        person = await self.sign_up(handle)
        if cents:
            money = Money(cents, USD)
            move = MoveMoney(Account.external(USD), Account.of_user(person.id, USD), money)
            async with self.exchange.database().begin() as transaction:
                settlement = Settlement(SettlementId(uuid4()), "test.deposit", (move,))
                transaction.ledger.settle(settlement, self.exchange.clock()())
        return person

    async def put_up(self, seller: Person, card: CardId | None = None, **body):
        card = card or await self.stall.card(seller.id)
        return await self.client.post(
            "/v1/listings",
            json={"card_id": str(card), "price": PRICE, **body},
            headers={**seller.headers, "Idempotency-Key": str(uuid4())},
        )

    async def listed(self, seller: Person, **body):
        response = await self.put_up(seller, **body)
        assert response.status_code == 201, response.text
        return response.json()

    async def patch(self, seller: Person, listing, body, media_type="application/json"):
        address = f"/v1/listings/{listing['id']}"
        tag = (await self.client.get(address)).headers["ETag"]
        headers = {**seller.headers, "If-Match": tag, "Content-Type": media_type}
        return await self.client.patch(address, content=json.dumps(body), headers=headers)

    async def buy(self, listing, buyer: Person, key=None, **body):
        return await self.client.post(
            f"/v1/listings/{listing['id']}/purchases",
            json=body,
            headers={**buyer.headers, "Idempotency-Key": key or str(uuid4())},
        )


@pytest.fixture
async def fair(client, exchange, sign_up, clock) -> Fair:
    return Fair(client, exchange, sign_up, Stall(exchange.database(), clock))


def is_problem(response, status, code):
    assert (response.status_code, response.json().get("code")) == (status, code), response.text
    return response.json()
