"""A test exchange in memory with users, called over HTTP without a socket.

All objects were created through the API. Ids are counted and the time is fixed, so the same
requests get the same responses, and a failing hostile run is reproducible.
"""

import asyncio
from collections.abc import Callable, Coroutine
from itertools import count
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from attrs import define, field, frozen
from dependency_injector import providers
from litestar import Litestar

from ece_adapters.crypto import fresh_secret
from ece_domain.identity import Actor, RefreshToken, Role, Session, SessionId
from ece_entrypoints.http.platform.app import create_app
from ece_entrypoints.wiring.exchange import Exchange
from ece_entrypoints.wiring.settings import PasswordCost, Settings, Store
from tests.clock import SettableClock
from tests.hostile.inspector import Inspector
from tests.http.conftest import Client, Person, client_of, headers_of, person
from tests.rate_limits import NO_RATE_LIMITS

T = TypeVar("T")

UNKNOWN = UUID("01987654-3210-7abc-8def-0123456789ab")
"""An unknown id; the same as in the examples of the OpenAPI document."""

TRAITS = [{"code": "rare", "label": "Rare", "rank": 1}]
"""As in the examples of the document."""
DESIGN = {
    "number": "1",
    "name": "Tide Wyrm",
    "rarity": "rare",
    "finish": "rare",
    "image": "genesis:1:17",
}


def dollars(cents: int) -> dict[str, object]:
    return {"amount": cents, "asset": "USD/2"}


def counted_ids() -> Callable[[], UUID]:
    """Version 7 like the real ones: each later than the one before."""
    numbers = count(1)
    return lambda: UUID(int=(0x0198 << 112) | (next(numbers) << 80) | (7 << 76) | (2 << 62))


@frozen
class Belongings:
    """One resource of each kind that a user can have, by the names of path parameters."""

    user_id: str
    handle_or_id: str
    code: str
    printing_id: str
    card_id: str
    listing_id: str
    hold_id: str
    sale_id: str
    settlement_id: str
    session_id: str


@define
class Town:
    """Sends requests from outside of any event loop; ``close`` it at the end."""

    clock: SettableClock = field(factory=SettableClock)
    exchange: Exchange = field(init=False)
    app: Litestar = field(init=False)
    client: Client = field(init=False)
    inspector: Inspector = field(factory=Inspector)
    _loop: asyncio.AbstractEventLoop = field(factory=asyncio.new_event_loop)
    _context: Any = None
    _names: Any = field(factory=lambda: count(1))

    def __attrs_post_init__(self) -> None:
        settings = Settings(
            store=Store.memory,
            secret_file=Path("unused"),
            password_cost=PasswordCost.toy,
            access_log=False,
            **NO_RATE_LIMITS,
        )
        self.exchange = Exchange(
            settings=settings,
            clock=providers.Object(self.clock),
            new_id=providers.Object(counted_ids()),
            secret=providers.Object(b"the secret of a town in memory.."),
        )
        self.app = create_app(self.exchange)
        self._context = client_of(self.app)
        self.client = self.run(self._context.__aenter__())

    def close(self) -> None:
        self.run(self._context.__aexit__(None, None, None))
        self._loop.close()

    def empty(self) -> None:
        """Empty the exchange. Creating another application would take much longer."""
        self.exchange.database().__init__()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(work)

    def send(
        self,
        method: str,
        path: str,
        by: Person | None = None,
        *,
        headers: dict[str, str] | None = None,
        **request: Any,
    ) -> Any:
        """Send a request and check the response; with a new idempotency key unless one is given."""
        sent = {"Idempotency-Key": self.fresh("key"), **(by.headers if by else {})}
        sent |= headers or {}
        raw = {name.encode(): value.encode("latin-1") for name, value in sent.items()}
        answer = self.run(self.client.request(method, path, headers=raw, **request))
        self.inspector.look(answer)
        return answer

    def post(self, path: str, by: Person, body: object = None) -> Any:
        """The JSON of the response, which has to be a success."""
        answer = self.send("POST", f"/v1/{path}", by, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def tag_of(self, path: str) -> str:
        """The ETag of the resource that a path changes; of a part, that of the whole."""
        for address in (path, path.rpartition("/")[0]):
            answer = self.run(self.client.get(address))
            if "ETag" in answer.headers:
                return str(answer.headers["ETag"])
        return '"1"'

    def fresh(self, what: str) -> str:
        return f"{what}-{next(self._names)}"

    def sign_up(self, handle: str, role: Role = Role.COLLECTOR) -> Person:
        """A new user. Roles other than collector are set in the store."""
        user = person(self.exchange, handle, role)
        self.inspector.private.add(str(user.email))
        self.run(self._save(user))
        return Person(user.id, headers_of(self.exchange, user))

    def log_in_again(self, whom: Person) -> Person:
        """The same user with a new access token."""
        return Person(whom.id, headers_of(self.exchange, self.run(self._user(whom))))

    async def _user(self, whom: Person) -> Any:
        async with self.exchange.database().begin() as transaction:
            return await transaction.users.get(whom.id)

    async def _save(self, user: Any) -> None:
        async with self.exchange.database().begin() as transaction:
            transaction.users.save(user)

    def violations(self) -> tuple[object, ...]:
        """The violations that the audit finds."""
        return self.run(self.exchange.ledger.audit_ledger()(actor=Actor.exchange())).violations

    def open_session(self, owner: Person) -> SessionId:
        """A session beside the one of the owner's token."""
        session = Session.start(
            SessionId(self.exchange.new_id()()),
            user_id=owner.id,
            token=RefreshToken.fresh(fresh_secret),
            now=self.clock(),
        )

        async def save() -> None:
            async with self.exchange.database().begin() as transaction:
                transaction.sessions.save(session)

        self.run(save())
        return session.id

    def furnish(self, owner: Person, handle: str, bank: Person, boss: Person) -> Belongings:
        """One resource of each kind for the owner. The bank is a service, the boss an admin."""
        code = self.fresh("set")
        release = {"name": code, "rarities": TRAITS, "finishes": TRAITS, "issuer_id": str(owner.id)}
        self.post("card-sets", boss, {"code": code, **release})
        printing = self.post(f"card-sets/{code}/printings", owner, DESIGN)["id"]
        owned = {"copies": 3, "owner_id": str(owner.id)}
        self.post(f"printings/{printing}/mints", owner, owned)
        found = self.send("GET", "/v1/cards", params={"printing_id": printing}).json()["data"]
        kept, listed, sold = (card["id"] for card in found)
        offers = [
            self.post("listings", owner, {"card_id": card, "price": dollars(500)})["id"]
            for card in (listed, sold)
        ]
        money = {"destination_id": str(owner.id), "money": dollars(10_000)}
        self.post("deposits", bank, money)
        buyer = self.sign_up(self.fresh("buyer").replace("-", "_"))
        self.post("deposits", bank, {**money, "destination_id": str(buyer.id)})
        sale = self.post(f"listings/{offers[1]}/purchases", buyer)["id"]
        hold = {"owner_id": str(owner.id), "money": dollars(5_000), "purpose": "reservation"}
        return Belongings(
            user_id=str(owner.id),
            handle_or_id=handle,
            code=code,
            printing_id=printing,
            card_id=kept,
            listing_id=offers[0],
            hold_id=self.post("holds", bank, hold)["id"],
            sale_id=sale,
            settlement_id=sale,
            session_id=str(self.open_session(owner)),
        )
