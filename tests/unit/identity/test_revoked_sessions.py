"""Every process refuses a revoked session within two seconds."""

import asyncio
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from attrs import define, field

from ece_adapters.storage.revoked_sessions import PAUSE, RecentlyRevoked
from ece_domain.identity import SessionId
from ece_domain.kernel import Unavailable


@define
class StoreOfEnded:
    """A store of ended sessions that can be unavailable or not respond."""

    ended: dict = field(factory=dict)
    is_away: bool = False
    is_silent: bool = False

    @property
    def sessions(self):
        return self

    @asynccontextmanager
    async def begin(self):
        if self.is_away:
            raise Unavailable(what="database")
        if self.is_silent:
            await asyncio.Event().wait()
        yield self

    async def ended_since(self, moment):
        return frozenset(session for session, at in self.ended.items() if at >= moment)


@pytest.fixture
def store():
    return StoreOfEnded()


def a_session():
    return SessionId(uuid4())


def test_reads_often_enough_for_five_seconds():
    assert 2 * PAUSE < 5


async def test_knows_immediately_which_sessions_this_process_ended(store, clock):
    revoked, session = RecentlyRevoked(store.begin, clock), a_session()
    revoked.add(session)

    assert session in revoked
    assert a_session() not in revoked
    await revoked.read()
    assert session in revoked


async def test_reads_from_the_store_which_sessions_others_ended(store, clock):
    revoked, session = RecentlyRevoked(store.begin, clock), a_session()
    store.ended[session] = clock()
    assert session not in revoked

    await revoked.read()
    assert session in revoked


async def test_forgets_a_session_when_its_last_token_has_expired(store, clock):
    revoked, here, there = RecentlyRevoked(store.begin, clock), a_session(), a_session()
    revoked.add(here)
    store.ended[there] = clock()

    clock.advance(minutes=10, seconds=30)
    await revoked.read()
    assert here in revoked
    assert there in revoked

    clock.advance(minutes=1)
    await revoked.read()
    assert here not in revoked
    assert there not in revoked


async def watched_looks(revoked, looks, before_each):
    """Watch for so many pauses, calling ``before_each`` with the number of each."""
    done = asyncio.Event()
    pauses = 0

    async def pause(seconds):
        nonlocal pauses
        assert seconds == PAUSE
        pauses += 1
        before_each(pauses)
        if pauses > looks:
            done.set()
            await asyncio.Event().wait()
        await asyncio.sleep(0)

    revoked.sleep = pause
    async with revoked.watching():
        await done.wait()


async def test_reads_immediately_and_after_every_interval(store, clock):
    at_once, later = a_session(), a_session()
    store.ended[at_once] = clock()
    revoked = RecentlyRevoked(store.begin, clock)

    def before_each(nth):
        assert at_once in revoked
        assert (later in revoked) is (nth > 3)
        if nth == 3:
            store.ended[later] = clock()

    await watched_looks(revoked, 4, before_each)
    assert later in revoked


async def test_keeps_known_sessions_while_the_store_is_unavailable(store, clock, caplog):
    known, later = a_session(), a_session()
    store.ended[known] = clock()
    revoked = RecentlyRevoked(store.begin, clock)

    def before_each(nth):
        assert known in revoked
        store.is_away = nth in {1, 2}
        store.ended[later] = clock()

    await watched_looks(revoked, 3, before_each)
    assert later in revoked
    assert len(caplog.records) == 2


async def test_gives_up_a_look_that_takes_too_long(store, clock, caplog, monkeypatch):
    monkeypatch.setattr("ece_adapters.storage.revoked_sessions.PAUSE", 0.01)
    store.is_silent = True
    await RecentlyRevoked(store.begin, clock)._try_to_read()

    assert "TimeoutError" in caplog.text
