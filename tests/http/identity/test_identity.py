"""The routes of users and sessions."""

from uuid import uuid4

import pytest
from dependency_injector import providers

from ece_domain.identity import EmailAddress, Handle, Password, Role, TooBusy
from ece_entrypoints.http.platform.app import create_app
from ece_entrypoints.wiring.exchange import Exchange
from ece_entrypoints.wiring.settings import Store
from tests.http.conftest import client_of

PASSWORD = "correct horse battery"
ANN = {"email": "Ann@Example.com", "handle": "Ann", "password": PASSWORD}


async def register(client, name="ann"):
    body = {"email": f"{name}@example.com", "handle": name, "password": PASSWORD}
    return (await client.post("/v1/users", json=body)).json()


async def log_in(client, name="ann", password=PASSWORD):
    body = {"email": f"{name}@example.com", "password": password}
    return await client.post("/v1/sessions", json=body)


async def refresh(client, token):
    return await client.post("/v1/sessions/refresh", json={"refresh_token": token})


def bearer(session):
    return {"Authorization": f"Bearer {session.json()['access_token']}"}


async def signed_in(client, name="ann"):
    await register(client, name)
    return bearer(await log_in(client, name))


async def an_admin(client, exchange):
    admin = await exchange.identity.register_user()(
        email=EmailAddress("boss@example.com"),
        handle=Handle("boss"),
        password=Password(PASSWORD),
        role=Role.ADMIN,
    )
    return admin, bearer(await log_in(client, "boss"))


def is_problem(response, status, code):
    assert response.status_code == status
    assert response.json()["code"] == code
    return True


class TestRegistration:
    async def test_answers_with_the_account_and_its_address(self, client):
        response = await client.post("/v1/users", json=ANN)
        user = response.json()

        assert response.status_code == 201
        assert response.headers["location"] == f"/v1/users/{user['id']}"
        assert user == {
            "id": user["id"],
            "version": 1,
            "email": "Ann@example.com",
            "handle": "ann",
            "role": "collector",
            "created_at": "2026-07-01T12:00:00Z",
            "updated_at": "2026-07-01T12:00:00Z",
        }

    async def test_refuses_an_address_and_a_handle_that_are_taken(self, client):
        await client.post("/v1/users", json=ANN)
        same_email = {**ANN, "email": "ANN@EXAMPLE.COM", "handle": "bob"}
        same_handle = {**ANN, "email": "bob@example.com", "handle": "ANN"}

        assert is_problem(
            await client.post("/v1/users", json=same_email), 409, "identity.email-taken"
        )
        assert is_problem(
            await client.post("/v1/users", json=same_handle), 409, "identity.handle-taken"
        )

    async def test_names_all_fields_that_are_wrong(self, client):
        body = {"email": "@", "handle": "a-b", "password": "short"}
        response = await client.post("/v1/users", json=body)

        assert is_problem(response, 400, "http.invalid-body")
        pointers = {error["pointer"] for error in response.json()["errors"]}
        assert pointers == {"#/email", "#/handle", "#/password"}

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"email": "ann@example"}, "identity.invalid-email"),
            ({"handle": "support"}, "identity.handle-reserved"),
            ({"password": "ann@example.com"}, "identity.unacceptable-password"),
            ({"role": "admin"}, "http.invalid-body"),
        ],
    )
    async def test_refuses_an_invalid_registration(self, client, change, code):
        assert is_problem(await client.post("/v1/users", json={**ANN, **change}), 400, code)

    async def test_answers_when_too_many_passwords_wait(self, client, exchange):
        class Busy:
            async def hash(self, password, address):
                raise TooBusy

        exchange.identity.passwords.override(providers.Object(Busy()))
        response = await client.post("/v1/users", json=ANN)

        assert is_problem(response, 429, "identity.too-busy")
        assert int(response.headers["retry-after"]) > 0


class TestSessions:
    async def test_the_response_to_a_log_in_is_not_cached(self, client):
        user = await register(client)
        response = await log_in(client)
        me = await client.get("/v1/me", headers=bearer(response))

        assert response.status_code == 201
        assert response.headers["cache-control"] == "no-store"
        assert response.json() == {
            "access_token": response.json()["access_token"],
            "expires_in": 600,
            "refresh_token": response.json()["refresh_token"],
            "session_expires_at": "2026-07-15T12:00:00Z",
            "token_type": "Bearer",
        }
        assert me.json() == user

    async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(self, client):
        await register(client)
        wrong = await log_in(client, password="wrong horse battery")
        unknown = await log_in(client, "bob")

        assert is_problem(wrong, 401, "identity.wrong-credentials")
        assert wrong.json() == unknown.json()
        assert "www-authenticate" in wrong.headers

    async def test_an_access_token_expires_and_a_refresh_gives_the_next(self, client, clock):
        await register(client)
        session = await log_in(client)
        clock.advance(minutes=10)
        expired = await client.get("/v1/me", headers=bearer(session))
        refreshed = await refresh(client, session.json()["refresh_token"])

        assert is_problem(expired, 401, "identity.token-expired")
        assert refreshed.status_code == 200
        assert (await client.get("/v1/me", headers=bearer(refreshed))).status_code == 200

    async def test_a_refresh_with_a_lost_response_gets_the_same_tokens_again(self, client):
        await register(client)
        first = await log_in(client)
        lost = await refresh(client, first.json()["refresh_token"])
        again = await refresh(client, first.json()["refresh_token"])

        assert again.status_code == 200
        assert again.json()["refresh_token"] == lost.json()["refresh_token"]
        assert (await client.get("/v1/me", headers=bearer(again))).status_code == 200

    async def test_a_used_refresh_token_ends_the_session(self, client, clock):
        await register(client)
        first = await log_in(client)
        second = await refresh(client, first.json()["refresh_token"])
        clock.advance(seconds=30)
        reused = await refresh(client, first.json()["refresh_token"])
        me = await client.get("/v1/me", headers=bearer(second))
        third = await refresh(client, second.json()["refresh_token"])

        assert is_problem(reused, 401, "identity.refresh-token-reused")
        assert is_problem(me, 401, "identity.session-not-active")
        assert is_problem(third, 401, "identity.session-not-active")

    @pytest.mark.parametrize("token", ["x", "A" * 86, "é" * 86])
    async def test_refuses_an_unknown_refresh_token(self, client, token):
        assert is_problem(await refresh(client, token), 401, "identity.invalid-refresh-token")

    async def test_a_log_out_revokes_all_tokens_of_the_session(self, client):
        await register(client)
        session = await log_in(client)
        response = await client.delete("/v1/sessions/current", headers=bearer(session))
        me = await client.get("/v1/me", headers=bearer(session))
        refreshed = await refresh(client, session.json()["refresh_token"])

        assert response.status_code == 204
        assert is_problem(me, 401, "identity.session-not-active")
        assert is_problem(refreshed, 401, "identity.session-not-active")

    async def test_i22_a_log_out_elsewhere_counts_here_after_the_next_read(
        self, client, exchange, clock
    ):
        await register(client)
        session = await log_in(client)
        elsewhere = Exchange(settings=exchange.settings(), clock=providers.Object(clock))
        if exchange.settings().store is Store.memory:
            elsewhere.database.override(providers.Object(exchange.database()))
        async with client_of(create_app(elsewhere)) as other_client:
            await other_client.delete("/v1/sessions/current", headers=bearer(session))
        await exchange.identity.revoked_sessions().read()

        me = await client.get("/v1/me", headers=bearer(session))
        assert is_problem(me, 401, "identity.session-not-active")

    @pytest.mark.parametrize("token", ["", "x", "a.b.c", "é", "x" * 5000])
    async def test_refuses_an_invalid_token(self, client, token):
        headers = {"Authorization": f"Bearer {token}".encode()}
        response = await client.get("/v1/me", headers=headers)

        assert response.status_code == 401
        assert response.json()["code"] in {"identity.invalid-token", "http.token-required"}


class TestUsers:
    async def test_an_account_that_did_not_change_is_not_sent_again(self, client):
        headers = await signed_in(client)
        first = await client.get("/v1/me", headers=headers)
        again = await client.get(
            "/v1/me", headers={**headers, "If-None-Match": first.headers["etag"]}
        )

        assert again.status_code == 304

    async def test_everybody_sees_the_handle_and_nothing_private(self, client):
        user = await register(client)
        expected = {"id": user["id"], "handle": "ann", "created_at": "2026-07-01T12:00:00Z"}
        for name in ("ann", "ANN", user["id"]):
            assert (await client.get(f"/v1/users/{name}")).json() == expected

    @pytest.mark.parametrize(
        "name", ["nobody", "a", "00000000-0000-7000-8000-000000000000", "not-an-id", "x" * 400]
    )
    async def test_an_unknown_user_is_not_found(self, client, name):
        assert is_problem(await client.get(f"/v1/users/{name}"), 404, "identity.user-not-found")

    async def test_a_change_of_role_revokes_the_old_token(self, client, exchange):
        _, admin = await an_admin(client, exchange)
        user = await register(client)
        before = bearer(await log_in(client))
        path = f"/v1/users/{user['id']}/role"
        response = await client.put(path, headers=admin, json={"role": "moderator"})
        me = await client.get("/v1/me", headers=before)

        assert response.json() == {"id": user["id"], "handle": "ann", "role": "moderator"}
        assert is_problem(me, 401, "identity.session-not-active")

    async def test_only_admins_change_roles_and_never_their_own(self, client, exchange):
        boss, admin = await an_admin(client, exchange)
        ann = await signed_in(client)
        path, role = f"/v1/users/{boss.id}/role", {"role": "collector"}
        nobody = f"/v1/users/{uuid4()}/role"

        assert is_problem(await client.put(path, json=role), 401, "http.token-required")
        refused = await client.put(path, headers=ann, json=role)
        assert is_problem(refused, 403, "identity.role-not-allowed")
        assert refused.json()["required"] == ["admin"]
        assert is_problem(
            await client.put(path, headers=admin, json=role), 403, "identity.cannot-change-own-role"
        )
        assert is_problem(
            await client.put(nobody, headers=admin, json=role), 404, "identity.user-not-found"
        )
