"""The routes of the market."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from ece_domain.cards import CardId
from ece_domain.identity import Role
from tests.http.market.conftest import PRICE, Fair, is_problem


async def test_a_card_is_listed_found_and_bought(fair: Fair):
    ann, bob = await fair.person("ann"), await fair.person("bob", 5_000)

    created = await fair.put_up(ann)
    listing = created.json()
    assert created.headers["Location"] == f"/v1/listings/{listing['id']}"
    shown = await fair.client.get(created.headers["Location"])
    assert (shown.json(), shown.headers["ETag"]) == (listing, created.headers["ETag"])

    found = (await fair.client.get("/v1/listings")).json()
    assert [each["id"] for each in found["data"]] == [listing["id"]]
    assert found["data"][0]["price"] == PRICE
    assert found["data"][0]["printing"]["name"] == "Ash Fox"

    bought = await fair.buy(listing, bob, max_price=PRICE)
    sale = bought.json()
    assert bought.status_code == 201
    assert sale["price"] == PRICE
    assert sale["receipt"] is None
    sold = (await fair.client.get(bought.headers["Location"], headers=ann.headers)).json()
    assert [(line["rule"], line["fee"]["amount"]) for line in sold["receipt"]["fees"]] == [
        ("transaction", 90),
        ("processing", 30),
        ("royalty", 50),
    ]
    assert sold["receipt"]["proceeds"]["amount"] == 830
    shown = await fair.client.get(bought.headers["Location"], headers=bob.headers)
    assert shown.json() == sale == {**sold, "receipt": None}

    gone = (await fair.client.get(f"/v1/listings/{listing['id']}")).json()
    assert gone["state"] == "sold"
    assert (await fair.client.get("/v1/listings")).json()["data"] == []
    wallet = (await fair.client.get("/v1/me/wallet", headers=ann.headers)).json()
    assert wallet["accounts"][0]["available"]["amount"] == 830


async def test_a_list_of_sales_shows_each_side_what_is_theirs(fair: Fair):
    ann, bob = await fair.person("ann"), await fair.person("bob", 5_000)
    await fair.buy(await fair.listed(ann), bob)
    for person, sees_it in ((ann, True), (bob, False)):
        answer = await fair.client.get("/v1/me/sales", headers=person.headers)
        (sale,) = answer.json()["data"]
        assert (sale["receipt"] is not None) == sees_it
        assert ("trailing_sales" in answer.text) == sees_it


async def test_s1_of_many_buyers_one_buys_and_the_rest_get_the_reason(fair: Fair):
    listing = await fair.listed(await fair.person("ann"))
    buyers = [await fair.person(f"buyer{number}", 5_000) for number in range(10)]
    responses = await asyncio.gather(*(fair.buy(listing, buyer) for buyer in buyers))
    assert sorted(response.status_code for response in responses) == [201, *[409] * 9]
    codes = {each.json()["code"] for each in responses if each.status_code == 409}
    assert codes == {"market.listing-not-active"}


async def test_s21_a_purchase_is_replayed_and_its_key_refuses_other_requests(fair: Fair):
    ann, bob = await fair.person("ann"), await fair.person("bob", 5_000)
    listing, other = await fair.listed(ann), await fair.listed(ann)
    first, again = [await fair.buy(listing, bob, key="mine") for _ in range(2)]
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == first.json()
    is_problem(await fair.buy(other, bob, key="mine"), 422, "kernel.idempotency-key-reused")


@pytest.mark.parametrize(
    ("headers", "code"),
    [({}, "http.idempotency-key-required"), ({"Idempotency-Key": " "}, None)],
)
async def test_a_purchase_needs_a_key(fair: Fair, headers, code):
    bob = await fair.person("bob")
    response = await fair.client.post(
        f"/v1/listings/{uuid4()}/purchases", json={}, headers={**bob.headers, **headers}
    )
    assert response.status_code == 400
    assert code in {None, response.json()["code"]}


async def test_a_purchase_may_do_without_a_body(fair: Fair):
    listing, bob = await fair.listed(await fair.person("ann")), await fair.person("bob", 5_000)
    bought = await fair.client.post(
        f"/v1/listings/{listing['id']}/purchases",
        headers={**bob.headers, "Idempotency-Key": "bare"},
    )
    assert bought.status_code == 201
    form = await fair.client.post(
        f"/v1/listings/{listing['id']}/purchases",
        content="x",
        headers={**bob.headers, "Idempotency-Key": "form"},
    )
    is_problem(form, 415, "http.unsupported-media-type")


async def test_a_purchase_is_refused_by_name(fair: Fair):
    ann, bob = await fair.person("ann"), await fair.person("bob", 900)
    listing = await fair.listed(ann)
    is_problem(await fair.buy({"id": uuid4()}, bob), 404, "market.listing-not-found")
    is_problem(await fair.buy(listing, ann), 409, "market.buyer-is-seller")
    lower = {"amount": 999, "asset": "USD/2"}
    problem = is_problem(
        await fair.buy(listing, bob, max_price=lower), 409, "market.price-above-max"
    )
    assert (problem["price"], problem["max_price"]) == (PRICE, lower)
    euros = {"amount": 999, "asset": "EUR/2"}
    is_problem(await fair.buy(listing, bob, max_price=euros), 400, "kernel.asset-mismatch")
    problem = is_problem(await fair.buy(listing, bob), 409, "ledger.insufficient-funds")
    assert (problem["available"], problem["needed"]) == ({**PRICE, "amount": 900}, PRICE)


@pytest.mark.parametrize(
    ("price", "code"),
    [
        ({"amount": 0, "asset": "USD/2"}, "kernel.amount-out-of-bounds"),
        ({"amount": 5, "asset": "EUR/2"}, "sales.asset-not-accepted"),
        ({"amount": -1, "asset": "USD/2"}, "kernel.amount-out-of-bounds"),
        ({"amount": 10**15 + 1, "asset": "USD/2"}, "kernel.amount-out-of-bounds"),
        ({"amount": 10**40, "asset": "USD/2"}, "http.invalid-body"),
        ({"amount": 1.5, "asset": "USD/2"}, "http.invalid-body"),
        ({"amount": "5", "asset": "USD/2"}, "http.invalid-body"),
        ({"amount": 5, "asset": "usd"}, "http.invalid-body"),
    ],
)
async def test_a_price_out_of_bounds_is_refused(fair: Fair, price, code):
    is_problem(await fair.put_up(await fair.person("ann"), price=price), 400, code)


async def test_a_listing_is_refused_by_name(fair: Fair):
    ann, bob = await fair.person("ann"), await fair.person("bob")
    card = CardId((await fair.listed(ann))["card_id"])
    is_problem(await fair.put_up(ann, card), 409, "ledger.card-already-held")
    is_problem(await fair.put_up(ann, CardId(uuid4())), 404, "cards.card-not-found")
    free = await fair.stall.card(bob.id)
    is_problem(await fair.put_up(ann, free), 409, "ledger.card-not-owned")
    past = {"expires_at": "2020-01-01T00:00:00Z"}
    is_problem(await fair.put_up(bob, free, **past), 400, "market.invalid-expiry")
    decline = {
        "floor": {"amount": 1_000, "asset": "USD/2"},
        "starts_at": "2026-07-01T12:00:00Z",
        "ends_at": "2026-07-02T12:00:00Z",
    }
    is_problem(await fair.put_up(bob, free, decline=decline), 400, "market.invalid-price-decline")
    is_problem(await fair.put_up(bob, free, color="red"), 400, "http.invalid-body")


async def test_a_declining_price_is_shown_as_of_now(fair: Fair, clock):
    start = clock()
    decline = {
        "floor": {"amount": 500, "asset": "USD/2"},
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(hours=1)).isoformat(),
    }
    listing = await fair.listed(await fair.person("ann"), decline=decline)
    clock.advance(minutes=15)
    shown = (await fair.client.get(f"/v1/listings/{listing['id']}")).json()
    assert shown["current_price"]["amount"] == 875
    assert shown["price"] == PRICE
    assert shown["decline"]["floor"]["amount"] == 500


async def test_a_listing_is_repriced_in_the_version_that_was_seen(fair: Fair):
    ann = await fair.person("ann")
    listing = await fair.listed(ann)
    address, body = f"/v1/listings/{listing['id']}", {"price": {"amount": 7, "asset": "USD/2"}}
    tag = (await fair.client.get(address)).headers["ETag"]

    is_problem(
        await fair.client.patch(address, json=body, headers=ann.headers),
        428,
        "http.precondition-required",
    )
    headers = {**ann.headers, "If-Match": tag}
    repriced = await fair.client.patch(address, json=body, headers=headers)
    assert repriced.json()["price"]["amount"] == 7
    assert repriced.headers["ETag"] == (await fair.client.get(address)).headers["ETag"] != tag
    is_problem(
        await fair.client.patch(address, json=body, headers=headers),
        412,
        "http.precondition-failed",
    )


async def test_s23_only_the_seller_cancels_and_reprices(fair: Fair):
    ann, bob = await fair.person("ann"), await fair.person("bob")
    listing = await fair.listed(ann)
    address = f"/v1/listings/{listing['id']}"
    key = {"Idempotency-Key": "one"}
    cancel = f"{address}/cancel"
    is_problem(
        await fair.client.post(cancel, headers={**bob.headers, **key}),
        404,
        "market.listing-not-found",
    )
    reprice = await fair.client.patch(
        address, json={"price": PRICE}, headers={**bob.headers, "If-Match": '"1"'}
    )
    is_problem(reprice, 404, "market.listing-not-found")
    for replayed in (None, "true"):
        cancelled = await fair.client.post(cancel, headers={**ann.headers, **key})
        assert cancelled.json()["state"] == "cancelled"
        assert cancelled.headers.get("Idempotent-Replayed") == replayed
    is_problem(await fair.buy(listing, bob), 409, "market.listing-not-active")


async def test_s23_a_sale_is_shown_to_its_sides_and_operators_alone(fair: Fair):
    ann, bob, eve = [await fair.person(name, 5_000) for name in ("ann", "bob", "eve")]
    admin = await fair.sign_up("boss", Role.ADMIN)
    sale = (await fair.buy(await fair.listed(ann), bob)).json()
    address = f"/v1/sales/{sale['id']}"
    for reader in (ann, bob, admin):
        shown = (await fair.client.get(address, headers=reader.headers)).json()
        assert shown == {**sale, "receipt": shown["receipt"]}
        assert (shown["receipt"] is None) == (reader is bob)
    is_problem(await fair.client.get(address, headers=eve.headers), 404, "sales.sale-not-found")
    for reader, role, count in ((ann, "seller", 1), (ann, "buyer", 0), (bob, "buyer", 1)):
        found = await fair.client.get("/v1/me/sales", params={"side": role}, headers=reader.headers)
        assert len(found.json()["data"]) == count
    assert (await fair.client.get("/v1/me/sales", headers=eve.headers)).json()["data"] == []
    assert (await fair.client.get("/v1/me/sales")).status_code == 401


async def test_offers_are_paged_sorted_filtered_and_counted(fair: Fair):
    ann = await fair.person("ann")
    for amount in (300, 100, 200):
        await fair.listed(ann, price={"amount": amount, "asset": "USD/2"})
    amounts, address = [], "/v1/listings?sort=price&limit=2"
    while address:
        response = await fair.client.get(address)
        amounts.append([each["price"]["amount"] for each in response.json()["data"]])
        link = response.headers.get("Link")
        address = link and link.partition(">")[0].removeprefix("<")
    assert amounts == [[100, 200], [300]]

    found = await fair.client.get("/v1/listings", params={"price_min": 150, "price_max": 250})
    assert [each["price"]["amount"] for each in found.json()["data"]] == [200]
    facets = (await fair.client.get("/v1/listings/facets", params={"q": "ash"})).json()
    assert facets["rarities"] == [{"value": "common", "count": 3}]
    assert facets["is_capped"] is False
    cheap = (await fair.client.get("/v1/listings/facets", params={"price_max": 150})).json()
    assert cheap["rarities"] == [{"value": "common", "count": 1}]
    own = await fair.client.get("/v1/me/listings", headers=ann.headers)
    assert len(own.json()["data"]) == 3
    for wrong in ({"color": "red"}, {"lowest": -1}, {"order": "best"}, {"card_set": "a b"}):
        response = await fair.client.get("/v1/listings", params=wrong)
        assert response.status_code == 400


async def test_lists_are_filtered_by_time(fair: Fair, clock):
    ann, bob = await fair.person("ann"), await fair.person("bob", 5_000)
    ids: dict[str, list[str]] = {"/v1/me/listings": [], "/v1/me/sales": []}
    for _ in range(2):
        clock.advance(minutes=1)
        listing = await fair.listed(ann)
        ids["/v1/me/listings"].append(listing["id"])
        ids["/v1/me/sales"].append((await fair.buy(listing, bob)).json()["id"])
    offers = []
    for _ in range(2):
        clock.advance(minutes=1)
        offers.append((await fair.listed(ann))["id"])

    async def found(address: str, **filters: str) -> list[str]:
        params = {"limit": "2", **filters}
        page = await fair.client.get(address, params=params, headers=ann.headers)
        return [each["id"] for each in page.json()["data"]]

    between = (clock() - timedelta(seconds=30)).isoformat()
    assert await found("/v1/listings", created_after=between) == [offers[1]]
    assert await found("/v1/listings", created_before=between) == [offers[0]]
    between = (clock() - timedelta(minutes=2, seconds=30)).isoformat()
    for address, (earlier, later) in ids.items():
        assert await found(address, created_before=between) == [earlier]
        assert (await found(address, created_after=between))[-1] == (
            later if address == "/v1/me/sales" else offers[0]
        )


async def test_a_cursor_is_good_for_its_own_list_alone(fair: Fair):
    ann = await fair.person("ann")
    for _ in range(2):
        await fair.listed(ann)
    cursor = (await fair.client.get("/v1/listings?limit=1")).json()["next"]
    for address in (
        "/v1/listings?sort=price&cursor=",
        "/v1/listings?seller_id=",
        "/v1/me/sales?cursor=",
    ):
        given = f"{address}{uuid4()}&cursor=" if address.endswith("seller_id=") else address
        response = await fair.client.get(f"{given}{cursor}", headers=ann.headers)
        is_problem(response, 400, "http.invalid-cursor")


async def test_a_price_guide_has_asks_and_sales(fair: Fair):
    ann, bob = await fair.person("ann"), await fair.person("bob", 5_000)
    listing = await fair.listed(ann)
    printing = listing["printing_id"]
    address = f"/v1/printings/{printing}/price-guide"
    (entry,) = (await fair.client.get(address)).json()["entries"]
    assert entry["lowest_ask"] == PRICE
    assert entry["last_sale"] is None

    await fair.buy(listing, bob)
    (entry,) = (await fair.client.get(address)).json()["entries"]
    assert entry["lowest_ask"] is None
    assert entry["last_sale"]["price"] == PRICE
    assert entry["windows"][0] == {"days": 1, "sales_count": 1, "average": PRICE, "median": PRICE}
    assert entry["excluded"] == []
    missing = await fair.client.get(f"/v1/printings/{uuid4()}/price-guide")
    is_problem(missing, 404, "cards.printing-not-found")


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        ("22406", "malformed"),
        ("-3247.5", "malformed"),
        ("2026-01-31", "malformed"),
        ("2026-01-31T12:00:00", "offset-missing"),
        ("0001-01-01T00:00:00%2B10:00", "out-of-bounds"),
    ],
)
async def test_a_moment_to_filter_by_is_in_rfc_3339(fair: Fair, moment, code):
    refused = await fair.client.get(f"/v1/listings?created_after={moment}")
    (error,) = is_problem(refused, 400, "http.invalid-parameters")["errors"]
    assert (error["parameter"], error["code"]) == ("created_after", code)
