"""Who guesses passwords is slowed down, and nobody else (decision 29)."""

import pytest
from attrs import evolve

from ece_domain.identity import ClientAddress, Password, WrongCredentials
from ece_domain.kernel import EventLogTransaction, RateLimited
from tests.rate_limits import usual_limits

HOME = ClientAddress("192.0.2.1")
ATTACKER = ClientAddress("198.51.100.7")
WRONG = Password("wrong horse battery")


@pytest.fixture
def limited(exchange):
    return evolve(exchange, limits=usual_limits(exchange.clock))


async def outcomes(calls):
    """What each of these calls came to, one after the other."""
    came_to = []
    for call in calls:
        try:
            came_to.append(type(await call))
        except (WrongCredentials, RateLimited) as refusal:
            came_to.append(type(refusal))
    return came_to


def botnet(size):
    """Addresses of different networks."""
    return (ClientAddress(f"203.0.{number // 250}.{number % 250}") for number in range(size))


async def events_of(exchange, kind):
    async with exchange.database.begin() as transaction:
        log: EventLogTransaction = transaction
        while await log.event_log.assign_positions(1_000):
            pass
    async with exchange.database.begin() as transaction:
        recorded = await transaction.event_log.read_after(0, 10_000)
    return [each.event for each in recorded if each.event.kind == kind]


async def test_guesses_at_one_account_from_one_address_end_at_the_limit(limited):
    await limited.register("ann")
    came_to = await outcomes(limited.log_in("ann", WRONG, ATTACKER) for _ in range(100))

    assert came_to == [WrongCredentials] * 10 + [RateLimited] * 90


async def test_no_password_is_hashed_beyond_the_limit(limited):
    hashed = []

    class Counting:
        async def verify(self, *arguments):
            hashed.append(arguments)
            return False

    counting = evolve(limited, passwords=Counting())
    await outcomes(counting.log_in("ann", WRONG, ATTACKER) for _ in range(100))
    assert len(hashed) == 10


async def test_a_victim_logs_in_while_others_guess(limited):
    await limited.register("ann")
    await outcomes(limited.log_in("ann", WRONG, ATTACKER) for _ in range(100))

    assert limited.claims(await limited.log_in("ann", address=HOME))


async def test_guesses_from_many_addresses_end_at_the_limit_of_the_account(limited):
    await limited.register("ann")
    came_to = await outcomes(limited.log_in("ann", WRONG, address) for address in botnet(300))

    assert came_to == [WrongCredentials] * 100 + [RateLimited] * 200


async def test_a_victim_logs_in_where_they_have_a_session_though_a_botnet_guesses(limited):
    await limited.register("ann")
    await limited.log_in("ann", address=HOME)
    await outcomes(limited.log_in("ann", WRONG, address) for address in botnet(200))

    assert limited.claims(await limited.log_in("ann", address=HOME))
    with pytest.raises(RateLimited):
        await limited.log_in("ann", address=ATTACKER)


async def test_a_session_that_moved_is_known_where_it_was_refreshed_last(limited):
    await limited.register("ann")
    signed = await limited.log_in("ann", address=HOME)
    on_the_road = ClientAddress("2001:db8:1:2::3")
    await limited.refresh(signed.refresh, on_the_road)
    await outcomes(limited.log_in("ann", WRONG, address) for address in botnet(200))

    assert limited.claims(await limited.log_in("ann", address=ClientAddress("2001:db8:1:2::9")))
    with pytest.raises(RateLimited):
        await limited.log_in("ann", address=HOME)


async def test_an_ended_or_expired_session_makes_no_address_known(limited):
    await limited.register("ann")
    await limited.log_in("ann", address=HOME)
    signed = await limited.log_in("ann", address=ATTACKER)
    await limited.log_out(limited.claims(signed).session_id)
    limited.clock.advance(days=14)
    await outcomes(limited.log_in("ann", WRONG, address) for address in botnet(200))
    for address in (HOME, ATTACKER):
        with pytest.raises(RateLimited):
            await limited.log_in("ann", address=address)


async def test_one_address_tries_few_passwords_over_all_accounts(limited):
    came_to = await outcomes(limited.log_in(f"user{n}", WRONG, ATTACKER) for n in range(150))
    assert came_to == [WrongCredentials] * 100 + [RateLimited] * 50


async def test_the_addresses_of_one_ipv6_network_are_one(limited):
    addresses = (ClientAddress(f"2001:db8::{number:x}") for number in range(20))
    came_to = await outcomes(limited.log_in("ann", WRONG, address) for address in addresses)
    assert came_to == [WrongCredentials] * 10 + [RateLimited] * 10


async def test_an_unknown_account_is_limited_like_a_known_one(limited):
    await limited.register("ann")
    known = await outcomes(limited.log_in("ann", WRONG, ATTACKER) for _ in range(15))
    limited.clock.advance(hours=1)
    unknown = await outcomes(limited.log_in("nobody", WRONG, ATTACKER) for _ in range(15))

    assert known == unknown


async def test_the_limit_comes_back(limited):
    await limited.register("ann")
    await outcomes(limited.log_in("ann", WRONG, ATTACKER) for _ in range(10))
    with pytest.raises(RateLimited) as refused:
        await limited.log_in("ann", WRONG, ATTACKER)
    limited.clock.advance(seconds=refused.value.retry_after_seconds)

    assert limited.claims(await limited.log_in("ann", address=ATTACKER))


async def test_registrations_of_one_address_end_at_its_limit(limited):
    came_to = await outcomes(limited.register(f"user{n}", address=ATTACKER) for n in range(101))
    assert came_to[-1] is RateLimited
    assert await limited.register("ann", address=HOME)


async def test_refreshes_of_one_address_end_at_its_limit(limited):
    await limited.register("ann")
    token = (await limited.log_in("ann", address=HOME)).refresh
    for _ in range(300):
        token = (await limited.refresh(token, ATTACKER)).refresh
    with pytest.raises(RateLimited):
        await limited.refresh(token, ATTACKER)

    assert await limited.refresh(token, HOME)


async def test_failed_log_ins_are_events_with_address_and_user(limited):
    ann = await limited.register("ann")
    await outcomes([limited.log_in("ann", WRONG, ATTACKER), limited.log_in("bob", WRONG, HOME)])

    failed = await events_of(limited, "identity.log-in-failed")
    assert [(each.user_id, each.address) for each in failed] == [
        (ann.id, "198.51.100.7"),
        (None, "192.0.2.1"),
    ]


async def test_a_limited_log_in_is_an_event_with_the_limit(limited):
    ann = await limited.register("ann")
    for minute in range(3):
        limited.clock.advance(minutes=minute)
        await outcomes(limited.log_in("ann", WRONG, ATTACKER) for _ in range(20))

    limited_events = await events_of(limited, "identity.log-in-limited")
    assert limited_events
    assert {(each.user_id, each.limit) for each in limited_events} == {(ann.id, "authentication")}


async def test_strangers_cannot_fill_the_outbox(limited):
    """Of all attempts of one address, and of all on one account, ten in a quarter are recorded."""
    await limited.register("ann")
    await outcomes(limited.log_in(f"user{n}", WRONG, ATTACKER) for n in range(300))
    assert len(await events_of(limited, "identity.log-in-failed")) == 10
    await outcomes(limited.log_in("ann", WRONG, address) for address in botnet(300))
    assert len(await events_of(limited, "identity.log-in-failed")) == 20
    assert len(await events_of(limited, "identity.log-in-limited")) == 20


async def test_the_oldest_session_ends_with_one_too_many(exchange, outbox):
    await exchange.register("ann")
    sessions = [await exchange.log_in("ann") for _ in range(51)]

    async with exchange.database.begin() as transaction:
        user_id = exchange.claims(sessions[1]).user_id
        assert len(await transaction.sessions.open_of(user_id)) == 50
    assert exchange.revoked == {(await exchange.session(sessions[0])).id}
    assert (await outbox()).count("identity.session-ended") == 1
