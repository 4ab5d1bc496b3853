"""The two public card packages, as published, on both stores."""

from collections import Counter
from uuid import uuid4

import pytest

from ece_adapters.card_packages import (
    CardPackage,
    read_flesh_and_blood,
    read_tcg_pocket,
)
from ece_domain.cards import CardSetRecord, ImportReport
from ece_domain.identity import Actor, Role
from ece_domain.kernel import USD, IdempotencyKey, Money
from tests.unit.card_packages.invented import printings_of

PRICE = {"amount": 2_500, "asset": "USD/2"}


@pytest.fixture(scope="session")
def blood(packages) -> CardPackage:
    return read_flesh_and_blood(packages.flesh_and_blood)


@pytest.fixture(scope="session")
def pocket(packages) -> CardPackage:
    return read_tcg_pocket(packages.tcg_pocket)


def sets_of(package: CardPackage) -> list[CardSetRecord]:
    return [record for record in package.records if isinstance(record, CardSetRecord)]


class TestFleshAndBlood:
    def test_every_printing_and_every_set_is_read(self, blood):
        assert (len(printings_of(blood)), len(sets_of(blood))) == (15_591, 101)

    def test_printings_of_a_set_have_different_drawings(self, blood):
        designs = ((each.card_set, each.details) for each in printings_of(blood))
        looks = {(key, one.number, one.finish, one.variant) for key, one in designs}
        assert len(looks) == 15_591

    def test_one_key_occurs_twice(self, blood):
        keys = Counter(printing.key for printing in printings_of(blood))
        assert [key for key, times in keys.items() if times > 1] == ["GEM119-Full Art"]

    def test_irregularities_are_reported(self, blood):
        names = Counter(warning.name for warning in blood.warnings)
        assert names == {"no-image": 4, "no-artist": 1, "padded-text": 2}


class TestTcgPocket:
    def test_every_card_and_every_set_is_read(self, pocket):
        assert (len(printings_of(pocket)), len(sets_of(pocket))) == (3_289, 19)

    def test_irregularities_are_reported(self, pocket):
        keys = {
            name: [warning.key for warning in pocket.warnings if warning.name == name]
            for name in ("set-without-count", "wrong-set-count", "rates-of-unknown-rarity")
        }
        assert keys == {
            "set-without-count": ["PROMO-B"],
            "wrong-set-count": ["A1a", "B3"],
            "rates-of-unknown-rarity": ["A4b/Regular Pack"],
        }
        assert sum(warning.name == "unlisted-pack" for warning in pocket.warnings) == 5

    def test_rates_that_sum_to_99_999_percent_are_reported_as_they_are(self, pocket):
        whats = {
            warning.key: warning.what for warning in pocket.warnings if "whole" in warning.name
        }
        assert whats["A3/Regular Pack"] == "rates do not sum to 100 % in slot 4: 999990 ppm"
        assert whats["B1"] == "its packs' odds sum to 999990 ppm"


@pytest.fixture
async def curator(sign_up):
    return await sign_up("curator", Role.ADMIN)


@pytest.fixture
def take_over(exchange, curator):
    async def run(package: CardPackage) -> ImportReport:
        return await exchange.cards.import_card_sets()(
            source=package.source, records=package.records, actor=Actor(curator.id, Role.ADMIN)
        )

    return run


async def test_both_are_imported_whole_and_a_second_time_nothing_changes(
    take_over, blood, pocket, client
):
    """Both printings of the repeated key in the first package can be found."""
    first = [await take_over(package) for package in (blood, pocket)]
    assert [(each.sets_created, each.printings_created) for each in first] == [
        (101, 15_591),
        (19, 3_289),
    ]
    assert [warning.name for report in first for warning in report.warnings] == ["repeated-key"]
    found = await client.get("/v1/printings", params={"q": "GEM119"})
    made = {(each["variant"], each["artist"]) for each in found.json()["data"]}
    assert {("Full Art", "Sam Yang"), ("Alternate Art, Full Art", "Isuardi Therianto")} <= made

    second = [await take_over(package) for package in (blood, pocket)]
    assert [report.printings_unchanged for report in second] == [15_591, 3_289]
    assert [report.sets_unchanged for report in second] == [101, 19]
    assert not any(each.printings_created or each.printings_changed for each in second)
    assert not any(each.sets_created or each.sets_changed for each in second)


@pytest.fixture
async def seller_and_buyer(exchange, sign_up, curator):
    """Two collectors; the second has money."""
    seller, buyer = await sign_up("seller"), await sign_up("buyer")
    await exchange.ledger.deposit()(
        destination=buyer.id,
        money=Money(5_000, USD),
        actor=Actor(curator.id, Role.ADMIN),
        key=IdempotencyKey("pocket-money"),
    )
    return seller, buyer


async def test_a_really_printed_card_is_minted_listed_and_bought(
    take_over, pocket, client, curator, seller_and_buyer
):
    await take_over(pocket)
    seller, buyer = seller_and_buyer

    async def post(who, path, body):
        headers = {**who.headers, "Idempotency-Key": str(uuid4())}
        answer = await client.post(f"/v1/{path}", json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        return answer.json()

    query = {"set_code": "ptcgp-a1", "q": "bulbasaur", "rarity": "C"}
    (printing,) = (await client.get("/v1/printings", params=query)).json()["data"]
    assert (printing["number"], printing["set_name"]) == ("1", "Genetic Apex")
    minted = {"copies": 3, "owner_id": str(seller.id)}
    await post(curator, f"printings/{printing['id']}/mints", minted)
    card = (await client.get("/v1/cards", params={"owner_id": str(seller.id)})).json()["data"][0]
    listing = await post(seller, "listings", {"card_id": card["id"], "price": PRICE})
    sale = await post(buyer, f"listings/{listing['id']}/purchases", {"max_price": PRICE})

    assert sale["price"] == PRICE
    bought = (await client.get(f"/v1/cards/{card['id']}")).json()
    assert bought["owner_id"] == str(buyer.id)
    checked = await client.post("/v1/ledger/audit", headers=curator.headers)
    assert checked.json()["violations"] == []
