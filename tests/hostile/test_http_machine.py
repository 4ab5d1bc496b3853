"""A state machine over HTTP: it creates real objects, then sends requests that must be refused.

Every response is checked: none is a 5xx, every refusal is a documented problem of its operation,
and no response has private data of others. Besides valid requests the machine sends earlier
requests with one change.
"""

import re
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from attrs import define, evolve, frozen
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from ece_domain.identity import Role
from tests.hostile.inspector import OPERATIONS
from tests.hostile.town import DESIGN, TRAITS, UNKNOWN, Town, dollars
from tests.hostile.values import HOSTILE, PRINT_RUNS
from tests.http.conftest import Person
from tests.tally import SCALE, Tally

MARKETS, STEPS = 110 * SCALE, 60
FEW = st.integers(0, 4)
ANY = st.integers(0, 999)
CENTS = st.integers(1, 2_000) | st.sampled_from([0, 1, 99, 500, 501, 10_000, 10**15 - 1, 10**15])
LISTS = (
    "card-sets", "cards", "listings", "printings", "me/sales", "me/listings", "me/wallet/holds",
    "me/wallet/statement?asset=USD/2",
)  # fmt: skip
READS = [each.path for each in OPERATIONS if each.method == "GET"]
FLOORS = {
    ("buyListing", 201, ""): 15,
    ("createListing", 201, ""): 80,
    ("transfer", 201, ""): 10,
    ("captureHold", 200, ""): 15,
    ("buyListing", 409, "market.listing-not-active"): 10,
    ("buyListing", 409, "ledger.insufficient-funds"): 4,
    ("updateListing", 412, "http.precondition-failed"): 10,
    ("getHold", 404, "ledger.hold-not-found"): 10,
    ("getSale", 404, "sales.sale-not-found"): 10,
    ("refreshSession", 401, "identity.refresh-token-reused"): 10,
}
FLOORS_BY_CODE = {
    "": 1_500,
    "kernel.idempotency-key-reused": 5,
    "http.invalid-body": 100,
    "http.invalid-cursor": 10,
    "http.invalid-parameters": 15,
    "identity.role-not-allowed": 50,
    "http.token-required": 50,
    "replayed": 25,
    "pages": 15,
}
"""The minimum counters of a run of scale 1."""
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@frozen
class Sent:
    """A request, to be sent again unchanged or with one change."""

    method: str
    path: str
    by: int | None
    body: Any
    headers: dict[str, str]


def places_in(value: Any, *above: Any) -> Iterator[tuple[Any, ...]]:
    """The path to every value of a JSON document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for step, each in inner:
        yield (*above, step)
        if isinstance(each, dict | list):
            yield from places_in(each, *above, step)


@define(slots=False, eq=False)
class Attack(RuleBasedStateMachine):
    """Acts on existing objects; a rule names one by a number, modulo their count."""

    town: Town

    def __attrs_post_init__(self) -> None:
        super().__init__()
        self.people: list[Person] = []
        self.listings: list[dict[str, Any]] = []
        self.cards: list[str] = []
        self.printings: list[str] = []
        self.holds: list[str] = []
        self.ids: list[str] = [str(UNKNOWN)]
        self.sent: list[Sent] = []
        self.cursors: list[str] = []

    @initialize()
    def open_the_town(self) -> None:
        self.town.empty()
        traders = (Role.COLLECTOR, Role.COLLECTOR)
        roles = (*traders, Role.SERVICE, Role.ADMIN, Role.COLLECTOR)
        self.people = [self.town.sign_up(self.town.fresh("p").replace("-", "_"), r) for r in roles]
        self.ids += [str(person.id) for person in self.people]
        for number in (0, 1):
            body = {"destination_id": self.person(number), "money": dollars(20_000)}
            assert self.ask("POST", "deposits", 2, body).status_code == 201
        self.issue(0)
        for owner in (0, 1):
            self.mint(0, owner, 3)
            self.offer(3 * owner, owner, 500)

    def person(self, number: int) -> str:
        return str(self.people[number % len(self.people)].id)

    def one_of(self, things: list[Any], number: int) -> Any:
        return things[number % len(things)] if things else str(UNKNOWN)

    def ask(self, method: str, path: str, by: int | None, body: Any = None, **headers: str) -> Any:
        """Send and record a request, and collect the ids of the response."""
        headers = {"Idempotency-Key": self.town.fresh("key"), **headers}
        sent = Sent(method, f"/v1/{path}", by, body, headers)
        self.sent.append(sent)
        answer = self.send(sent)
        self.ids += [each for each in _ID.findall(answer.text) if each not in self.ids]
        return answer

    def send(self, sent: Sent) -> Any:
        by = None if sent.by is None else self.people[sent.by % len(self.people)]
        body = {} if sent.body is None else {"json": sent.body}
        answer = self.town.send(sent.method, sent.path, by, headers=sent.headers, **body)
        self.town.inspector.seen["", 0, "replayed"] += "Idempotent-Replayed" in answer.headers
        return answer

    @rule(issuer=FEW)
    def issue(self, issuer: int) -> None:
        code = self.town.fresh("set")
        release = {"name": code, "rarities": TRAITS, "finishes": TRAITS, "royalty_ppm": 100_000}
        body = {"code": code, "issuer_id": self.person(issuer), **release}
        assert self.ask("POST", "card-sets", 3, body).status_code == 201
        added = self.ask("POST", f"card-sets/{code}/printings", issuer, DESIGN)
        self.printings.append(added.json()["id"])

    @rule(
        printing=ANY,
        by=FEW,
        tag=st.sampled_from(['"1"', '"2"', '"3"']),
        run=PRINT_RUNS,
    )
    def edit(self, printing: int, by: int, tag: str, run: object) -> None:
        known = self.one_of(self.printings, printing)
        changes = {"variant": "misprint", "print_run": run}
        self.ask("PATCH", f"printings/{known}", by, changes, **{"If-Match": tag})
        code = self.ask("GET", f"printings/{known}", None).json()["set_code"]
        changes = {"name": "Moonlit Coast", "rarities": TRAITS, "declared_count": run}
        self.ask("PATCH", f"card-sets/{code}", by, changes, **{"If-Match": tag})

    @rule(printing=ANY, owner=FEW, copies=st.integers(1, 3))
    def mint(self, printing: int, owner: int, copies: int) -> None:
        of = self.one_of(self.printings, printing)
        self.ask(
            "POST", f"printings/{of}/mints", 3, {"copies": copies, "owner_id": self.person(owner)}
        )
        found = self.ask("GET", f"cards?printing_id={of}&limit=100", None).json()["data"]
        self.cards += [card["id"] for card in found if card["id"] not in self.cards]

    @rule(seller=st.integers(0, 1), cents=st.integers(1, 3_000))
    def deal(self, seller: int, cents: int) -> None:
        """A valid flow: list a new card, and let another user buy it."""
        self.mint(0, seller, 1)
        self.offer(-1, seller, cents)
        if cents % 2:
            self.buy(0, 1 - seller, None)

    @rule(card=ANY, seller=FEW, cents=CENTS)
    def offer(self, card: int, seller: int, cents: int) -> None:
        body = {"card_id": self.one_of(self.cards, card), "price": dollars(cents)}
        answer = self.ask("POST", "listings", seller, body)
        if answer.is_success:
            self.listings.append(answer.json())

    @rule(listing=ANY, buyer=FEW, max_price=st.none() | CENTS)
    def buy(self, listing: int, buyer: int, max_price: int | None) -> None:
        if self.listings:
            path = f"listings/{self.one_of(self.listings, -1 - listing % 4)['id']}/purchases"
            body = None if max_price is None else {"max_price": dollars(max_price)}
            answer = self.ask("POST", path, buyer, body)
            if answer.is_success:
                for reader in range(len(self.people)):
                    self.ask("GET", f"sales/{answer.json()['id']}", reader)

    @rule(listing=ANY, by=FEW, cents=CENTS, tag=st.sampled_from(["", '"1"', '"9"', 'W/"1"', "*"]))
    def reprice(self, listing: int, by: int, cents: int, tag: str) -> None:
        if self.listings:
            path = f"listings/{self.one_of(self.listings, listing)['id']}"
            seen = tag or self.ask("GET", path, None).headers["ETag"]
            self.ask("PATCH", path, by, {"price": dollars(cents)}, **{"If-Match": seen})

    @rule(listing=ANY, by=FEW)
    def cancel(self, listing: int, by: int) -> None:
        if self.listings:
            path = f"listings/{self.one_of(self.listings, listing)['id']}/cancel"
            self.ask("POST", path, by)

    @rule(
        kind=st.sampled_from(["deposits", "withdrawals", "transfers"]), by=FEW, to=FEW, cents=CENTS
    )
    def move(self, kind: str, by: int, to: int, cents: int) -> None:
        whom = "owner_id" if kind == "withdrawals" else "destination_id"
        self.ask("POST", kind, by, {whom: self.person(to), "money": dollars(cents)})

    @rule(owner=st.integers(0, 1), cents=CENTS, minutes=st.none() | st.integers(-1, 60))
    def hold(self, owner: int, cents: int, minutes: int | None) -> None:
        body = {"owner_id": self.person(owner), "money": dollars(cents), "purpose": "bid"}
        if minutes is not None:
            body["expires_at"] = (self.town.clock() + timedelta(minutes=minutes)).isoformat()
        answer = self.ask("POST", "holds", 2, body)
        if answer.is_success:
            self.holds.append(answer.json()["id"])
            self.capture(-1, 1 - owner, 1)

    @rule(hold=ANY, to=st.none() | FEW, cents=st.integers(1, 300) | CENTS)
    def capture(self, hold: int, to: int | None, cents: int) -> None:
        body = {"money": dollars(cents), "destination_id": None if to is None else self.person(to)}
        self.ask("POST", f"holds/{self.one_of(self.holds, hold)}/capture", 2, body)

    @rule(hold=ANY, by=FEW)
    def look_at_a_hold(self, hold: int, by: int) -> None:
        self.ask("GET", f"holds/{self.one_of(self.holds, hold)}", by)

    @rule(hold=ANY)
    def release(self, hold: int) -> None:
        self.ask("POST", f"holds/{self.one_of(self.holds, hold)}/release", 2)

    @rule(minutes=st.sampled_from([1, 1, 9, 9, 59, 60, 200_000]))
    def wait(self, minutes: int) -> None:
        self.town.clock.advance(minutes=minutes)
        self.people = [self.town.log_in_again(person) for person in self.people]
        self.town.run(self.town.exchange.ledger.expire_holds()())
        self.town.run(self.town.exchange.market.expire_listings()())

    @rule(path=st.sampled_from(LISTS), by=st.none() | FEW, limit=st.sampled_from([1, 2, 100]))
    def page_through(self, path: str, by: int | None, limit: int) -> None:
        address = f"{path}{'&' if '?' in path else '?'}limit={limit}"
        for _ in range(4):
            answer = self.ask("GET", address, by)
            following = answer.json().get("next") if answer.is_success else None
            if following is None:
                break
            self.town.inspector.seen["", 0, "pages"] += 1
            self.cursors.append(following)
            link = answer.headers["Link"]
            address = link[link.index("<") + 1 : link.index(">")].removeprefix("/v1/")

    @rule(
        path=st.sampled_from(LISTS),
        by=FEW,
        cursor=ANY,
        more=st.sampled_from(["", "&text=a", "&x=1"]),
    )
    def page_on_elsewhere(self, path: str, by: int, cursor: int, more: str) -> None:
        given = self.one_of(self.cursors, cursor)
        address = f"{path}{'&' if '?' in path else '?'}cursor={given}{more}"
        self.ask("GET", address, by)

    @rule(
        path=st.sampled_from(READS),
        thing=ANY,
        by=st.none() | FEW,
        tag=st.sampled_from(["", "*", '"1"']),
    )
    def look_anywhere(self, path: str, thing: int, by: int | None, tag: str) -> None:
        """Read any resource, with ids of the right or of another kind."""
        path = re.sub(r"\{\w+\}", lambda _: self.one_of(self.ids, thing), path)
        path = path.removeprefix("/v1/")
        self.ask("GET", path, by, **({"If-None-Match": tag} if tag else {}))

    @rule(
        card=ANY, by=FEW, tag=st.sampled_from(['"1"', '"2"', '"3"']), certificate=st.integers(1, 3)
    )
    def assess(self, card: int, by: int, tag: str, certificate: int) -> None:
        address = f"cards/{self.one_of(self.cards, card)}"
        condition = {"scale": "tcgplayer", "code": "NM"}
        self.ask("PUT", f"{address}/condition", by, condition, **{"If-Match": tag})
        grade = {"company": "PSA", "grade": "9.5", "certificate": f"{certificate:04}"}
        self.ask("PUT", f"{address}/grade", by + 1, grade, **{"If-Match": tag})

    @rule(again=st.booleans(), password=st.sampled_from(["correct horse battery", "x" * 10]))
    def come_and_go(self, *, again: bool, password: str) -> None:
        """A whole session, with a reused refresh token or a log-out."""
        name = self.town.fresh("visitor").replace("-", "_")
        account = {"email": f"{name}@example.com", "password": password}
        assert self.ask("POST", "users", None, {**account, "handle": name}).is_success
        session = self.ask("POST", "sessions", None, account).json()
        token = {"refresh_token": session["refresh_token"]}
        refreshed = self.ask("POST", "sessions/refresh", None, token)
        following = {"refresh_token": refreshed.json()["refresh_token"]}
        shown = (token, following, token) if again else ()
        answers = [self.ask("POST", "sessions/refresh", None, each) for each in shown]
        statuses = [each.status_code for each in (refreshed, *answers)]
        bearer = {"Authorization": f"Bearer {session['access_token']}"}
        statuses.append(self.ask("DELETE", "sessions/current", None, **bearer).status_code)
        statuses.append(self.ask("GET", "me", None, **bearer).status_code)
        assert statuses == ([200, 200, 200, 401, 401, 401] if again else [200, 204, 401])

    @rule(request=ANY)
    def send_again(self, request: int) -> None:
        """A repeated request has no second effect: it gets a replay or an error."""
        sent = self.one_of(self.sent, -1 - request % 8)
        first, again = self.send(sent), self.send(sent)
        if sent.method == "POST" and first.is_success and "Idempotent-Replayed" in first.headers:
            assert again.content == first.content

    @rule(request=ANY, by=FEW, cents=CENTS)
    def use_a_key_again(self, request: int, by: int, cents: int) -> None:
        """A key belongs to one request of one user; the same key of another user is independent."""
        key = self.one_of(self.sent, request).headers["Idempotency-Key"]
        body = {"destination_id": self.person(by + 1), "money": dollars(cents)}
        self.ask("POST", "transfers", by, body, **{"Idempotency-Key": key})

    @rule(request=ANY, place=ANY, value=HOSTILE, how=st.sampled_from(["replace", "drop", "add"]))
    def twist_a_body(self, request: int, place: int, value: Any, how: str) -> None:
        with_body = [sent for sent in self.sent if isinstance(sent.body, dict) and sent.body]
        sent = self.one_of(with_body, request)
        body = deepcopy(sent.body)
        *above, last = self.one_of(list(places_in(body)), place)
        inside = body
        for step in above:
            inside = inside[step]
        if how == "replace":
            inside[last] = value
        elif how == "drop":
            del inside[last]
        elif isinstance(inside, dict):
            inside["role"] = value
        fresh = {**sent.headers, "Idempotency-Key": self.town.fresh("key")}
        self.send(evolve(sent, body=body, headers=fresh))

    @rule(request=ANY, other=ANY, by=st.none() | FEW)
    def twist_an_address(self, request: int, other: int, by: int | None) -> None:
        """The same request with another id, possibly of another kind, by another user."""
        sent = self.one_of(self.sent, request)
        path = _ID.sub(self.one_of(self.ids, other), sent.path)
        headers = {**sent.headers, "Idempotency-Key": self.town.fresh("key")}
        self.send(evolve(sent, path=path, by=by, headers=headers))

    @rule(
        request=ANY,
        name=st.sampled_from(
            ["Authorization", "Idempotency-Key", "If-Match", "If-None-Match", "Content-Type"]
        ),
        value=st.sampled_from(["", " ", "*", '"1"', "Bearer", "Bearer a.b.c", "\xff", "k" * 129]),
    )
    def twist_a_header(self, request: int, name: str, value: str) -> None:
        sent = self.one_of(self.sent, request)
        self.send(evolve(sent, headers={**sent.headers, name: value}))

    def teardown(self) -> None:
        books = self.town.post("ledger/audit", self.people[2])
        assert books["violations"] == []


@pytest.mark.timeout(300 * SCALE)
def test_nothing_breaks_a_market_under_attack(town: Town, tally: Tally):
    seen = town.inspector.seen
    seen.clear()
    run_state_machine_as_test(
        lambda: Attack(town),
        settings=settings(
            max_examples=MARKETS,
            stateful_step_count=STEPS,
            derandomize=True,
            phases=[Phase.generate],  # the answer that was wrong tells more than fewer steps
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    codes = Counter[str]()
    for (_, _, code), times in seen.items():
        codes[code] += times
    requests = codes.total() - codes["replayed"] - codes["pages"]
    tally.count("requests to markets", requests, at_least=10_000 * SCALE)
    for code, floor in FLOORS_BY_CODE.items():
        tally.count(code or "requests that were no problem", codes[code], at_least=floor * SCALE)
    for what, floor in FLOORS.items():
        operation, status, code = what
        named = f"{operation}: {code or status}"
        tally.count(named, seen[what], at_least=floor * SCALE)
    good = {operation for operation, status, _ in seen if 200 <= status < 300}
    refused = {(operation, code) for operation, _, code in seen if operation and code}
    tally.count("kinds of operations that succeeded", len(good), at_least=35)
    tally.count("kinds of refusals met", len(refused), at_least=100)
