"""Fixtures: users with money, and a way to send requests as them."""

import pytest
from attrs import define, field

from ece_domain.identity import Role
from tests.http.conftest import Client, Person


def dollars(cents: int) -> dict[str, object]:
    return {"amount": cents, "asset": "USD/2"}


@define
class Desk:
    """Sends requests, with a new key unless one is given."""

    client: Client
    keys: list[str] = field(factory=list)

    async def post(self, person: Person, path: str, body: object = None, key: str | None = None):
        self.keys.append(key or f"key-{len(self.keys)}")
        headers = person.headers | {"Idempotency-Key": self.keys[-1]}
        return await self.client.post(f"/v1/{path}", json=body, headers=headers)

    async def get(self, person: Person, path: str, **query: object):
        return await self.client.get(f"/v1/{path}", params=query, headers=person.headers)


@pytest.fixture
def desk(client: Client) -> Desk:
    return Desk(client)


@pytest.fixture
async def service(sign_up) -> Person:
    return await sign_up("teller", Role.SERVICE)


@pytest.fixture
async def ann(sign_up, desk, service) -> Person:
    """A user with 1,000 cents."""
    ann = await sign_up("ann")
    await desk.post(service, "deposits", {"destination_id": str(ann.id), "money": dollars(1000)})
    return ann


@pytest.fixture
async def bob(sign_up) -> Person:
    return await sign_up("bob")


@pytest.fixture
async def hold(desk, service, ann) -> dict[str, object]:
    """A hold on 300 cents of Ann."""
    body = {"owner_id": str(ann.id), "money": dollars(300), "purpose": "reservation"}
    return (await desk.post(service, "holds", body)).json()


async def balance(desk: Desk, person: Person) -> dict[str, int]:
    (account,) = (await desk.get(person, "me/wallet")).json()["accounts"]
    return {name: account[name]["amount"] for name in ("balance", "held", "available")}
