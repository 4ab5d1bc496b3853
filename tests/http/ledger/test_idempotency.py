"""Every request that moves money runs once per key."""

import asyncio

import pytest

from tests.http.ledger.conftest import balance, dollars


def success_of(path: str) -> int:
    """The status: 200 for an action on a resource, 201 for a creation."""
    return 200 if path.endswith("/capture") else 201


class TestS21Idempotency:
    @pytest.fixture(params=["deposits", "withdrawals", "transfers", "holds", "captures"])
    def case(self, request, service, ann, bob, hold):
        """The caller, the path, and the body without the money."""
        return {
            "deposits": (service, "deposits", {"destination_id": str(ann.id)}),
            "withdrawals": (service, "withdrawals", {"owner_id": str(ann.id)}),
            "transfers": (ann, "transfers", {"destination_id": str(bob.id)}),
            "holds": (service, "holds", {"owner_id": str(ann.id), "purpose": "bid"}),
            "captures": (service, f"holds/{hold['id']}/capture", {"destination_id": str(bob.id)}),
        }[request.param]

    async def test_a_repetition_gets_the_first_response_as_a_replay(self, desk, ann, case):
        person, path, body = case
        first = await desk.post(person, path, body | {"money": dollars(7)}, key="one")
        before = await balance(desk, ann)
        again = await desk.post(person, path, body | {"money": dollars(7)}, key="one")

        assert first.status_code == again.status_code == success_of(path)
        assert "idempotent-replayed" not in first.headers
        assert again.headers["idempotent-replayed"] == "true"
        assert again.headers.get("location") == first.headers.get("location")
        assert again.json() == first.json()
        assert await balance(desk, ann) == before

    async def test_another_body_under_the_key_is_refused_and_not_executed(self, desk, ann, case):
        person, path, body = case
        await desk.post(person, path, body | {"money": dollars(7)}, key="one")
        before = await balance(desk, ann)
        answer = await desk.post(person, path, body | {"money": dollars(8)}, key="one")

        assert (answer.status_code, answer.json()["code"]) == (422, "kernel.idempotency-key-reused")
        assert await balance(desk, ann) == before

    async def test_of_many_at_the_same_time_one_is_executed(self, desk, ann, case):
        person, path, body = case
        before = await balance(desk, ann)
        answers = await asyncio.gather(
            *(desk.post(person, path, body | {"money": dollars(7)}, key="one") for _ in range(6))
        )
        after = await balance(desk, ann)

        assert {answer.status_code for answer in answers} == {success_of(path)}
        assert len({answer.text for answer in answers}) == 1
        assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1
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
