"""CORS: which pages of other origins may call the API from a browser."""

import pytest

from ece_entrypoints.http.platform.app import create_app
from ece_entrypoints.wiring.settings import InvalidSettings, Settings
from tests.http.conftest import client_of, exchange_of

SHOP = "https://shop.example"
PREFLIGHT = {
    "Origin": SHOP,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
}


async def answers(tmp_path, clock, origins, origin=SHOP):
    """The answers to a preflight and to the request itself."""
    async with client_of(create_app(exchange_of(tmp_path, clock, cors_origins=origins))) as client:
        preflight = await client.options("/v1/sessions", headers={**PREFLIGHT, "Origin": origin})
        return preflight, await client.get(
            "/v1/listings", headers={"Origin": origin, "Cookie": "a=b"}
        )


def cors_headers(response):
    return {name for name in response.headers if name.startswith("access-control-")}


async def test_no_other_origin_is_allowed_by_default(tmp_path, clock):
    for response in await answers(tmp_path, clock, ""):
        assert not cors_headers(response)


async def test_an_allowed_origin_may_send_tokens_and_keys_and_read_tags_and_limits(tmp_path, clock):
    preflight, response = await answers(tmp_path, clock, f"https://other.example, {SHOP}")
    assert preflight.status_code == 204
    for answer in (preflight, response):
        assert answer.headers["access-control-allow-origin"] == SHOP
        assert "Origin" in answer.headers["vary"]
    allowed = preflight.headers["access-control-allow-headers"].lower()
    for name in ("authorization", "idempotency-key", "if-match"):
        assert name in allowed
    assert "PATCH" in preflight.headers["access-control-allow-methods"]
    exposed = response.headers["access-control-expose-headers"]
    for name in ("ETag", "Link", "Location", "Retry-After"):
        assert name in exposed


async def test_any_other_origin_is_refused_by_its_browser(tmp_path, clock):
    for foreign in ("https://evil.example", "https://shop.example.evil.example", "null"):
        preflight, response = await answers(tmp_path, clock, SHOP, foreign)
        assert preflight.status_code == 400
        for answer in (preflight, response):
            assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("origins", ["*", SHOP])
async def test_cookies_are_never_allowed(tmp_path, clock, origins):
    for answer in await answers(tmp_path, clock, origins):
        assert answer.status_code < 300
        assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    "text", ["shop.example", "https://shop.example/", "https://*.example", "null", f"{SHOP},"]
)
def test_what_is_no_origin_is_refused_at_the_start(monkeypatch, text):
    monkeypatch.setenv("ECE_CORS_ORIGINS", text)
    with pytest.raises(InvalidSettings, match=r"ECE_CORS_ORIGINS has .* no origin"):
        Settings.from_environment()
