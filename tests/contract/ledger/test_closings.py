"""Closings have one order and one process, and lose no late commit."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from ece_adapters.memory import MemoryDatabase
from ece_adapters.postgres import PostgresDatabase
from ece_adapters.postgres.engine.event_rows import event_arguments
from ece_adapters.postgres.ledger.ledger import settle_arguments, settle_call
from ece_adapters.storage.event_origin import UNKNOWN_ORIGIN
from ece_domain.ledger import CloseBooks, InsufficientFunds, MoveMoney, Settlement
from ece_domain.ledger.storage import settlement_posted
from ece_domain.ledger.use_cases import close_books
from tests.contract.conftest import postgres_database
from tests.strategies.ledger import NOON

from .day_of_trade import ANNAS, BELAS, HOUSE, WORLD, a_day_of_trade
from .stores import an_id, check, deposit, dollars, settle, usd


async def test_both_stores_close_their_books_to_the_same_digest(postgres_server):
    memory = MemoryDatabase()
    async with postgres_database(postgres_server) as postgres:
        chains = []
        for store in (memory, postgres):
            await a_day_of_trade(store)
            async with store.begin() as transaction:
                closings = [each async for each in transaction.books.closings()]
            chains.append(closings)

    assert chains[0] == chains[1]
    assert [closing.number for closing in chains[0]] == [1, 2]
    assert chains[0][0].balances == {WORLD.id: -200}
    assert chains[0][1].balances == {HOUSE.id: 5}  # and not those that did not change


async def test_the_journal_is_sorted_by_closing_and_id_with_unclosed_settlements_last(database):
    for number in range(16):
        if number % 4 == 0:
            await CloseBooks(database.begin, lambda: NOON)()
        await settle(database, number, deposit(ANNAS, 1))
    async with database.begin() as transaction:
        records = [record async for record in transaction.books.journal()]

    places = [(record.closing_number or 4, record.settlement_id) for record in records]
    assert places == sorted(places)
    assert [number for number, _ in places] == [1] * 4 + [2] * 4 + [3] * 4 + [4] * 4


async def test_closes_nothing_when_nothing_was_settled(database):
    close = CloseBooks(database.begin, lambda: NOON)
    assert await close() == ()

    await settle(database, "deposit", deposit(ANNAS, 1))
    assert [closing.settlement_count for closing in await close()] == [1]
    assert await close() == ()


async def test_closes_until_the_queue_is_drained(database, monkeypatch):
    monkeypatch.setattr(close_books, "SETTLEMENTS_PER_CLOSING", 2)
    for number in range(5):
        await settle(database, number, deposit(ANNAS, 1))

    closings = await CloseBooks(database.begin, lambda: NOON)()

    assert [closing.settlement_count for closing in closings] == [2, 2, 1]
    assert [closing.balances for closing in closings] == [{WORLD.id: -n} for n in (2, 4, 5)]
    assert (await check(database)).violations == ()


async def test_a_settlement_that_commits_after_a_closing_is_in_the_next_one(postgres_server):
    """A late settlement is closed even if its id is lower than those closed before."""
    async with postgres_database(postgres_server) as postgres:
        await settle(postgres, "names the world", deposit(BELAS, 1))
        low, high = sorted([an_id("settlement", "one"), an_id("settlement", "two")])
        close = CloseBooks(postgres.begin, lambda: NOON)
        async with committed_late(postgres, Settlement(low, "test.settle", (deposit(ANNAS, 1),))):
            async with postgres.begin() as transaction:
                moves = (deposit(BELAS, 2),)
                transaction.ledger.settle(Settlement(high, "test.settle", moves), NOON)
            assert [closing.settlement_count for closing in await close()] == [2]
        assert [closing.settlement_count for closing in await close()] == [1]

        async with postgres.begin() as transaction:
            assert await transaction.books.balance_of(WORLD) == -4
        assert (await check(postgres)).violations == ()


@asynccontextmanager
async def committed_late(postgres: PostgresDatabase, settlement: Settlement) -> AsyncIterator[None]:
    plan = settlement.plan()
    event = settlement_posted(settlement, plan, NOON)
    arguments = {
        **settle_arguments(settlement, plan, NOON),
        **event_arguments(event, UNKNOWN_ORIGIN, an_id("event")),
    }
    connection = await asyncpg.connect(postgres.dsn)
    try:
        async with connection.transaction():
            await connection.execute(f"SELECT {settle_call(tuple(arguments))}", *arguments.values())
            yield
    finally:
        await connection.close()


async def test_the_balance_of_a_platform_account_includes_unclosed_settlements(database):
    await a_day_of_trade(database)
    await settle(database, "fee", MoveMoney(ANNAS, HOUSE, usd(7)))

    async with database.begin() as transaction:
        assert await transaction.books.balance_of(HOUSE) == 15
        assert await transaction.books.balance_of(ANNAS) == 138
        assert await transaction.books.balance_of(WORLD) == -200
        assert await transaction.books.balance_of(dollars("nobody")) == 0


async def test_of_two_who_close_the_books_at_once_one_does(database):
    await settle(database, "deposit", deposit(ANNAS, 1))

    async with database.begin() as first:
        assert await first.books.close(NOON, limit=9) is not None
        async with database.begin() as second:
            assert await second.books.close(NOON, limit=9) is None

    async with database.begin() as transaction:
        assert [closing.number async for closing in transaction.books.closings()] == [1]


async def test_a_platform_account_pays_no_more_than_it_has(database):
    await a_day_of_trade(database)  # five are closed, three are not

    with pytest.raises(InsufficientFunds) as refusal:
        await settle(database, "too much", MoveMoney(HOUSE, ANNAS, usd(9)))
    assert refusal.value.details == {"available": usd(8), "needed": usd(9)}

    await settle(database, "all", MoveMoney(HOUSE, ANNAS, usd(8)))
    with pytest.raises(InsufficientFunds):
        await settle(database, "one more", MoveMoney(HOUSE, WORLD, usd(1)))
    assert (await check(database)).violations == ()


async def test_an_empty_platform_account_pays_nothing(database):
    with pytest.raises(InsufficientFunds):
        await settle(database, "from nothing", MoveMoney(HOUSE, ANNAS, usd(10**9)))
