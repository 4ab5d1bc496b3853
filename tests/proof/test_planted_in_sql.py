"""Bugs planted in the SQL, one by one: the races or the audit must find each of them.

A bug is a replaced text, or a dropped constraint, in a separate database. Without concurrency, each
of these databases works.
"""

from collections.abc import AsyncIterator
from types import ModuleType

import asyncpg
import pytest
from attrs import frozen

from ece_adapters.postgres import PostgresDatabase
from ece_adapters.postgres.market import listings as market
from ece_domain.cards import CardId
from ece_domain.kernel import DomainError
from ece_domain.ledger import CaptureHold, MoveCard, MoveMoney, ReleaseHold
from tests.contract.conftest import postgres_database
from tests.contract.ledger import crowds
from tests.contract.ledger.racing import DEADLOCK, Run
from tests.contract.ledger.stores import (
    a_user,
    an_id,
    assert_sound,
    deposit,
    dollars,
    mint,
    settle,
    usd,
)
from tests.contract.market import crowds as market_crowds
from tests.named_errors import unnamed

BUDGET = 100
"""The maximum number of races to find a bug."""


@frozen
class Bug:
    """``replaced`` are texts of the SQL function, ``in_python`` one of the adapter's own SQL."""

    race: Run
    replaced: tuple[tuple[str, str], ...] = ()
    in_function: str = "ledger_settle"
    gone: tuple[str, ...] = ()
    in_python: tuple[ModuleType, str, str, str] | None = None
    names: str = ""
    """A text that the finding must contain."""


_ENOUGH = "balance - held + amounts[i] - helds[i] >= 0"
_SEEN = "(SELECT seen.{} FROM ledger_account AS seen WHERE seen.id = accounts[i])"
_BY_AMOUNT = "SELECT n FROM generate_subscripts(accounts, 1) AS n ORDER BY amounts[n]"
_NOT_THERE = "NOT EXISTS (SELECT FROM ledger_settlement WHERE id = p_id)"
_NOT_LOCKED = """
            WITH gone AS (
                DELETE FROM ledger_hold
                WHERE id = closed[i] AND captures[i] IN (0, amount - captured)
            ), ended AS (
                SELECT *"""
_NEVER_NEGATIVE = "ALTER TABLE ledger_account DROP CONSTRAINT ledger_account_held"

BUGS = {
    "unordered locks": Bug(
        crowds.s17_crossing_transfers_wait_in_no_circle,
        replaced=(
            ("at_index   integer;", "at_index integer; i integer;"),
            (
                "FOR i IN 1 .. cardinality(accounts) LOOP",
                f"FOR i IN {_BY_AMOUNT} LOOP",
            ),
        ),
        names=DEADLOCK,
    ),
    "check-then-act on a balance": Bug(
        crowds.s15_nobody_spends_more_than_there_is,
        replaced=(
            (_ENOUGH, f"{_SEEN.format('balance - seen.held')} + amounts[i] - helds[i] >= 0"),
        ),
        gone=(_NEVER_NEGATIVE,),
    ),
    "a balance written as it was read": Bug(
        crowds.a_bank_of_workers_loses_no_money,
        replaced=(
            (
                "SET balance = balance + amounts[i]",
                f"SET balance = {_SEEN.format('balance')} + amounts[i]",
            ),
        ),
    ),
    "hold not counted": Bug(
        crowds.s15_nobody_spends_more_than_there_is,
        replaced=((_ENOUGH, "balance + amounts[i] >= 0"),),
        gone=(_NEVER_NEGATIVE,),
    ),
    "captures beyond the hold": Bug(
        crowds.s11_captures_take_no_more_than_is_held,
        replaced=(("captures[i] < amount - captured", "captures[i] <= amount"),),
        gone=("ALTER TABLE ledger_hold DROP CONSTRAINT ledger_hold_captured", _NEVER_NEGATIVE),
    ),
    "released hold captured": Bug(
        crowds.s12_what_is_captured_is_not_given_back,
        replaced=(("WITH ended AS (\n                DELETE", _NOT_LOCKED), ("RETURNING *", "")),
        gone=(
            "ALTER TABLE ledger_ended_hold DROP CONSTRAINT ledger_ended_hold_pkey",
            _NEVER_NEGATIVE,
        ),
    ),
    "expired hold captured": Bug(
        crowds.the_sweep_and_a_capture_at_the_expiry,
        replaced=(
            (
                "captures[i] = 0 OR expires_at IS NULL OR expires_at > p_now",
                "captures[i] = 0 OR TRUE",
            ),
        ),
    ),
    "card given by whoever had it": Bug(
        crowds.one_is_given_a_card,
        replaced=(("AND owner_id = from_owners[i]", ""),),
    ),
    "card set aside twice": Bug(
        crowds.a_card_is_set_aside_once,
        replaced=(("AND hold_id IS NOT DISTINCT FROM holds_before[i]", ""),),
        gone=("DROP INDEX ledger_hold_card_once",),
    ),
    "settlement looked up, then added": Bug(
        crowds.one_settlement_sent_by_many_is_settled_once,
        replaced=(
            (
                "VALUES (p_id, p_purpose, p_digest, p_now)\n    ON CONFLICT (id) DO NOTHING;",
                f"SELECT p_id, p_purpose, p_digest, p_now WHERE {_NOT_THERE};",
            ),
        ),
        gone=("ALTER TABLE ledger_settlement DROP CONSTRAINT ledger_settlement_pkey",),
    ),
    "position skipped": Bug(
        crowds.the_books_are_closed_while_money_moves,
        in_function="ledger_close",
        replaced=(
            (
                "settlement_id = ANY (settlement_ids)",
                # Taken for an order of commits: what is below the last one closed.
                "settlement_id <= settlement_ids[cardinality(settlement_ids)]",
            ),
            ("taken <> cardinality(settlement_ids)", "FALSE"),
        ),
    ),
    "a platform account pays what another debit took": Bug(
        crowds.a_platform_account_pays_what_it_has,
        in_function="ledger_check_platform_account",
        replaced=((" WHERE id = p_id FOR UPDATE", " WHERE id = p_id"),),
    ),
    "unique key removed": Bug(
        market_crowds.s21_a_key_sent_by_many_buys_once,
        gone=("ALTER TABLE idempotency_record DROP CONSTRAINT idempotency_record_pkey",),
    ),
    "stale version accepted": Bug(
        market_crowds.s2_a_purchase_a_cancellation_and_a_new_price,
        in_python=(market, "_UPDATE_LISTING", "version = $2", "$2::integer IS NOT NULL"),
    ),
}


@pytest.fixture
async def postgres(postgres_server) -> AsyncIterator[PostgresDatabase]:
    async with postgres_database(postgres_server) as database:
        yield database


async def plant(bug: Bug, postgres: PostgresDatabase, patch: pytest.MonkeyPatch) -> None:
    connection = await asyncpg.connect(postgres.dsn)
    try:
        await connection.execute(_DEADLOCKS_FOUND_SOON)
        await connection.execute(_COMMITS_TAKE_THEIR_TIME)
        for statement in bug.gone:
            await connection.execute(statement)
        definition = await connection.fetchval(
            "SELECT pg_get_functiondef($1::regproc)", bug.in_function
        )
        for sound, buggy in bug.replaced:
            definition = replaced_once(definition, sound, buggy)
        await connection.execute(definition)
    finally:
        await connection.close()
    if bug.in_python:
        module, name, sound, buggy = bug.in_python
        patch.setattr(module, name, replaced_once(getattr(module, name), sound, buggy))


_DEADLOCKS_FOUND_SOON = """
DO $$ BEGIN
    EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = ''20ms''', current_database());
END $$
"""
_COMMITS_TAKE_THEIR_TIME = """
CREATE FUNCTION sleep() RETURNS trigger LANGUAGE plpgsql
AS 'BEGIN PERFORM pg_sleep(0.002); RETURN NULL; END';
CREATE CONSTRAINT TRIGGER sleep AFTER INSERT ON ledger_settlement DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION sleep()
"""
"""Otherwise, on a busy processor, a transaction ends before another one can interleave."""


def replaced_once(text: str, sound: str, buggy: str) -> str:
    assert text.count(sound) == 1, f"{sound!r} is not there once"
    return text.replace(sound, buggy)


async def assert_sound_one_by_one(postgres: PostgresDatabase) -> None:
    """Without a planted bug, the races find nothing."""
    anna, card = a_user("anna"), CardId(an_id("a quiet card"))
    await mint(postgres, anna, card)
    bid = await crowds.a_bid(postgres, -1)
    await settle(postgres, "pay", MoveMoney(crowds.bidder(-1), dollars("anna"), usd(900)))
    await settle(
        postgres, "take", CaptureHold(bid, MoveMoney(crowds.bidder(-1), dollars("anna"), usd(60)))
    )
    await settle(postgres, "give back", ReleaseHold(bid))
    await settle(postgres, "give", MoveCard(card, anna, a_user("bela")))
    await settle(postgres, "deposit", deposit(dollars("bela"), 5))
    await settle(postgres, "deposit", deposit(dollars("bela"), 5))
    await assert_sound(postgres)
    assert await crowds.balance(postgres, dollars("anna")) == 960
    assert await crowds.balance(postgres, dollars("bela")) == 5


@pytest.mark.parametrize("name", BUGS)
async def test_a_planted_bug_is_found(name, postgres, monkeypatch, tally):
    bug = BUGS[name]
    await plant(bug, postgres, monkeypatch)
    await assert_sound_one_by_one(postgres)

    rounds, finding = await hunt(bug, postgres)
    unnamed.clear()  # a planted bug may end in errors that no use case names

    tally.count("bugs found", int(bug.names in finding), at_least=1)
    tally.count("races until then", rounds)


async def hunt(bug: Bug, postgres: PostgresDatabase) -> tuple[int, str]:
    """The number of races until the bug was found, and the finding."""
    for number in range(BUDGET):
        try:
            await bug.race(postgres, number)
            await assert_sound(postgres)
        except (AssertionError, DomainError) as finding:
            return number + 1, str(finding)
    return pytest.fail(f"{BUDGET} races have not found it")
