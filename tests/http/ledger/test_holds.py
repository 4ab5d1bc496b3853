"""The routes of holds."""

import pytest

from tests.http.ledger.conftest import balance, dollars


class TestHolds:
    async def test_a_hold_is_placed_and_only_its_owner_sees_it(
        self, desk, service, ann, bob, clock
    ):
        expiry = clock().replace(hour=13).isoformat().replace("+00:00", "Z")
        body = {
            "owner_id": str(ann.id),
            "money": dollars(300),
            "purpose": "bid",
            "expires_at": expiry,
        }
        answer = await desk.post(service, "holds", body)

        hold = answer.json()
        assert answer.status_code == 201
        assert hold == {
            "id": hold["id"],
            "owner_id": str(ann.id),
            "context": "ledger",
            "deal_id": hold["id"],
            "purpose": "bid",
            "state": "open",
            "amount": dollars(300),
            "captured": dollars(0),
            "remaining": dollars(300),
            "card_id": None,
            "expires_at": expiry,
        }
        path = answer.headers["location"].removeprefix("/v1/")
        assert (await desk.get(ann, path)).json() == hold
        assert (await desk.get(service, path)).json() == hold
        assert (await desk.get(bob, path)).json()["code"] == "ledger.hold-not-found"

    async def test_a_hold_is_captured_in_parts_and_the_rest_released(
        self, desk, service, ann, bob, hold
    ):
        path = f"holds/{hold['id']}"
        captured = await desk.post(
            service, f"{path}/capture", {"money": dollars(100), "destination_id": str(bob.id)}
        )
        paid_out = await desk.post(
            service, f"{path}/capture", {"money": dollars(50), "destination_id": None}
        )
        released = await desk.post(service, f"{path}/release")
        again = await desk.post(service, f"{path}/release")

        assert [captured.status_code, paid_out.status_code, released.status_code] == [200] * 3
        assert captured.json() == {**hold, "captured": dollars(100), "remaining": dollars(200)}
        settlement = captured.headers["link"].partition(">")[0].removeprefix("</v1/")
        assert (await desk.get(bob, settlement)).json()["purpose"] == "ledger.capture"
        assert released.json()["state"] == "released"
        assert released.json()["captured"] == dollars(150)
        assert await balance(desk, ann) == {"balance": 850, "held": 0, "available": 850}
        assert await balance(desk, bob) == {"balance": 100, "held": 0, "available": 100}
        assert (again.status_code, again.json()["code"]) == (409, "ledger.hold-not-open")

    async def test_a_capture_needs_an_explicit_destination(self, desk, service, hold):
        answer = await desk.post(service, f"holds/{hold['id']}/capture", {"money": dollars(1)})
        assert answer.status_code == 400
        assert [error["pointer"] for error in answer.json()["errors"]] == ["#/destination_id"]

    async def test_an_expiry_in_the_past_is_refused(self, desk, service, ann):
        body = {
            "owner_id": str(ann.id),
            "money": dollars(1),
            "purpose": "bid",
            "expires_at": "2020-01-01T00:00:00Z",
        }
        answer = await desk.post(service, "holds", body)
        assert (answer.status_code, answer.json()["code"]) == (400, "ledger.expiry-out-of-bounds")

    @pytest.mark.parametrize(
        "expiry", ["9999-12-31T23:59:59-10:00", "2026-07-01T13:00:00", "soon", 5]
    )
    async def test_an_expiry_that_is_no_moment_is_refused(self, desk, service, ann, expiry):
        body = {
            "owner_id": str(ann.id),
            "money": dollars(1),
            "purpose": "bid",
            "expires_at": expiry,
        }
        assert (await desk.post(service, "holds", body)).status_code == 400
