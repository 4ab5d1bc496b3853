"""Idempotency keys, versions, and the headers of every response."""

import pytest

from tests.http.conftest import Client
from tests.http.platform.conftest import VERSION

OFFER = {"price": {"amount": 1250, "asset": "USD/2"}}


async def test_a_call_that_moves_money_needs_a_key(client: Client, ann: dict[str, str]):
    answer = await client.post("/v1/offers", json=OFFER, headers=ann)
    assert (answer.status_code, answer.json()["code"]) == (400, "http.idempotency-key-required")


@pytest.mark.parametrize("key", ["", "a b", "a" * 129, "\x7f"])
async def test_a_key_is_visible_ascii(client: Client, ann: dict[str, str], key: str):
    answer = await client.post("/v1/offers", json=OFFER, headers={**ann, "Idempotency-Key": key})
    assert (answer.status_code, answer.json()["code"]) == (400, "kernel.invalid-idempotency-key")


async def test_a_replay_has_the_header_idempotent_replayed(client: Client, ann: dict[str, str]):
    headers = {**ann, "Idempotency-Key": "once"}
    first = await client.post("/v1/offers", json=OFFER, headers=headers)
    again = await client.post("/v1/offers", json=OFFER, headers=headers)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (first.status_code, first.content) == (again.status_code, again.content)


async def test_a_change_needs_an_expected_version(client: Client, ann: dict[str, str]):
    answer = await client.patch("/v1/offers/1", json=OFFER, headers=ann)
    assert (answer.status_code, answer.json()["code"]) == (428, "http.precondition-required")


async def test_a_change_of_the_expected_version_is_made(client: Client, ann: dict[str, str]):
    tag = (await client.get("/v1/offers/1")).headers["ETag"]
    answer = await client.patch("/v1/offers/1", json=OFFER, headers={**ann, "If-Match": tag})
    assert answer.status_code == 200
    assert answer.headers["ETag"].partition("-")[0] == tag.partition("-")[0]


@pytest.mark.parametrize(
    "tag",
    ['"2"', 'W/"3"', "3", '"03"', '"a"', '"1", "2"', '"1", W/"3"', '"9' + "9" * 30 + '"', '"3'],
)
async def test_a_change_of_another_version_is_refused(
    client: Client, ann: dict[str, str], tag: str
):
    answer = await client.patch("/v1/offers/1", json=OFFER, headers={**ann, "If-Match": tag})
    assert (answer.status_code, answer.json()["code"]) == (412, "http.precondition-failed")


@pytest.mark.parametrize("tag", ["*", " * ", '"2", "3"', 'W/"3", "3"', '"3-0123456789abcdef"'])
async def test_one_of_the_tags_of_if_match_is_enough_and_a_star_is_any(
    client: Client, ann: dict[str, str], tag: str
):
    answer = await client.patch("/v1/offers/1", json=OFFER, headers={**ann, "If-Match": tag})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("address", ["/v1/offers", "/v1/offers/1", "/health/live", "/v1/nothing"])
async def test_head_is_answered_like_get_without_the_body(client: Client, address: str):
    got, head = await client.get(address), await client.head(address)
    assert (head.status_code, head.content) == (got.status_code, b"")
    own = {"x-request-id"}
    assert {name: each for name, each in head.headers.items() if name not in own} == {
        name: each for name, each in got.headers.items() if name not in own
    }


async def test_head_is_among_the_methods_of_an_address(client: Client):
    refused = await client.delete("/v1/offers/1")
    asked = await client.options("/v1/offers/1")
    for answer in (refused, asked):
        assert {"GET", "HEAD", "PATCH"} <= set(answer.headers["Allow"].split(", ")), answer


@pytest.mark.parametrize("form", ["{tag}", "W/{tag}", '"2", {tag}', '"a,b",{tag}', "*"])
async def test_a_known_etag_gets_304(client: Client, form: str):
    tag = (await client.get("/v1/offers/1")).headers["ETag"]
    known = {"If-None-Match": form.format(tag=tag)}
    answer = await client.get("/v1/offers/1", headers=known)
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["ETag"] == tag


async def test_the_version_alone_does_not_stand_for_a_body(client: Client):
    """The price of the moment changes a body and leaves its version alone."""
    known = {"If-None-Match": f'"{VERSION}"'}
    assert (await client.get("/v1/offers/1", headers=known)).status_code == 200


@pytest.mark.parametrize("known", ['"2"', '"33"', "3"])
async def test_an_unknown_etag_gets_the_body(client: Client, known: str):
    assert (await client.get("/v1/offers/1", headers={"If-None-Match": known})).status_code == 200


@pytest.mark.parametrize("path", ["/health/live", "/nowhere", "/v1/own-offers", "/docs/api"])
async def test_every_response_has_security_headers(client: Client, path: str):
    headers = (await client.get(path)).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "script-src" not in headers["Content-Security-Policy"]
    assert len(headers["X-Request-Id"]) == 32


@pytest.mark.parametrize(
    ("method", "path", "is_signed_in", "is_stored_nowhere"),
    [
        ("GET", "/v1/own-offers", True, True),
        ("GET", "/v1/own-offers", False, True),
        ("HEAD", "/v1/own-offers", True, True),
        ("POST", "/v1/offers", True, True),
        ("GET", "/v1/offers", True, False),
        ("HEAD", "/v1/offers/1", True, False),
        ("GET", "/docs/api", False, False),
        ("GET", "/nowhere", True, False),
    ],
)
async def test_no_cache_stores_a_private_answer(
    client: Client,
    ann: dict[str, str],
    method: str,
    path: str,
    *,
    is_signed_in: bool,
    is_stored_nowhere: bool,
):
    answer = await client.request(method, path, headers=ann if is_signed_in else {})
    assert (answer.headers.get("Cache-Control") == "no-store") == is_stored_nowhere


async def test_an_unknown_path_is_a_404(client: Client):
    answer = await client.get("/v1/offers/1/nothing")
    assert (answer.status_code, answer.json()["code"]) == (404, "http.not-found")


async def test_an_unknown_method_names_the_allowed_ones(client: Client):
    answer = await client.delete("/v1/offers/1")
    assert (answer.status_code, answer.json()["code"]) == (405, "http.method-not-allowed")
    assert {"GET", "HEAD", "PATCH"} <= set(answer.headers["Allow"].split(", "))


async def test_options_name_the_methods_of_all_handlers(client: Client):
    answer = await client.options("/v1/offers/1")
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, PATCH"


async def test_health_is_reported(client: Client):
    assert (await client.get("/health/live")).json() == {"status": "ok"}
    assert (await client.get("/health/ready")).json() == {"status": "ok"}
