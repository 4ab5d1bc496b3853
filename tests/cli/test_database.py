"""``ece db`` and ``ece check`` on a real PostgreSQL."""

import json
from secrets import token_hex

import asyncpg
import pytest


@pytest.fixture
async def away(ece, postgres_server):
    """``ece`` with an empty database on an external server."""
    name = f"ece_cli_{token_hex(4)}"
    url = await postgres_server.create_database(name)
    yield ece.with_variable(ECE_DATABASE_URL=url)
    await postgres_server.drop_database(name)


def test_upgrades_and_downgrades_an_empty_database(away):
    empty = away("db", "check", "--json")
    assert empty.returncode == 1
    assert json.loads(empty.stdout) == {"revision": None, "newest": "0001", "ok": False}

    assert away("db", "upgrade").stdout == "the schema is at revision 0001\n"
    assert away("db", "check").returncode == 0

    assert away("db", "downgrade", "base").returncode == 0
    assert json.loads(away("db", "check", "--json").stdout)["revision"] is None


def test_upgrading_twice_changes_nothing(away):
    assert away("db", "upgrade").returncode == 0
    assert away("db", "upgrade").returncode == 0


def test_a_downgrade_asks_before_it_deletes_data(away):
    assert away("demo", "seed").returncode == 0
    refused = away("db", "downgrade", "base")
    assert refused.returncode == 2
    assert "identity_user" in refused.stderr
    assert "--yes" in refused.stderr
    assert away("db", "check").returncode == 0, "nothing was deleted"

    for answer, code in (("no", 130), ("yes", 0)):
        assert away.in_terminal("db", "downgrade", "base", typed=[answer])[0] == code
    assert json.loads(away("db", "check", "--json").stdout)["revision"] is None


def test_a_downgrade_in_a_script_needs_yes(away):
    assert away("demo", "seed").returncode == 0
    assert away("db", "downgrade", "base", "--yes").returncode == 0


def test_refuses_an_unknown_revision(away):
    assert away("db", "upgrade").returncode == 0
    refused = away("db", "downgrade", "1999")
    assert refused.returncode == 2
    assert "1999" in refused.stderr
    assert "Traceback" not in refused.stderr


async def test_refuses_a_database_of_a_newer_version(away):
    assert away("db", "upgrade").returncode == 0
    await _execute(away, "UPDATE alembic_version SET version_num = '9999'")
    refused = away("db", "upgrade")
    assert refused.returncode == 3
    assert "revision 9999" in refused.stderr


def test_check_requires_the_newest_revision(away):
    refused = away("check")
    assert refused.returncode == 3
    assert "run ece db upgrade" in refused.stderr


async def test_check_names_every_violation(away):
    assert away("demo", "seed").returncode == 0
    clean = away("check")
    assert clean.returncode == 0
    assert "every invariant holds" in clean.stdout

    changed = await _execute(
        away,
        "UPDATE ledger_account SET balance = balance + 1"
        " WHERE id = (SELECT id FROM ledger_account WHERE balance > 0 LIMIT 1)",
    )
    assert changed == "UPDATE 1"
    broken = away("check", "--json")
    assert broken.returncode == 1
    (violation,) = json.loads(broken.stdout)["violations"]
    assert violation["invariant"] == "I2"
    assert violation["subject"] in away("check").stdout


async def test_check_names_a_listing_of_another_condition(away):
    assert away("demo", "seed").returncode == 0
    changed = await _execute(
        away,
        "UPDATE cards_card SET condition_scale = NULL, condition_code = NULL,"
        " grade_company = 'PSA', grade = '3', certificate = '12345678'"
        " WHERE id = (SELECT card_id FROM market_listing WHERE state = 'active' LIMIT 1)",
    )
    assert changed == "UPDATE 1"
    broken = away("check", "--json")
    assert broken.returncode == 1
    (violation,) = json.loads(broken.stdout)["violations"]
    assert "PSA 3" in violation["what"]


def test_seeding_twice_changes_nothing(away):
    assert "ada@demo.example" in away("demo", "seed").stdout
    before = json.loads(away("check", "--json").stdout)
    assert "nothing to do" in away("demo", "seed").stdout
    assert json.loads(away("check", "--json").stdout) == before


async def _execute(away, sql):
    connection = await asyncpg.connect(away.environment["ECE_DATABASE_URL"])
    try:
        return await connection.execute(sql)
    finally:
        await connection.close()
