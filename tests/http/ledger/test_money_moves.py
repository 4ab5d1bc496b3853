"""The routes of deposits, withdrawals, transfers, receipts and the audit."""

from uuid import uuid4

import pytest

from tests.http.ledger.conftest import balance, dollars


class TestMoneyMoves:
    async def test_a_deposit_answers_with_its_receipt_and_where_it_can_be_read(
        self, desk, service, ann
    ):
        answer = await desk.post(
            service, "deposits", {"destination_id": str(ann.id), "money": dollars(5)}
        )

        receipt = answer.json()
        assert answer.status_code == 201
        assert receipt["purpose"] == "ledger.deposit"
        assert {
            "account": {"kind": "user", "owner": str(ann.id)},
            "money": dollars(5),
            "balance_after": dollars(1005),
        } in receipt["entries"]
        read = await desk.get(ann, answer.headers["location"].removeprefix("/v1/"))
        own = {"kind": "user", "owner": str(ann.id)}
        entries = [entry for entry in receipt["entries"] if entry["account"] == own]
        assert read.json() == {**receipt, "entries": entries}

    async def test_a_withdrawal_takes_at_most_the_available_balance(self, desk, service, ann, hold):
        async def withdraw(cents):
            body = {"owner_id": str(ann.id), "money": dollars(cents)}
            return await desk.post(service, "withdrawals", body)

        refused = await withdraw(701)
        assert (refused.status_code, refused.json()["code"]) == (409, "ledger.insufficient-funds")
        assert (refused.json()["available"], refused.json()["needed"]) == (
            dollars(700),
            dollars(701),
        )
        assert (await withdraw(700)).status_code == 201
        assert await balance(desk, ann) == {"balance": 300, "held": 300, "available": 0}

    async def test_a_transfer_hides_the_entry_of_the_other_side(self, desk, ann, bob):
        answer = await desk.post(
            ann, "transfers", {"destination_id": str(bob.id), "money": dollars(5)}
        )

        assert answer.status_code == 201
        after = {
            entry["account"]["owner"]: entry["balance_after"] for entry in answer.json()["entries"]
        }
        assert after == {str(ann.id): dollars(995)}

    async def test_a_receipt_is_not_found_for_others_than_its_parties(
        self, desk, service, ann, bob, sign_up
    ):
        eve = await sign_up("eve")
        receipt = await desk.post(
            ann, "transfers", {"destination_id": str(bob.id), "money": dollars(5)}
        )
        path = receipt.headers["location"].removeprefix("/v1/")

        statuses = [
            (await desk.get(person, path)).status_code for person in (ann, bob, service, eve)
        ]
        missing = await desk.get(eve, f"settlements/{uuid4()}")
        assert statuses == [200, 200, 200, 404]
        assert missing.json()["code"] == "ledger.settlement-not-found"

    @pytest.mark.parametrize("path", ["deposits", "withdrawals", "holds", "ledger/audit"])
    async def test_operators_routes_refuse_collectors(self, desk, ann, path):
        body = {"destination_id": str(ann.id), "owner_id": str(ann.id), "money": dollars(5)}
        answer = await desk.post(ann, path, body)
        assert (answer.status_code, answer.json()["code"]) == (403, "identity.role-not-allowed")

    async def test_every_route_needs_a_token(self, desk):
        for path in ("deposits", "withdrawals", "transfers", "holds", "ledger/audit"):
            answer = await desk.client.post(f"/v1/{path}", json={})
            assert answer.status_code == 401
        for path in ("me/wallet", f"settlements/{uuid4()}", f"holds/{uuid4()}"):
            assert (await desk.client.get(f"/v1/{path}")).status_code == 401


class TestBadInput:
    @pytest.mark.parametrize(
        "money",
        [
            {"amount": 0, "asset": "USD/2"},
            {"amount": -1, "asset": "USD/2"},
            {"amount": 10**15 + 1, "asset": "USD/2"},
            {"amount": 2**63, "asset": "USD/2"},
            {"amount": 10**400, "asset": "USD/2"},
            {"amount": 1.5, "asset": "USD/2"},
            {"amount": "1", "asset": "USD/2"},
            {"amount": True, "asset": "USD/2"},
            {"amount": None, "asset": "USD/2"},
            {"amount": 1, "asset": "USD/19"},
            {"amount": 1, "asset": "U\u0000D/2"},
            {"amount": 1},
            {"amount": 1, "asset": "USD/2", "note": "x"},
            1,
            None,
        ],
        ids=repr,
    )
    async def test_an_invalid_amount_is_refused_without_effect(
        self, desk, service, ann, bob, money
    ):
        for person, path, body in (
            (service, "deposits", {"destination_id": str(ann.id)}),
            (service, "withdrawals", {"owner_id": str(ann.id)}),
            (ann, "transfers", {"destination_id": str(bob.id)}),
            (service, "holds", {"owner_id": str(ann.id), "purpose": "bid"}),
        ):
            answer = await desk.post(person, path, body | {"money": money})
            assert answer.status_code == 400, (path, answer.text)
        assert await balance(desk, ann) == {"balance": 1000, "held": 0, "available": 1000}

    async def test_a_transfer_to_oneself_is_refused(self, desk, ann):
        answer = await desk.post(
            ann, "transfers", {"destination_id": str(ann.id), "money": dollars(1)}
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "ledger.transfer-to-oneself")

    async def test_money_for_an_unknown_user_is_refused(self, desk, service, ann):
        body = {"destination_id": str(uuid4()), "money": dollars(1)}
        for person, path in ((service, "deposits"), (ann, "transfers")):
            answer = await desk.post(person, path, body)
            assert (answer.status_code, answer.json()["code"]) == (404, "identity.user-not-found")

    async def test_an_asset_that_the_exchange_does_not_deal_in_is_refused(self, desk, service, ann):
        body = {"destination_id": str(ann.id), "money": {"amount": 1, "asset": "EUR/2"}}
        answer = await desk.post(service, "deposits", body)
        assert (answer.status_code, answer.json()["code"]) == (400, "ledger.asset-not-accepted")

    async def test_capturing_another_asset_is_refused(self, desk, service, bob, hold):
        body = {"money": {"amount": 1, "asset": "EUR/2"}, "destination_id": str(bob.id)}
        answer = await desk.post(service, f"holds/{hold['id']}/capture", body)
        assert (answer.status_code, answer.json()["code"]) == (400, "kernel.asset-mismatch")


async def test_operators_can_have_the_books_checked(desk, service, ann, bob, hold):
    await desk.post(ann, "transfers", {"destination_id": str(bob.id), "money": dollars(5)})
    answer = await desk.post(service, "ledger/audit")

    assert answer.status_code == 200
    assert answer.json() == {
        "entries": 4,
        "accounts": 2,
        "cards": 0,
        "closings": 0,
        "violations": [],
    }
