"""Fills an exchange with the demo: people, cards and some weeks of trade."""

from datetime import datetime, timedelta
from typing import Final

from attrs import frozen
from dependency_injector import providers

from ece_domain.identity import Actor
from ece_domain.kernel import IdempotencyKey, IdempotentRequest
from ece_entrypoints.wiring.exchange import Exchange

from . import genesis
from .people import CURATOR, PEOPLE, registered
from .trade import StoryClock, Trade

_AGE: Final = timedelta(days=45)


@frozen
class Filled:
    """Recorded once the demo is complete."""

    at: datetime


async def fill(exchange: Exchange) -> bool:
    """Fill an open exchange through its use cases; False if it was filled before.

    An interrupted run is completed by the next one: each step has an idempotency key or is skipped
    if its result exists.
    """
    now: datetime = exchange.clock()()
    clock = StoryClock(now - _AGE)
    past = Exchange(
        settings=exchange.settings(),
        clock=providers.Object(clock),
        database=providers.Object(exchange.database()),
        secret=providers.Object(exchange.secret()),
    )
    curator = await registered(past, CURATOR)
    request = IdempotentRequest.of(curator.id, IdempotencyKey("demo-filled"), "demo.fill")
    async with exchange.database().begin() as transaction:
        if await transaction.idempotency_records.recall(request, Filled):
            return False
    clock.begin = curator.registered_at
    trade = Trade(
        exchange=past,
        clock=clock,
        people={person: (await registered(past, person)).id for person in PEOPLE},
        printings=await genesis.issue(past, Actor.of(curator)),
    )
    await trade.run()
    async with exchange.database().begin() as transaction:
        transaction.idempotency_records.record(request, Filled(now), Filled)
    return True
