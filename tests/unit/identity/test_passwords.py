"""The password hasher: correct results, the configured cost, and a bounded queue."""

import asyncio
import threading

import pytest

from ece_adapters.crypto import STANDARD_COST, TOY_COST, Argon2Passwords, Cost
from ece_domain.identity import ClientAddress, Password, TooBusy

PASSWORD = Password("correct horse battery")


async def test_knows_a_password_by_its_hash_and_no_other():
    passwords = Argon2Passwords(TOY_COST)
    hashed = await passwords.hash(PASSWORD)

    assert await passwords.verify(PASSWORD, hashed)
    assert not await passwords.verify(Password("correct horse batterz"), hashed)
    assert hashed != await passwords.hash(PASSWORD)


async def test_knows_a_password_however_it_was_composed():
    passwords = Argon2Passwords(TOY_COST)
    hashed = await passwords.hash(Password("cafe\u0301 au lait"))

    assert await passwords.verify(Password("caf\u00e9 au lait"), hashed)


async def test_hashes_with_argon2id_at_the_promised_cost():
    hashed = await Argon2Passwords(STANDARD_COST).hash(PASSWORD)

    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_an_unknown_user_costs_the_same_work_and_is_never_accepted(monkeypatch):
    passwords = Argon2Passwords(TOY_COST)
    checked = []
    real_verify = type(passwords._argon2).verify
    monkeypatch.setattr(
        type(passwords._argon2),
        "verify",
        lambda argon2, hashed, text: checked.append(hashed) or real_verify(argon2, hashed, text),
    )

    assert not await passwords.verify(PASSWORD, None)
    assert [hashed.rsplit("$", 2)[0] for hashed in checked] == ["$argon2id$v=19$m=8,t=1,p=1"]


async def test_a_hash_of_another_cost_is_outdated():
    cheap, standard = Argon2Passwords(TOY_COST), Argon2Passwords(Cost(memory_kib=16, passes=1))
    hashed = await cheap.hash(PASSWORD)

    assert standard.needs_rehash(hashed)
    assert not cheap.needs_rehash(hashed)


async def test_refuses_hashes_beyond_the_queue_limit_and_recovers():
    passwords = Argon2Passwords(TOY_COST, workers=1, waiting=1)
    go_on = threading.Event()
    first, second = (asyncio.ensure_future(passwords._in_a_thread(go_on.wait)) for _ in range(2))
    await asyncio.sleep(0)
    try:
        with pytest.raises(TooBusy):
            await asyncio.wait_for(passwords.verify(PASSWORD, None), 1)
        first.cancel()  # the thread is still at it, so its place stays taken
        await asyncio.sleep(0)
        with pytest.raises(TooBusy):
            await asyncio.wait_for(passwords.verify(PASSWORD, None), 1)
    finally:
        go_on.set()
    assert await second
    assert not await passwords.verify(PASSWORD, None)


async def test_one_network_cannot_take_all_places():
    passwords = Argon2Passwords(TOY_COST, workers=1, waiting=8, places_per_network=3)
    flooder, honest = ClientAddress("2001:db8::1"), ClientAddress("192.0.2.1")
    go_on = threading.Event()
    flood = [asyncio.ensure_future(passwords._in_a_thread(go_on.wait, flooder)) for _ in range(20)]
    await asyncio.sleep(0)
    try:
        neighbor = ClientAddress("2001:db8::2")
        with pytest.raises(TooBusy):
            await asyncio.wait_for(passwords.verify(PASSWORD, None, neighbor), 1)
        waiting = asyncio.ensure_future(passwords.hash(PASSWORD, honest))
        await asyncio.sleep(0)
    finally:
        go_on.set()
    assert await waiting
    came_to = await asyncio.gather(*flood, return_exceptions=True)
    assert [type(each) for each in came_to] == [bool] * 3 + [TooBusy] * 17
    assert await passwords.hash(PASSWORD, flooder)  # its places are free again
