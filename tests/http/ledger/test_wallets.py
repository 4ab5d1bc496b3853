"""The routes of wallets and statements."""

from uuid import uuid4

import pytest

from tests.http.ledger.conftest import dollars


class TestWallets:
    async def test_shows_balance_held_and_why_and_available(self, desk, ann, hold):
        answer = await desk.get(ann, "me/wallet")

        assert answer.status_code == 200
        assert answer.json() == {
            "owner_id": str(ann.id),
            "accounts": [
                {
                    "asset": "USD/2",
                    "balance": dollars(1000),
                    "held": dollars(300),
                    "held_totals": [{"purpose": "reservation", "amount": dollars(300)}],
                    "available": dollars(700),
                }
            ],
        }

    async def test_an_account_can_be_opened_twice_and_shows_once(self, desk, bob):
        body = {"asset": "USD/2"}
        first = await desk.client.post("/v1/me/wallet/accounts", json=body, headers=bob.headers)
        again = await desk.client.post("/v1/me/wallet/accounts", json=body, headers=bob.headers)

        assert first.status_code == again.status_code == 200
        assert first.json() == again.json()
        assert [account["balance"] for account in again.json()["accounts"]] == [dollars(0)]

    async def test_only_accepted_assets_can_be_opened(self, desk, bob):
        answer = await desk.post(bob, "me/wallet/accounts", {"asset": "GOLD/3"})
        assert (answer.status_code, answer.json()["code"]) == (400, "ledger.asset-not-accepted")

    async def test_the_statement_is_paged_newest_first(self, desk, service, ann, bob):
        for cents in (1, 2, 3):
            await desk.post(
                ann, "transfers", {"destination_id": str(bob.id), "money": dollars(cents)}
            )

        first = await desk.get(ann, "me/wallet/statement", asset="USD/2", limit=2)
        rest = await desk.get(
            ann, "me/wallet/statement", asset="USD/2", limit=2, cursor=first.json()["next"]
        )

        lines = first.json()["data"] + rest.json()["data"]
        assert [line["change"]["amount"] for line in lines] == [-3, -2, -1, 1000]
        assert [line["balance_after"]["amount"] for line in lines] == [994, 997, 999, 1000]
        assert lines[0]["counterparty"] == {"kind": "user", "owner": str(bob.id)}
        assert lines[3]["counterparty"] == {"kind": "external", "owner": "operator"}
        assert 'rel="next"' in first.headers["link"]
        assert rest.json()["next"] is None

    async def test_a_cursor_of_another_statement_is_refused(self, desk, service, ann):
        await desk.post(service, "deposits", {"destination_id": str(ann.id), "money": dollars(1)})
        page = await desk.get(ann, "me/wallet/statement", asset="USD/2", limit=1)
        answer = await desk.get(
            ann, "me/wallet/statement", asset="EUR/2", cursor=page.json()["next"]
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "http.invalid-cursor")

    @pytest.mark.parametrize("asset", ["", "USD", "usd/2", "USD/19", "USD/2\n"])
    async def test_an_invalid_asset_is_refused(self, desk, ann, asset):
        answer = await desk.get(ann, "me/wallet/statement", asset=asset)
        assert answer.status_code == 400

    async def test_open_holds_are_listed(self, desk, ann, hold):
        answer = await desk.get(ann, "me/wallet/holds")
        assert answer.json() == {"data": [hold], "next": None}

    @pytest.mark.parametrize("what", ["", "/statement?asset=USD/2", "/holds"])
    async def test_s23_another_wallet_is_for_operators_and_not_there_for_others(
        self, desk, service, ann, bob, what
    ):
        path = f"/v1/users/{ann.id}/wallet{what}"
        nobodys = f"/v1/users/{uuid4()}/wallet{what}"

        async def get(person, path):
            return await desk.client.get(path, headers=person.headers)

        assert (await get(service, path)).status_code == 200
        assert (await get(ann, path)).status_code == 200
        refused, missing = await get(bob, path), await get(bob, nobodys)
        assert refused.status_code == missing.status_code == 404
        instances = {path.partition("?")[0], nobodys.partition("?")[0]}
        problems = [refused.json(), missing.json()]
        assert {problem.pop("instance") for problem in problems} == instances
        assert problems[0] == problems[1]
        assert (await get(service, nobodys)).status_code == 404
