"""What the application does in the background, from its start to its end."""

import asyncio

from ece_adapters.storage import revoked_sessions
from ece_domain.identity import EndReason, RefreshToken, Session, SessionId
from ece_entrypoints.http.platform.app import create_app
from ece_entrypoints.jobs.periodic_jobs import periodic_jobs_of
from ece_entrypoints.wiring.exchange import Exchange
from tests.http.conftest import client_of, person, running


async def test_the_application_runs_every_job(exchange: Exchange):
    async with running(create_app(exchange)):
        tasks = {task.get_name() for task in asyncio.all_tasks()}

    assert {f"job: {job.name}" for job in periodic_jobs_of(exchange)} <= tasks


async def test_a_token_of_a_session_that_another_process_ended_is_refused(
    exchange: Exchange, monkeypatch
):
    monkeypatch.setattr(revoked_sessions, "PAUSE", 0.05)
    now, user = exchange.clock()(), person(exchange)
    before, after = (
        Session.start(
            SessionId(exchange.new_id()()),
            user_id=user.id,
            token=RefreshToken.fresh(exchange.identity.secrets()),
            now=now,
        )
        for _ in range(2)
    )

    async def end(session: Session) -> None:
        async with exchange.database().begin() as transaction:
            saved = await transaction.sessions.find(session.id)
            assert saved is not None
            transaction.sessions.save(saved.end(EndReason.LOGGED_OUT, now))

    async with client_of(create_app(exchange)) as client:
        async with exchange.database().begin() as transaction:
            transaction.users.save(user)
            transaction.sessions.save(before, after)
        await end(before)

        async def status(session: Session) -> int:
            token = exchange.identity.token_issuer().issue(user, session.id, now)
            headers = {"Authorization": f"Bearer {token.text}"}
            return (await client.get("/v1/me", headers=headers)).status_code

        async def is_refused_soon(session: Session) -> bool:
            for _ in range(250):
                if await status(session) == 401:
                    return True
                await asyncio.sleep(0.02)
            return False

        assert await is_refused_soon(before)
        assert await status(after) == 200
        await end(after)
        assert await is_refused_soon(after)
