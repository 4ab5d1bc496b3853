"""Users and sessions in every store."""

from datetime import timedelta
from uuid import uuid4

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ece_adapters.crypto import (
    fresh_secret,
)
from ece_domain import identity
from ece_domain.identity import (
    EmailAddress,
    EmailTaken,
    Handle,
    HandleTaken,
    RefreshToken,
    SessionId,
    UserId,
    UserNotFound,
)
from ece_domain.kernel import ConcurrentChange
from tests.clock import SettableClock
from tests.contract.identity.office import a_session, a_user, load, save
from tests.strategies.identity import moments, sessions, users

on_one_database = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class TestStores:
    """The contract of the repositories."""

    @on_one_database
    @given(data=st.data())
    async def test_return_exactly_the_user_that_was_saved(self, database, data):
        number = uuid4().hex[:12]
        user = data.draw(
            users(
                st.just(uuid4()),
                st.just(EmailAddress(f"{number}.Ann@example.com")),
                st.just(Handle(number)),
            )
        )
        await save(database, user)
        saved = evolve(user, version=1)

        async with database.begin() as transaction:
            assert await transaction.users.get(user.id) == saved
            shouted = EmailAddress(user.email.text.upper())
            assert await transaction.users.with_email(shouted) == saved
            assert await transaction.users.with_handle(user.handle) == saved

        other = data.draw(users(st.just(user.id)))
        changed = evolve(other, version=1, email=user.email, handle=user.handle)
        await save(database, changed)
        assert await load(database, user.id) == evolve(changed, version=2)

    @on_one_database
    @given(data=st.data())
    async def test_return_exactly_the_session_that_was_saved(self, database, data):
        user = a_user(uuid4().hex[:12])
        await save(database, user)
        drawn = data.draw(sessions(user.id))
        session = evolve(
            drawn, id=SessionId(uuid4()), family_digest=RefreshToken.fresh(fresh_secret).family
        )
        await save(database, session)
        saved = evolve(session, version=1)
        later = evolve(
            saved,
            replaced_digest=saved.secret_digest,
            refreshed_at=data.draw(moments),
            ended_at=data.draw(moments),
        )

        async with database.begin() as transaction:
            assert await transaction.sessions.find(session.id) == saved
            assert await transaction.sessions.of_family(session.family_digest) == saved
        await save(database, later)
        async with database.begin() as transaction:
            assert await transaction.sessions.find(session.id) == evolve(later, version=2)

    async def test_do_not_find_unknown_ids(self, database):
        async with database.begin() as transaction:
            with pytest.raises(UserNotFound):
                await transaction.users.get(UserId(uuid4()))
            with pytest.raises(UserNotFound):
                await transaction.users.with_handle(Handle("nobody_at_all"))
            assert await transaction.users.with_email(EmailAddress("no@example.com")) is None
            assert await transaction.sessions.find(SessionId(uuid4())) is None
            assert await transaction.sessions.of_family(b"x" * 32) is None
            assert await transaction.sessions.open_of(UserId(uuid4())) == []

    async def test_store_nothing_of_a_failed_transaction(self, database, outbox):
        user = a_user()

        async def fail_after_saving():
            async with database.begin() as transaction:
                transaction.users.save(user)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await fail_after_saving()

        assert await outbox() == []
        with pytest.raises(UserNotFound):
            await load(database, user.id)

    async def test_store_nothing_of_a_refused_transaction(self, database, outbox):
        ann, rival = a_user("ann"), evolve(a_user("eve"), email=EmailAddress("ANN@example.com"))
        await save(database, ann)
        before = await outbox()
        bob = a_user("bob")
        with pytest.raises(EmailTaken):
            await save(database, bob, a_session(ann), rival)

        assert await outbox() == before
        with pytest.raises(UserNotFound):
            await load(database, bob.id)
        await save(database, bob)

    async def test_store_the_events_in_order(self, database, outbox):
        user = a_user()
        session = a_session(user).end(identity.EndReason.LOGGED_OUT, SettableClock().moment)
        await save(database, user)
        await save(database, session)

        assert await outbox() == [
            "identity.user-registered",
            "identity.session-started",
            "identity.session-ended",
        ]

    async def test_refuse_a_stale_user_and_a_stale_session(self, database):
        user = a_user()
        session = a_session(user)
        await save(database, user)
        await save(database, session)
        for unsaved in (user, session):
            with pytest.raises(ConcurrentChange):
                await save(database, evolve(unsaved, version=2))
            await save(database, evolve(unsaved, version=1, events=()))
            with pytest.raises(ConcurrentChange):
                await save(database, evolve(unsaved, version=1))

    async def test_refuse_a_second_user_or_session_with_the_same_id(self, database):
        user, other = a_user("ann"), a_user("bob")
        session = a_session(user)
        await save(database, user)
        await save(database, session)

        with pytest.raises(ConcurrentChange):
            await save(database, evolve(other, id=user.id))
        with pytest.raises(ConcurrentChange):
            await save(database, evolve(a_session(user), id=session.id))
        assert (await load(database, user.id)).handle == user.handle

    @pytest.mark.parametrize(
        ("email", "handle", "refusal"),
        [
            ("ANN@EXAMPLE.COM", "bob", EmailTaken),
            ("bob@example.com", "ann", HandleTaken),
            ("Ann@example.com", "ann", EmailTaken),
        ],
    )
    @pytest.mark.parametrize("is_new", [True, False])
    async def test_refuse_names_that_are_taken(self, database, email, handle, refusal, is_new):
        await save(database, a_user("ann"))
        bob = a_user("robert")
        if not is_new:
            await save(database, bob)
            bob = evolve(bob, version=1)
        with pytest.raises(refusal):
            await save(database, evolve(bob, email=EmailAddress(email), handle=Handle(handle)))

    async def test_free_the_names_that_a_user_releases(self, database):
        ann = a_user("ann")
        await save(database, ann)
        anna = evolve(ann, version=1, email=EmailAddress("anna@example.com"), handle=Handle("anna"))
        await save(database, anna)
        await save(database, a_user("ann"))

        async with database.begin() as transaction:
            assert (await transaction.users.with_handle(Handle("anna"))).id == ann.id

    async def test_distinguish_open_sessions_from_ended_ones(self, database, clock):
        user = a_user()
        await save(database, user)
        open_session, ended = a_session(user), a_session(user)
        noon = clock()
        await save(database, open_session)
        await save(database, ended.end(identity.EndReason.LOGGED_OUT, noon))

        async with database.begin() as transaction:
            assert await transaction.sessions.open_of(user.id) == [evolve(open_session, version=1)]
            assert await transaction.sessions.ended_since(noon) == {ended.id}
            assert await transaction.sessions.ended_since(noon + timedelta(seconds=1)) == set()
