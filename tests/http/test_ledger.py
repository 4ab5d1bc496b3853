"""Wallets, money moves, holds and receipts, as a client of the API sees them."""

import asyncio
from uuid import uuid4

import pytest
from attrs import define, field

from ece_domain.identity import Role
from tests.http.conftest import Client, Person


def dollars(cents: int) -> dict[str, object]:
    return {"amount": cents, "asset": "USD/2"}


@define
class Desk:
    """Sends requests, each under a key of its own unless one is named."""

    client: Client
    keys: list[str] = field(factory=list)

    async def post(self, person: Person, path: str, body: object = None, key: str | None = None):
        self.keys.append(key or f"key-{len(self.keys)}")
        headers = person.headers | {"Idempotency-Key": self.keys[-1]}
        return await self.client.post(f"/v1/{path}", json=body, headers=headers)

    async def get(self, person: Person, path: str, **query: object):
        return await self.client.get(f"/v1/{path}", params=query, headers=person.headers)


@pytest.fixture
def desk(client: Client) -> Desk:
    return Desk(client)


@pytest.fixture
async def service(sign_up) -> Person:
    return await sign_up("teller", Role.SERVICE)


@pytest.fixture
async def ann(sign_up, desk, service) -> Person:
    """Has 1000 cents."""
    ann = await sign_up("ann")
    await desk.post(service, "deposits", {"to": str(ann.id), "money": dollars(1000)})
    return ann


@pytest.fixture
async def bob(sign_up) -> Person:
    return await sign_up("bob")


@pytest.fixture
async def hold(desk, service, ann) -> dict[str, object]:
    """300 cents of Ann's."""
    body = {"owner": str(ann.id), "money": dollars(300), "purpose": "reservation"}
    return (await desk.post(service, "holds", body)).json()


async def balance(desk: Desk, person: Person) -> dict[str, int]:
    (account,) = (await desk.get(person, "wallets/me")).json()["accounts"]
    return {name: account[name]["amount"] for name in ("balance", "held", "available")}


class TestWallets:
    async def test_shows_balance_held_and_why_and_available(self, desk, ann, hold):
        answer = await desk.get(ann, "wallets/me")

        assert answer.status_code == 200
        assert answer.json() == {
            "owner": str(ann.id),
            "accounts": [
                {
                    "asset": "USD/2",
                    "balance": dollars(1000),
                    "held": dollars(300),
                    "held_for": [{"purpose": "reservation", "amount": dollars(300)}],
                    "available": dollars(700),
                }
            ],
        }

    async def test_an_account_can_be_opened_twice_and_shows_once(self, desk, bob):
        body = {"asset": "USD/2"}
        first = await desk.client.post("/v1/wallets/me/accounts", json=body, headers=bob.headers)
        again = await desk.client.post("/v1/wallets/me/accounts", json=body, headers=bob.headers)

        assert first.status_code == again.status_code == 200
        assert first.json() == again.json()
        assert [account["balance"] for account in again.json()["accounts"]] == [dollars(0)]

    async def test_only_accepted_assets_can_be_opened(self, desk, bob):
        answer = await desk.post(bob, "wallets/me/accounts", {"asset": "GOLD/3"})
        assert (answer.status_code, answer.json()["code"]) == (400, "ledger.asset-not-accepted")

    async def test_the_statement_runs_newest_first_through_sealed_pages(
        self, desk, service, ann, bob
    ):
        for cents in (1, 2, 3):
            await desk.post(ann, "transfers", {"to": str(bob.id), "money": dollars(cents)})

        first = await desk.get(ann, "wallets/me/statement", asset="USD/2", limit=2)
        rest = await desk.get(
            ann, "wallets/me/statement", asset="USD/2", limit=2, cursor=first.json()["next"]
        )

        lines = first.json()["data"] + rest.json()["data"]
        assert [line["change"]["amount"] for line in lines] == [-3, -2, -1, 1000]
        assert [line["balance_after"]["amount"] for line in lines] == [994, 997, 999, 1000]
        assert lines[0]["counterparty"] == {"kind": "user", "owner": str(bob.id)}
        assert lines[3]["counterparty"] == {"kind": "external", "owner": "external"}
        assert 'rel="next"' in first.headers["link"]
        assert rest.json()["next"] is None

    async def test_a_cursor_of_another_statement_is_refused(self, desk, service, ann):
        await desk.post(service, "deposits", {"to": str(ann.id), "money": dollars(1)})
        page = await desk.get(ann, "wallets/me/statement", asset="USD/2", limit=1)
        answer = await desk.get(
            ann, "wallets/me/statement", asset="EUR/2", cursor=page.json()["next"]
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "http.invalid-cursor")

    @pytest.mark.parametrize("asset", ["", "USD", "usd/2", "USD/19", "USD/2\n"])
    async def test_an_asset_that_is_none_is_refused(self, desk, ann, asset):
        answer = await desk.get(ann, "wallets/me/statement", asset=asset)
        assert answer.status_code == 400

    async def test_open_holds_are_listed(self, desk, ann, hold):
        answer = await desk.get(ann, "wallets/me/holds")
        assert answer.json() == {"data": [hold], "next": None}

    @pytest.mark.parametrize("what", ["", "/statement?asset=USD/2", "/holds"])
    async def test_s23_another_wallet_is_for_operators_and_not_there_for_others(
        self, desk, service, ann, bob, what
    ):
        path = f"/v1/wallets/{ann.id}{what}"
        nobodys = f"/v1/wallets/{uuid4()}{what}"

        async def get(person, path):
            return await desk.client.get(path, headers=person.headers)

        assert (await get(service, path)).status_code == 200
        assert (await get(ann, path)).status_code == 200
        refused, missing = await get(bob, path), await get(bob, nobodys)
        assert refused.status_code == missing.status_code == 404
        assert refused.json() == missing.json()
        assert (await get(service, nobodys)).status_code == 404


class TestMoneyMoves:
    async def test_a_deposit_answers_with_its_receipt_and_where_it_can_be_read(
        self, desk, service, ann
    ):
        answer = await desk.post(service, "deposits", {"to": str(ann.id), "money": dollars(5)})

        receipt = answer.json()
        assert answer.status_code == 201
        assert receipt["purpose"] == "ledger.deposit"
        assert {
            "account": {"kind": "user", "owner": str(ann.id)},
            "money": dollars(5),
            "balance_after": 1005,
        } in receipt["entries"]
        read = await desk.get(ann, answer.headers["location"].removeprefix("/v1/"))
        assert read.json() == receipt

    async def test_a_withdrawal_takes_what_is_available_and_no_more(self, desk, service, ann, hold):
        async def withdraw(cents):
            body = {"owner": str(ann.id), "money": dollars(cents)}
            return await desk.post(service, "withdrawals", body)

        refused = await withdraw(701)
        assert (refused.status_code, refused.json()["code"]) == (409, "ledger.insufficient-funds")
        assert (refused.json()["available"], refused.json()["needed"]) == (700, 701)
        assert (await withdraw(700)).status_code == 201
        assert await balance(desk, ann) == {"balance": 300, "held": 300, "available": 0}

    async def test_a_transfer_hides_the_balance_of_the_other_side(self, desk, ann, bob):
        answer = await desk.post(ann, "transfers", {"to": str(bob.id), "money": dollars(5)})

        assert answer.status_code == 201
        after = {
            entry["account"]["owner"]: entry["balance_after"] for entry in answer.json()["entries"]
        }
        assert after == {str(ann.id): 995, str(bob.id): None}

    async def test_a_receipt_is_not_there_for_those_without_a_part_in_it(
        self, desk, service, ann, bob, sign_up
    ):
        eve = await sign_up("eve")
        receipt = await desk.post(ann, "transfers", {"to": str(bob.id), "money": dollars(5)})
        path = receipt.headers["location"].removeprefix("/v1/")

        statuses = [
            (await desk.get(person, path)).status_code for person in (ann, bob, service, eve)
        ]
        missing = await desk.get(eve, f"settlements/{uuid4()}")
        assert statuses == [200, 200, 200, 404]
        assert missing.json()["code"] == "ledger.settlement-not-found"

    @pytest.mark.parametrize("path", ["deposits", "withdrawals", "holds", "operations/checks"])
    async def test_what_operators_do_is_refused_to_collectors(self, desk, ann, path):
        body = {"to": str(ann.id), "owner": str(ann.id), "money": dollars(5)}
        answer = await desk.post(ann, path, body)
        assert (answer.status_code, answer.json()["code"]) == (403, "http.role-required")

    async def test_nothing_is_answered_without_a_token(self, desk):
        for path in ("deposits", "withdrawals", "transfers", "holds", "operations/checks"):
            answer = await desk.client.post(f"/v1/{path}", json={})
            assert answer.status_code == 401
        for path in ("wallets/me", f"settlements/{uuid4()}", f"holds/{uuid4()}"):
            assert (await desk.client.get(f"/v1/{path}")).status_code == 401


class TestHolds:
    async def test_a_hold_is_placed_and_can_be_seen_by_its_owner_alone(
        self, desk, service, ann, bob, clock
    ):
        expiry = clock().replace(hour=13).isoformat().replace("+00:00", "Z")
        body = {
            "owner": str(ann.id),
            "money": dollars(300),
            "purpose": "bid",
            "expires_at": expiry,
        }
        answer = await desk.post(service, "holds", body)

        hold = answer.json()
        assert answer.status_code == 201
        assert hold == {
            "id": hold["id"],
            "owner": str(ann.id),
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
            service, f"{path}/captures", {"money": dollars(100), "to": str(bob.id)}
        )
        paid_out = await desk.post(service, f"{path}/captures", {"money": dollars(50), "to": None})
        released = await desk.post(service, f"{path}/releases")
        again = await desk.post(service, f"{path}/releases")

        assert [captured.status_code, paid_out.status_code, released.status_code] == [201] * 3
        assert released.json()["state"] == "released"
        assert released.json()["captured"] == dollars(150)
        assert await balance(desk, ann) == {"balance": 850, "held": 0, "available": 850}
        assert await balance(desk, bob) == {"balance": 100, "held": 0, "available": 100}
        assert (again.status_code, again.json()["code"]) == (409, "ledger.hold-not-open")

    async def test_a_capture_says_outright_where_the_money_goes(self, desk, service, hold):
        answer = await desk.post(service, f"holds/{hold['id']}/captures", {"money": dollars(1)})
        assert answer.status_code == 400
        assert [error["pointer"] for error in answer.json()["errors"]] == ["#/to"]

    async def test_an_expiry_in_the_past_is_refused(self, desk, service, ann):
        body = {
            "owner": str(ann.id),
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
            "owner": str(ann.id),
            "money": dollars(1),
            "purpose": "bid",
            "expires_at": expiry,
        }
        assert (await desk.post(service, "holds", body)).status_code == 400


class TestS21Idempotency:
    @pytest.fixture(params=["deposits", "withdrawals", "transfers", "holds", "captures"])
    def case(self, request, service, ann, bob, hold):
        """Who asks, at which path, and with what but the money."""
        return {
            "deposits": (service, "deposits", {"to": str(ann.id)}),
            "withdrawals": (service, "withdrawals", {"owner": str(ann.id)}),
            "transfers": (ann, "transfers", {"to": str(bob.id)}),
            "holds": (service, "holds", {"owner": str(ann.id), "purpose": "bid"}),
            "captures": (service, f"holds/{hold['id']}/captures", {"to": str(bob.id)}),
        }[request.param]

    async def test_a_repetition_gets_the_first_answer_and_says_so(self, desk, ann, case):
        person, path, body = case
        first = await desk.post(person, path, body | {"money": dollars(7)}, key="one")
        before = await balance(desk, ann)
        again = await desk.post(person, path, body | {"money": dollars(7)}, key="one")

        assert first.status_code == again.status_code == 201
        assert "idempotency-replayed" not in first.headers
        assert again.headers["idempotency-replayed"] == "true"
        assert again.headers["location"] == first.headers["location"]
        assert again.json() == first.json()
        assert await balance(desk, ann) == before

    async def test_another_body_under_the_key_is_refused_and_not_executed(self, desk, ann, case):
        person, path, body = case
        await desk.post(person, path, body | {"money": dollars(7)}, key="one")
        before = await balance(desk, ann)
        answer = await desk.post(person, path, body | {"money": dollars(8)}, key="one")

        assert (answer.status_code, answer.json()["code"]) == (422, "kernel.key-reused")
        assert await balance(desk, ann) == before

    async def test_of_many_at_the_same_time_one_is_executed(self, desk, ann, case):
        person, path, body = case
        before = await balance(desk, ann)
        answers = await asyncio.gather(
            *(desk.post(person, path, body | {"money": dollars(7)}, key="one") for _ in range(6))
        )
        after = await balance(desk, ann)

        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.text for answer in answers}) == 1
        assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1
        assert max(abs(after[name] - before[name]) for name in after) == 7

    async def test_without_a_key_nothing_is_executed(self, desk, ann, case):
        person, path, body = case
        before = await balance(desk, ann)
        answer = await desk.client.post(
            f"/v1/{path}", json=body | {"money": dollars(7)}, headers=person.headers
        )

        assert answer.status_code == 400
        assert answer.json()["code"] == "http.idempotency-key-required"
        assert await balance(desk, ann) == before


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
    async def test_money_that_is_none_is_refused_and_loses_nothing(
        self, desk, service, ann, bob, money
    ):
        for person, path, body in (
            (service, "deposits", {"to": str(ann.id)}),
            (service, "withdrawals", {"owner": str(ann.id)}),
            (ann, "transfers", {"to": str(bob.id)}),
            (service, "holds", {"owner": str(ann.id), "purpose": "bid"}),
        ):
            answer = await desk.post(person, path, body | {"money": money})
            assert answer.status_code == 400, (path, answer.text)
        assert await balance(desk, ann) == {"balance": 1000, "held": 0, "available": 1000}

    async def test_a_transfer_to_oneself_is_refused(self, desk, ann):
        answer = await desk.post(ann, "transfers", {"to": str(ann.id), "money": dollars(1)})
        assert (answer.status_code, answer.json()["code"]) == (400, "ledger.transfer-to-oneself")

    async def test_money_for_nobody_is_refused(self, desk, service, ann):
        body = {"to": str(uuid4()), "money": dollars(1)}
        for person, path in ((service, "deposits"), (ann, "transfers")):
            answer = await desk.post(person, path, body)
            assert (answer.status_code, answer.json()["code"]) == (404, "identity.user-not-found")

    async def test_an_asset_that_the_exchange_does_not_deal_in_is_refused(self, desk, service, ann):
        body = {"to": str(ann.id), "money": {"amount": 1, "asset": "EUR/2"}}
        answer = await desk.post(service, "deposits", body)
        assert (answer.status_code, answer.json()["code"]) == (400, "ledger.asset-not-accepted")

    async def test_capturing_another_asset_is_refused(self, desk, service, bob, hold):
        body = {"money": {"amount": 1, "asset": "EUR/2"}, "to": str(bob.id)}
        answer = await desk.post(service, f"holds/{hold['id']}/captures", body)
        assert (answer.status_code, answer.json()["code"]) == (400, "kernel.asset-mismatch")


async def test_operators_can_have_the_books_checked(desk, service, ann, bob, hold):
    await desk.post(ann, "transfers", {"to": str(bob.id), "money": dollars(5)})
    answer = await desk.post(service, "operations/checks")

    assert answer.status_code == 200
    assert answer.json() == {
        "entries": 4,
        "accounts": 2,
        "cards": 0,
        "closings": 0,
        "violations": [],
    }
