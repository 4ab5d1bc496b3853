"""The start page, and the page of a listing."""

import re

import pytest

from ece_domain.kernel import Asset, Money
from ece_entrypoints.web.start import _in_words
from tests.contract.market.stall import Stall


@pytest.fixture
def stall(exchange, clock) -> Stall:
    return Stall(exchange.database(), clock)


async def test_shows_listings_with_art_and_price(client, stall):
    card_set = await stall.card_set("genesis")
    drawn = await stall.printing(card_set, name="Ash <Fox>", image="genesis:1:1")
    other = await stall.printing(card_set, name="Owl", image="https://elsewhere.example/owl.png")
    listing = await stall.listing(await stall.someone(), 123_456, printing=drawn)
    await stall.listing(await stall.someone(), printing=other)
    gone = await stall.listing(await stall.someone(), 77)
    await stall.cancel(gone, gone.seller_id)

    page = (await client.get("/")).text

    assert f'href="/listings/{listing.id}"' in page
    assert f'src="/v1/printings/{drawn.id}/art"' in page
    assert 'alt="Ash &lt;Fox&gt;, common, from Genesis"' in page
    assert "1,234.56 USD" in page
    assert "elsewhere.example" not in page
    assert f"/listings/{gone.id}" not in page


async def test_a_card_leads_to_a_page_that_says_what_is_sold_for_how_much(client, stall):
    card_set = await stall.card_set("genesis")
    drawn = await stall.printing(card_set, name="Ash <Fox>", image="genesis:1:1")
    listing = await stall.listing(await stall.someone(), 123_456, printing=drawn)
    (address,) = re.findall(r'class="offer" href="([^"]+)"', (await client.get("/")).text)

    response = await client.get(address)

    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>Ash &lt;Fox&gt;</h1>" in response.text
    assert "1,234.56 USD" in response.text
    assert "<script" not in response.text
    addresses = set(re.findall(r'(?:href|src)="(/[^"]*)"', response.text))
    assert {"/", f"/v1/listings/{listing.id}", f"/v1/printings/{drawn.id}/art"} < addresses
    for found in addresses:
        assert (await client.get(found)).status_code == 200, found


async def test_the_page_of_a_cancelled_listing_says_so_and_an_unknown_one_is_not_found(
    client, stall
):
    gone = await stall.listing(await stall.someone(), 77)
    await stall.cancel(gone, gone.seller_id)
    assert "This listing is cancelled." in (await client.get(f"/listings/{gone.id}")).text
    assert (await client.get(f"/listings/{gone.card_id}")).status_code == 404


async def test_an_empty_market_has_a_message(client):
    assert "Nothing is on offer yet" in (await client.get("/")).text


async def test_every_address_on_it_is_our_own_and_there(client):
    response = await client.get("/")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "<script" not in response.text
    addresses = set(re.findall(r'(?:href|src)="(/[^"]*)"', response.text))
    assert {"/docs/api", "/docs/openapi.json", "/health/ready"} < addresses
    for address in addresses:
        assert (await client.get(address)).status_code == 200, address


async def test_the_style_sheet_is_cached_for_a_year_by_its_digest(client):
    (address,) = re.findall(r'href="(/assets/ece-[0-9a-f]{16}\.css)"', (await client.get("/")).text)
    style = await client.get(address)
    assert style.headers["content-type"].startswith("text/css")
    assert style.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    ("amount", "scale", "text"),
    [(5, 2, "0.05 GEM"), (5, 0, "5 GEM"), (1_234_567, 3, "1,234.567 GEM")],
)
def test_money_is_written_in_whole_units(amount, scale, text):
    assert _in_words(Money(amount, Asset("GEM", scale))) == text
