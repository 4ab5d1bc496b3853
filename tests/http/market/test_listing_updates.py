"""PATCH of a listing, and its ETag."""

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.http.conftest import Person
from tests.http.market.conftest import PRICE, Fair, is_problem


async def a_declining_listing(fair: Fair, seller: Person):
    start = fair.exchange.clock()()
    decline = {
        "floor": {"amount": 500, "asset": "USD/2"},
        "starts_at": start.isoformat().replace("+00:00", "Z"),
        "ends_at": (start + timedelta(hours=1)).isoformat().replace("+00:00", "Z"),
    }
    return await fair.listed(seller, decline=decline)


async def test_a_patch_of_the_price_alone_keeps_the_decline(fair: Fair):
    ann = await fair.person("ann")
    listing = await a_declining_listing(fair, ann)
    repriced = await fair.patch(ann, listing, {"price": {"amount": 900, "asset": "USD/2"}})
    assert repriced.status_code == 200, repriced.text
    assert repriced.json()["price"]["amount"] == 900
    assert repriced.json()["decline"] == listing["decline"]


async def test_a_patch_merges_the_nested_objects(fair: Fair):
    ann = await fair.person("ann")
    listing = await a_declining_listing(fair, ann)
    repriced = (await fair.patch(ann, listing, {"price": {"amount": 900}})).json()
    assert repriced["price"] == {"amount": 900, "asset": "USD/2"}
    assert repriced["decline"] == listing["decline"]
    lowered = (await fair.patch(ann, listing, {"decline": {"floor": {"amount": 400}}})).json()
    assert lowered["decline"] == {
        **listing["decline"],
        "floor": {"amount": 400, "asset": "USD/2"},
    }
    in_euro = await fair.patch(ann, listing, {"price": {"asset": "EUR/2"}})
    is_problem(in_euro, 400, "kernel.asset-mismatch")
    removed = await fair.patch(ann, listing, {"price": {"amount": None}})
    is_problem(removed, 400, "http.invalid-body")


async def test_a_new_decline_needs_all_its_parts(fair: Fair):
    ann = await fair.person("ann")
    declining = (await a_declining_listing(fair, ann))["decline"]
    bob = await fair.person("bob")
    listing = await fair.listed(bob)
    for missing in declining:
        part = {name: value for name, value in declining.items() if name != missing}
        refused = await fair.patch(bob, listing, {"decline": part})
        is_problem(refused, 400, "market.invalid-price-decline")
    half = {**declining, "floor": {"amount": 400}}
    refused = await fair.patch(bob, listing, {"decline": half})
    is_problem(refused, 400, "market.invalid-price-decline")
    whole = await fair.patch(bob, listing, {"decline": declining})
    assert whole.json()["decline"] == declining


async def test_a_patch_with_null_ends_the_decline_and_leaves_the_price(fair: Fair):
    ann = await fair.person("ann")
    listing = await a_declining_listing(fair, ann)
    fixed = (await fair.patch(ann, listing, {"decline": None})).json()
    assert (fixed["price"], fixed["decline"], fixed["version"]) == (PRICE, None, 2)
    nothing = await fair.patch(ann, fixed, {})
    assert nothing.json() == fixed
    is_problem(await fair.patch(ann, fixed, {"price": None}), 400, "http.invalid-body")


@pytest.mark.parametrize("media_type", ["application/json", "application/merge-patch+json"])
async def test_a_patch_is_a_merge_patch_under_both_media_types(fair: Fair, media_type):
    ann = await fair.person("ann")
    listing = await fair.listed(ann)
    patched = await fair.patch(
        ann, listing, {"price": {"amount": 7, "asset": "USD/2"}}, media_type=media_type
    )
    assert patched.status_code == 200, patched.text


async def test_a_merge_patch_is_for_patch_alone(fair: Fair):
    bob = await fair.person("bob")
    body = {"content": b"{}", "headers": {**bob.headers, "Idempotency-Key": "k"}}
    body["headers"]["Content-Type"] = "application/merge-patch+json"
    refused = await fair.client.post(f"/v1/listings/{uuid4()}/purchases", **body)
    is_problem(refused, 415, "http.unsupported-media-type")


async def test_the_etag_follows_the_price_of_the_moment_and_if_match_the_version(fair: Fair, clock):
    ann = await fair.person("ann")
    listing = await a_declining_listing(fair, ann)
    address = f"/v1/listings/{listing['id']}"
    first = await fair.client.get(address)
    known = {"If-None-Match": f'"x", W/{first.headers["ETag"]}'}
    assert (await fair.client.get(address, headers=known)).status_code == 304
    assert (await fair.client.get(address, headers={"If-None-Match": "*"})).status_code == 304

    clock.advance(minutes=5)
    later = await fair.client.get(address, headers=known)
    assert later.status_code == 200
    assert later.headers["ETag"] != first.headers["ETag"]
    patched = await fair.client.patch(
        address,
        json={"price": {**PRICE, "amount": 2_000}},
        headers={**ann.headers, "If-Match": first.headers["ETag"]},
    )
    assert patched.status_code == 200, patched.text
