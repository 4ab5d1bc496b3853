"""For every invariant of the ledger, the audit of each store finds a planted violation."""

from collections.abc import Callable

import asyncpg
import pytest
from attrs import evolve, frozen

from ece_adapters.memory import MemoryDatabase
from ece_adapters.memory.ledger.tables import ClosedSettlement, LedgerTables
from ece_adapters.postgres import PostgresDatabase
from ece_domain.ledger import (
    Account,
    Entry,
    HeldCard,
    HoldId,
    HoldState,
    SettlementId,
    SettlementReceipt,
)
from ece_domain.ledger.storage import Balance, CardOwnership
from tests.contract.conftest import postgres_database
from tests.strategies.ledger import DEAL, NOON

from .day_of_trade import (
    ANNA,
    ANNAS,
    BELA,
    BID,
    HOUSE,
    LISTED,
    LISTING,
    SOLD,
    WORLD,
    a_day_of_trade,
)
from .stores import an_id, check, tamper


@frozen
class Tampering:
    """A forbidden change, and the violations that the audit must find."""

    sql: str
    in_memory: Callable[[LedgerTables], object]
    found: set[tuple[str, str]]


def change_entry(tables: LedgerTables, name: str, account: Account, amount: int) -> None:
    """With an amount of zero it vanishes."""
    rows = tables.entries._rows
    (place,) = [
        place
        for place, posted in enumerate(rows)
        if posted.settlement_id == an_id("settlement", name) and posted.entry.account == account
    ]
    changed = evolve(rows[place], entry=evolve(rows[place].entry, amount=amount))
    rows[place : place + 1] = [changed] if amount else []


def change_transfer(tables: LedgerTables, **change: object) -> None:
    posted = tables.card_transfers._rows[0]
    tables.card_transfers._rows[0] = evolve(posted, transfer=evolve(posted.transfer, **change))


def forge(tables: LedgerTables, **change: object) -> None:
    tables.closings._rows[0] = evolve(tables.closings[0], **change)


def change_settlement(tables: LedgerTables, **change: object) -> None:
    recorded = tables.settlements.get(SALE_ID)
    assert recorded is not None
    changed = evolve(recorded, receipt=evolve(recorded.receipt, **change))
    tables.settlements.put(SALE_ID, changed)


SALE_ID, LATE_ID, FORGED_ID = (
    SettlementId(an_id("settlement", name)) for name in ("sell", "late", "forged")
)
HOUSE_ID, ANNAS_ID = HOUSE.id, ANNAS.id
DIGEST = "its digest is not that of its settlements and the closing before"

TAMPERINGS = {
    "an entry changes after the fact": Tampering(
        "UPDATE ledger_entry SET amount = 6"
        f" WHERE account_id = '{HOUSE_ID}' AND settlement_id = '{SALE_ID}'",
        lambda tables: change_entry(tables, "sell", HOUSE, 6),
        {
            ("I1", f"settlement {SALE_ID}: sums to 1 USD/2, not to zero"),
            ("I2", f"account {HOUSE_ID}: balance is 8, its entries sum to 9"),
            ("I3", f"closing 2: {DIGEST}"),
            ("I3", "closing 2: its balances are not what the entries come to"),
        },
    ),
    "an entry vanishes": Tampering(
        f"DELETE FROM ledger_entry WHERE account_id = '{HOUSE_ID}' AND settlement_id = '{SALE_ID}'",
        lambda tables: change_entry(tables, "sell", HOUSE, 0),
        {("I1", f"settlement {SALE_ID}: sums to -5 USD/2, not to zero")},
    ),
    "the last entry of a user vanishes": Tampering(
        f"DELETE FROM ledger_entry WHERE account_id = '{ANNAS_ID}' AND nth = 2",
        lambda tables: change_entry(tables, "sell", ANNAS, 0),
        {
            ("I2", f"account {ANNAS_ID}: counts 2 entries, the last one is 1"),
            ("I2", f"account {ANNAS_ID}: balance is 145, its entries sum to 100"),
        },
    ),
    "an entry of a user vanishes from between": Tampering(
        f"DELETE FROM ledger_entry WHERE account_id = '{ANNAS_ID}' AND nth = 1",
        lambda tables: change_entry(tables, "deposit", ANNAS, 0),
        {("I2", f"account {ANNAS_ID}, entry 2: comes where the number is 1")},
    ),
    "a settlement is said to be about something else": Tampering(
        f"UPDATE ledger_settlement SET purpose = 'test.gift' WHERE id = '{SALE_ID}'",
        lambda tables: change_settlement(tables, purpose="test.gift"),
        {("I3", f"closing 2: {DIGEST}")},
    ),
    "a settlement drops out of the queue": Tampering(
        f"DELETE FROM ledger_unclosed_settlement WHERE settlement_id = '{LATE_ID}'",
        lambda tables: tables.unclosed_settlements.remove(LATE_ID),
        {
            ("I3", f"settlement {LATE_ID}: is neither closed nor queued to be closed"),
            ("I2", f"account {HOUSE_ID}: balance is 5, its entries sum to 8"),
        },
    ),
    "a settlement is closed, and queued once more": Tampering(
        f"INSERT INTO ledger_unclosed_settlement VALUES ('{SALE_ID}')",
        lambda tables: tables.unclosed_settlements.put(SALE_ID, SALE_ID),
        {
            ("I3", f"settlement {SALE_ID}: is closed, and queued to be closed"),
            ("I2", f"account {HOUSE_ID}: balance is 13, its entries sum to 8"),
        },
    ),
    "a settlement changes its closing": Tampering(
        f"UPDATE ledger_closed_settlement SET closing_number = 1 WHERE settlement_id = '{SALE_ID}'",
        lambda tables: tables.closed_settlements.put(SALE_ID, ClosedSettlement(SALE_ID, 1)),
        {
            ("I3", "closing 1: closed 2 settlements, there are 3"),
            ("I3", "closing 2: closed 1 settlements, there are 0"),
        },
    ),
    "a closing is lost": Tampering(
        "DELETE FROM ledger_closing WHERE number = 2",
        lambda tables: tables.closings._rows.pop(),
        {("I3", "closing 2: has closed settlements, but is not recorded")},
    ),
    "the exchange pays out what it does not have": Tampering(
        f"INSERT INTO ledger_settlement VALUES ('{FORGED_ID}', 'test.forged', '', now());"
        f" INSERT INTO ledger_unclosed_settlement VALUES ('{FORGED_ID}');"
        f" INSERT INTO ledger_entry VALUES ('{FORGED_ID}', '{HOUSE_ID}', -9, NULL, NULL),"
        f" ('{FORGED_ID}', '{WORLD.id}', 9, NULL, NULL)",
        lambda tables: tables.record(
            b"",
            SettlementReceipt(
                SettlementId(FORGED_ID),
                "test.forged",
                NOON,
                (Entry(HOUSE, -9, None), Entry(WORLD, 9, None)),
                (),
            ),
        ),
        {("I2", f"account {HOUSE_ID}: balance -1 is below zero")},
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
        {
            (
                "I3",
                (
                    f"settlement {SALE_ID}: has entries, card transfers or a closing, "
                    "but is not recorded"
                ),
            )
        },
    ),
    "a closing is forged": Tampering(
        r"UPDATE ledger_closing SET digest = '\x00', settlement_count = 9 WHERE number = 1",
        lambda tables: forge(tables, digest=b"\0", settlement_count=9),
        {
            ("I3", "closing 1: closed 9 settlements, there are 2"),
            ("I3", f"closing 1: {DIGEST}"),
            ("I3", f"closing 2: {DIGEST}"),
        },
    ),
    "a card changes hands by itself": Tampering(
        f"UPDATE cards_card SET owner_id = '{ANNA}' WHERE id = '{SOLD}'",
        lambda tables: tables.card_ownerships.put(SOLD, CardOwnership(ANNA)),
        {("I4", f"card {SOLD}: is {ANNA}'s, its last transfer was to {BELA}")},
    ),
    "a card comes from one who does not own it": Tampering(
        f"UPDATE ledger_card_transfer SET from_owner_id = '{BELA}'",
        lambda tables: change_transfer(tables, from_owner_id=BELA),
        {
            ("I4", f"card {SOLD}: {BELA} gave what was {ANNA}'s"),
            ("I3", f"closing 2: {DIGEST}"),
        },
    ),
    "a card transfer vanishes": Tampering(
        "DELETE FROM ledger_card_transfer",
        lambda tables: tables.card_transfers._rows.pop(),
        {
            ("I4", f"card {SOLD}: counts 1 transfers, there are 0"),
            ("I3", f"closing 2: {DIGEST}"),
        },
    ),
    "a card vanishes": Tampering(
        f"DELETE FROM cards_card WHERE id = '{SOLD}'",
        lambda tables: (tables.minted.remove(SOLD), tables.card_ownerships.remove(SOLD)),
        {("I4", f"card {SOLD}: is transferred or held, but does not exist")},
    ),
    "a card forgets its hold": Tampering(
        f"UPDATE cards_card SET hold_id = NULL WHERE id = '{LISTED}'",
        lambda tables: tables.card_ownerships.put(LISTED, CardOwnership(ANNA)),
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
async def test_reports_the_violation_when(database, name):
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


async def test_finds_no_violation_in_a_day_of_trade_and_counts_its_rows(database):
    await a_day_of_trade(database)
    checked = await check(database)

    assert checked.violations == ()
    # The deposits make three entries with the external account, the sale three, the late fee two.
    assert (checked.settlements, checked.entries) == (4, 8)
    assert (checked.accounts, checked.cards, checked.closings) == (2, 2, 2)


KEPT_FOR_EVER = {
    "ledger_closing": "digest",
    "ledger_closing_balance": "balance",
    "ledger_ended_hold": "state",
    "ledger_entry": "amount",
    "ledger_card_transfer": "nth",
    "ledger_closed_settlement": "closing_number",
    "ledger_settlement": "settled_at",
}


@pytest.mark.parametrize(("table", "column"), KEPT_FOR_EVER.items())
async def test_rows_of_the_ledger_cannot_be_changed(postgres_server, table, column):
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
