"""Every promise of the ledger is seen broken once, in each store, and called by its name."""

from collections.abc import Callable

import asyncpg
import pytest
from attrs import evolve, frozen

from ece_adapters.memory import MemoryDatabase
from ece_adapters.memory.ledger import LedgerTables
from ece_adapters.postgres import PostgresDatabase
from ece_domain.cards import CardId
from ece_domain.kernel import USD, ConcurrentChange
from ece_domain.ledger import (
    Account,
    Balance,
    CaptureHold,
    CloseBooks,
    HeldCard,
    HeldMoney,
    Hold,
    HoldId,
    HoldPurpose,
    HoldState,
    MoveCard,
    MoveMoney,
    PlaceHold,
    PlatformRole,
    Possession,
)
from tests.contract.conftest import postgres_database
from tests.strategies.ledger import DEAL, NOON

from .stores import Store, a_user, an_id, check, deposit, dollars, mint, settle, tamper, usd

ANNA, BELA = a_user("anna"), a_user("bela")
ANNAS, BELAS = dollars("anna"), dollars("bela")
HOUSE = Account.of_platform(PlatformRole.COMMISSION, USD)
SOLD, LISTED = CardId(an_id("sold")), CardId(an_id("listed"))
BID = Hold(
    id=HoldId(an_id("bid")), deal=DEAL, purpose=HoldPurpose.BID, subject=HeldMoney(ANNAS, 30)
)
SALE, LISTING = (
    Hold(id=HoldId(card), deal=DEAL, purpose=HoldPurpose.LISTING, subject=HeldCard(card, ANNA))
    for card in (SOLD, LISTED)
)


async def a_day_of_trade(store: Store) -> None:
    """Money in, a bid, a card sold with a fee, another one listed; the books closed twice."""
    await mint(store, ANNA, SOLD, LISTED)
    await settle(store, "deposit", deposit(ANNAS, 100), deposit(BELAS, 100), PlaceHold(BID))
    await settle(store, "list", PlaceHold(SALE), PlaceHold(LISTING))
    await CloseBooks(store.begin, lambda: NOON)()
    await settle(
        store,
        "sell",
        CaptureHold(SALE, MoveCard(SOLD, ANNA, BELA)),
        MoveMoney(BELAS, ANNAS, usd(45)),
        MoveMoney(BELAS, HOUSE, usd(5)),
    )
    await CloseBooks(store.begin, lambda: NOON)()


@frozen
class Tampering:
    """A change that nobody should make, and the violations that it must come to."""

    sql: str
    in_memory: Callable[[LedgerTables], object]
    found: set[tuple[str, str]]


def an_entry(tables: LedgerTables, name: str, account: Account) -> int:
    (found,) = [
        place
        for place, (settlement, entry) in enumerate(tables.entries)
        if settlement == an_id("settlement", name) and entry.account == account
    ]
    return found


def change_entry(tables: LedgerTables, name: str, account: Account, amount: int) -> None:
    place = an_entry(tables, name, account)
    settlement, entry = tables.entries[place]
    tables.entries._rows[place] = settlement, evolve(entry, amount=amount)


def forge(tables: LedgerTables, **change: object) -> None:
    tables.closings._rows[0] = evolve(tables.closings[0], **change)


SALE_ID, HOUSE_ID, ANNAS_ID = an_id("settlement", "sell"), HOUSE.id, ANNAS.id

TAMPERINGS = {
    "an entry changes after the fact": Tampering(
        f"UPDATE ledger_entry SET amount = 6 WHERE account_id = '{HOUSE_ID}'",
        lambda tables: change_entry(tables, "sell", HOUSE, 6),
        {
            ("I1", f"settlement {SALE_ID}: sums to 1 USD/2, not to zero"),
            ("I3", "closing 2: its digest is not that of its entries and the closing before"),
            ("I3", "closing 2: its balances are not what the entries come to"),
        },
    ),
    "an entry vanishes": Tampering(
        f"DELETE FROM ledger_entry WHERE account_id = '{HOUSE_ID}'",
        # The place stays, as numbers do in PostgreSQL.
        lambda tables: change_entry(tables, "sell", HOUSE, 0),
        {("I1", f"settlement {SALE_ID}: sums to -5 USD/2, not to zero")},
    ),
    "an account loses its name": Tampering(
        f"DELETE FROM ledger_platform_account WHERE id = '{HOUSE_ID}'",
        lambda tables: tables.accounts.remove(HOUSE.id),
        {("I1", f"account {HOUSE_ID}: has entries, but its asset is not recorded")},
    ),
    "a balance moves without an entry": Tampering(
        f"UPDATE ledger_account SET balance = 999 WHERE id = '{ANNAS_ID}'",
        lambda tables: tables.balances.put(ANNAS, Balance(999, 30)),
        {("I2", f"account {ANNAS_ID}: balance is 999, its entries sum to 145")},
    ),
    "a counter drifts from the holds": Tampering(
        f"UPDATE ledger_account SET held = 31 WHERE id = '{ANNAS_ID}'",
        lambda tables: tables.balances.put(ANNAS, Balance(145, 31)),
        {("I2", f"account {ANNAS_ID}: 31 is held, its open holds sum to 30")},
    ),
    "a hold is forgotten": Tampering(
        f"DELETE FROM ledger_hold WHERE id = '{BID.id}'",
        lambda tables: tables.holds.put(BID.id, evolve(BID, state=HoldState.RELEASED)),
        {("I2", f"account {ANNAS_ID}: 30 is held, its open holds sum to 0")},
    ),
    "a settlement is struck from the record": Tampering(
        f"DELETE FROM ledger_settlement WHERE id = '{SALE_ID}'",
        lambda tables: tables.settlements.remove(SALE_ID),
        {("I3", f"settlement {SALE_ID}: has entries, but is not recorded")},
    ),
    "a closing is forged": Tampering(
        r"UPDATE ledger_closing SET digest = '\x00', entries = 9 WHERE number = 1",
        lambda tables: forge(tables, digest=b"\0", entries=9),
        {
            ("I3", "closing 1: sealed 9 entries, there are 3"),
            ("I3", "closing 1: its digest is not that of its entries and the closing before"),
            ("I3", "closing 2: its digest is not that of its entries and the closing before"),
        },
    ),
    "a card changes hands by itself": Tampering(
        f"UPDATE cards_card SET owner_id = '{ANNA}' WHERE id = '{SOLD}'",
        lambda tables: tables.possessions.put(SOLD, Possession(ANNA)),
        {("I4", f"card {SOLD}: is {ANNA}'s, its last taker is {BELA}")},
    ),
    "a handover comes from one who does not own the card": Tampering(
        f"UPDATE ledger_handover SET giver = '{BELA}'",
        lambda tables: tables.handovers._rows.__setitem__(
            0, (SALE_ID, evolve(tables.handovers[0][1], giver=BELA))
        ),
        {("I4", f"card {SOLD}: {BELA} gave what was {ANNA}'s")},
    ),
    "a card vanishes": Tampering(
        f"DELETE FROM cards_card WHERE id = '{SOLD}'",
        lambda tables: (tables.minted.remove(SOLD), tables.possessions.remove(SOLD)),
        {("I4", f"card {SOLD}: is handed over or held, but does not exist")},
    ),
    "a card forgets its hold": Tampering(
        f"UPDATE cards_card SET hold_id = NULL WHERE id = '{LISTED}'",
        lambda tables: tables.possessions.put(LISTED, Possession(ANNA)),
        {("I5", f"card {LISTED}: says hold None, open are ['{LISTING.id}']")},
    ),
    "a card is listed twice": Tampering(
        "DROP INDEX ledger_hold_card_once;"
        " INSERT INTO ledger_hold (id, context, deal_id, purpose, card_id, owner_id, amount)"
        f" VALUES ('{an_id('twice')}', 'test', '{DEAL.id}', 'listing', '{LISTED}', '{ANNA}', 1)",
        lambda tables: tables.holds.put(
            HoldId(an_id("twice")), evolve(LISTING, id=HoldId(an_id("twice")))
        ),
        {("I5", f"card {LISTED}: is under 2 open holds")},
    ),
    "somebody lists a card of somebody else": Tampering(
        f"UPDATE ledger_hold SET owner_id = '{BELA}' WHERE id = '{LISTING.id}'",
        lambda tables: tables.holds.put(
            LISTING.id, evolve(LISTING, subject=HeldCard(LISTED, BELA))
        ),
        {("I5", f"card {LISTED}: hold {LISTING.id} was placed by {BELA}, who does not own it")},
    ),
}


@pytest.mark.parametrize("name", TAMPERINGS)
async def test_names_what_is_wrong_when(database, name):
    await a_day_of_trade(database)
    tampering = TAMPERINGS[name]
    if isinstance(database, MemoryDatabase):
        tampering.in_memory(database.ledger)
    else:
        await tamper(database, tampering.sql)

    found = {
        (violation.invariant, f"{violation.subject}: {violation.what}")
        for violation in (await check(database)).violations
    }
    assert tampering.found <= found


async def test_finds_nothing_wrong_with_a_day_of_trade_and_says_what_it_saw(database):
    await a_day_of_trade(database)
    checked = await check(database)

    assert checked.violations == ()
    # The deposits make three entries with the external account, the sale makes three.
    assert (checked.entries, checked.accounts, checked.cards, checked.closings) == (6, 2, 2, 2)


async def test_both_stores_close_their_books_to_the_same_digest(postgres_server):
    memory = MemoryDatabase()
    async with postgres_database(postgres_server) as postgres:
        chains = []
        for store in (memory, postgres):
            await a_day_of_trade(store)
            async with store.begin() as transaction:
                closings = await transaction.books.closings()
            chains.append([evolve(closing, watermark=0) for closing in closings])

    assert chains[0] == chains[1]
    assert [closing.number for closing in chains[0]] == [1, 2]
    assert chains[0][1].balances == {Account.external(USD).id: -200, HOUSE.id: 5}


async def test_closes_nothing_when_nothing_was_settled(database):
    close = CloseBooks(database.begin, lambda: NOON)
    assert await close() is None

    await settle(database, "deposit", deposit(ANNAS, 1))
    assert await close() is not None
    assert await close() is None


async def test_a_platform_account_is_rolled_up_and_what_came_since_counts(database):
    await a_day_of_trade(database)
    await settle(database, "fee", MoveMoney(ANNAS, HOUSE, usd(7)))

    async with database.begin() as transaction:
        assert await transaction.books.balance_of(HOUSE) == 12
        assert await transaction.books.balance_of(ANNAS) == 138
        assert await transaction.books.balance_of(dollars("nobody")) == 0


KEPT_FOR_EVER = {
    "ledger_closing": "digest",
    "ledger_closing_balance": "balance",
    "ledger_ended_hold": "state",
    "ledger_entry": "amount",
    "ledger_handover": "giver",
    "ledger_settlement": "settled_at",
}


@pytest.mark.parametrize(("table", "column"), KEPT_FOR_EVER.items())
async def test_what_is_written_stays_written(postgres_server, table, column):
    async with postgres_database(postgres_server) as postgres:
        await a_day_of_trade(postgres)
        await _is_forbidden(postgres, f"UPDATE {table} SET {column} = {column}")
        await _is_forbidden(postgres, f"DELETE FROM {table}")
        await _is_forbidden(postgres, f"TRUNCATE {table}")


async def _is_forbidden(postgres: PostgresDatabase, change: str) -> None:
    """To the owner of the tables too, who has every privilege."""
    connection = await asyncpg.connect(postgres.dsn)
    try:
        with pytest.raises(asyncpg.RaiseError, match="the ledger only adds"):
            await connection.execute(change)
    finally:
        await connection.close()


async def test_of_two_who_close_the_books_at_once_one_does(database):
    await settle(database, "deposit", deposit(ANNAS, 1))

    async def close_and_be_late() -> None:
        async with database.begin() as late:
            assert await late.books.close(NOON) is not None
            async with database.begin() as early:
                assert await early.books.close(NOON) is not None

    with pytest.raises(ConcurrentChange):
        await close_and_be_late()

    async with database.begin() as transaction:
        assert [closing.number for closing in await transaction.books.closings()] == [1]
