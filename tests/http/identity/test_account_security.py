"""Passwords, sessions, suspensions and take-downs, as clients meet them."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from tests.http.identity.test_identity import (
    PASSWORD,
    an_admin,
    bearer,
    is_problem,
    log_in,
    refresh,
    register,
)

NEW = "staple battery horse"
REASON = {"reason": "Sold cards that do not exist"}


class TestPassword:
    async def test_changes_and_ends_the_other_sessions(self, client):
        await register(client)
        here, there = await log_in(client), await log_in(client)
        body = {"current_password": PASSWORD, "new_password": NEW}
        answer = await client.put("/v1/me/password", json=body, headers=bearer(here))

        assert (answer.status_code, answer.content) == (204, b"")
        assert (await client.get("/v1/me", headers=bearer(here))).status_code == 200
        refused = await client.get("/v1/me", headers=bearer(there))
        assert is_problem(refused, 401, "identity.session-not-active")
        assert (await log_in(client, password=NEW)).status_code == 201
        assert (await log_in(client)).status_code == 401

    async def test_needs_the_one_of_now(self, client):
        await register(client)
        headers = bearer(await log_in(client))
        body = {"current_password": NEW, "new_password": NEW}
        answer = await client.put("/v1/me/password", json=body, headers=headers)
        assert is_problem(answer, 400, "identity.wrong-password")


class TestSessions:
    async def test_are_listed_and_ended(self, client):
        await register(client)
        there, here = await log_in(client), await log_in(client)
        listed = (await client.get("/v1/me/sessions", headers=bearer(here))).json()

        assert [each["is_current"] for each in listed["data"]] == [True, False]
        assert listed["next"] is None
        other = listed["data"][1]
        assert other == {
            "id": other["id"],
            "created_at": "2026-07-01T12:00:00Z",
            "last_used_at": "2026-07-01T12:00:00Z",
            "expires_at": "2026-07-15T12:00:00Z",
            "address": "127.0.0.1",
            "is_current": False,
        }
        address = f"/v1/me/sessions/{other['id']}"
        assert (await client.delete(address, headers=bearer(here))).status_code == 204
        refused = await refresh(client, there.json()["refresh_token"])
        assert is_problem(refused, 401, "identity.session-not-active")

        unknown = await client.delete(f"/v1/me/sessions/{uuid4()}", headers=bearer(here))
        assert is_problem(unknown, 404, "identity.session-not-found")

    async def test_end_all_at_once(self, client):
        await register(client)
        sessions = [await log_in(client) for _ in range(2)]
        answer = await client.delete("/v1/me/sessions", headers=bearer(sessions[0]))

        assert answer.status_code == 204
        for each in sessions:
            assert (await client.get("/v1/me", headers=bearer(each))).status_code == 401


class TestSuspension:
    async def test_stops_a_user_until_they_are_reinstated(self, client, exchange):
        user = await register(client)
        signed = await log_in(client)
        _, boss = await an_admin(client, exchange)
        address = f"/v1/users/{user['id']}"
        suspended = await client.post(f"{address}/suspend", json=REASON, headers=boss)

        assert (suspended.status_code, suspended.json()) == (
            200,
            {
                "id": user["id"],
                "handle": "ann",
                "suspended_at": "2026-07-01T12:00:00Z",
                **REASON,
            },
        )
        assert (await client.get("/v1/me", headers=bearer(signed))).status_code == 401
        assert (await refresh(client, signed.json()["refresh_token"])).status_code == 401
        refused = await log_in(client)
        assert is_problem(refused, 403, "identity.access-suspended")
        assert refused.json()["reason"] == REASON["reason"]
        again = await client.post(f"{address}/suspend", json=REASON, headers=boss)
        assert is_problem(again, 409, "identity.already-suspended")

        reinstated = await client.post(f"{address}/reinstate", json=REASON, headers=boss)
        assert (reinstated.json()["suspended_at"], reinstated.json()["reason"]) == (None, None)
        assert (await log_in(client)).status_code == 201

    @pytest.mark.parametrize("reason", ["", " padded", "two\nlines", "x" * 501, "\u009f"])
    async def test_needs_a_reason_of_one_line(self, client, exchange, reason):
        user = await register(client)
        _, boss = await an_admin(client, exchange)
        answer = await client.post(
            f"/v1/users/{user['id']}/suspend", json={"reason": reason}, headers=boss
        )
        assert answer.status_code == 400


class TestSecurityLog:
    async def test_has_a_line_for_each_event_with_actor_and_user(self, client, exchange):
        user = await register(client)
        admin, boss = await an_admin(client, exchange)
        with capture_logs() as lines:
            await log_in(client, password=NEW)
            await client.put(
                f"/v1/users/{user['id']}/role", json={"role": "moderator"}, headers=boss
            )
            await log_in(client)
            await client.post(f"/v1/users/{user['id']}/suspend", json=REASON, headers=boss)
        security = [line for line in lines if line["event"].startswith("identity.")]

        assert [line["event"] for line in security] == [
            "identity.log-in-failed",
            "identity.role-changed",
            "identity.user-suspended",
            "identity.session-ended",
        ]
        assert {line["user_id"] for line in security} == {user["id"]}
        assert {line["actor_id"] for line in security[1:]} == {str(admin.id)}
        assert security[0]["address"] == "127.0.0.1"

    async def test_tells_of_a_reused_refresh_token(self, client, clock):
        await register(client)
        signed = (await log_in(client)).json()
        await refresh(client, signed["refresh_token"])
        clock.advance(seconds=timedelta(minutes=1).total_seconds())
        with capture_logs() as lines:
            await refresh(client, signed["refresh_token"])

        (line,) = [each for each in lines if each["event"] == "identity.session-ended"]
        assert line["reason"] == "token-reused"

    async def test_has_no_password_token_or_address_of_a_mailbox(self, client):
        await register(client)
        with capture_logs() as lines:
            await log_in(client, password=NEW)
            await log_in(client, "nobody_here")
            await client.post("/v1/sessions/refresh", json={"refresh_token": "A" * 86})
        text = json.dumps(lines, default=str)

        assert lines
        for secret in (NEW, PASSWORD, "example.com", "nobody_here", "A" * 20):
            assert secret not in text
