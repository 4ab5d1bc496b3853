"""The list of accepted assets."""

from ece_domain.ledger import ACCEPTED_ASSETS
from ece_domain.sales import CURRENT_FEES


async def test_anybody_sees_the_accepted_assets_and_may_keep_the_answer_for_an_hour(client):
    response = await client.get("/v1/assets")
    assert response.json() == {"data": [{"asset": "USD/2", "code": "USD", "scale": 2}]}
    assert response.headers["cache-control"] == "public, max-age=3600"


async def test_a_wallet_opens_for_every_listed_asset(client, sign_up):
    ann = await sign_up()
    for each in (await client.get("/v1/assets")).json()["data"]:
        opened = await client.post(
            "/v1/me/wallet/accounts", json={"asset": each["asset"]}, headers=ann.headers
        )
        assert opened.status_code < 300, opened.text


def test_cards_are_sold_for_the_assets_that_can_be_deposited():
    assert CURRENT_FEES.minimum_fees.keys() == ACCEPTED_ASSETS
