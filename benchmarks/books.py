"""``check_books_s``: seconds of ``ece check --json`` over a million entries, closed by closings.

Every entry is read, its settlement's sum and its account's balance computed, and every closing's
digest made again. The process is a new one, so its start counts too.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from ece_adapters.postgres import PostgresDatabase
from ece_adapters.system import now
from ece_domain.identity import UserId
from ece_domain.kernel import USD
from ece_domain.ledger import Account, CloseBooks

from . import stock
from .figure import Figure
from .server import BooksNotSound, Site, run_sql, secret_file

CLOSINGS = 20
_EXTERNAL = Account.external(USD)
_ACCOUNTS = """
CREATE TABLE account_of (number bigint PRIMARY KEY, id uuid);
INSERT INTO account_of VALUES {values};
INSERT INTO ledger_account (id, kind, owner_id, asset)
    SELECT id, 'user', lpad((number + {buyers})::text, 32, '0')::uuid, '{asset}' FROM account_of;
INSERT INTO ledger_platform_account VALUES ('{external}', 'external', 'operator', '{asset}')
"""
_DEPOSITS = """
WITH settlement AS (
    SELECT n, lpad(n::text, 32, '0')::uuid AS id FROM generate_series({first}, {last}) AS n
), kept AS (
    INSERT INTO ledger_settlement SELECT id, 'bench.deposit', '', now() FROM settlement
), queued AS (
    INSERT INTO ledger_unclosed_settlement SELECT id FROM settlement
), changed AS (
    UPDATE ledger_account AS account
    SET balance = {last} / {users}, entry_count = {last} / {users}
)
INSERT INTO ledger_entry (settlement_id, account_id, amount, balance_after, nth)
    SELECT settlement.id, entry.* FROM settlement
    JOIN account_of ON number = (n - 1) % {users}
    CROSS JOIN LATERAL (
        VALUES (account_of.id, 1, (n - 1) / {users} + 1, (n - 1) / {users} + 1),
            ('{external}'::uuid, -1, NULL, NULL)
    ) AS entry
    ORDER BY n
"""


def measure(site: Site) -> Iterator[Figure]:
    entries = site.size(1_000_000, 100_000)
    url = site.new_database("bench_books")
    asyncio.run(_fill(url, entries // 2))
    command = (Path(sys.executable).with_name("ece"), "check", "--json")
    environment = {
        **os.environ,
        "ECE_DATABASE_URL": url,
        "ECE_SECRET_FILE": str(secret_file(site)),
    }
    started = perf_counter()
    done = subprocess.run(command, env=environment, check=True, capture_output=True)
    seconds = perf_counter() - started
    checked = json.loads(done.stdout)
    seen = checked["entries"], checked["closings"]
    if checked["violations"] or seen != (entries, CLOSINGS):
        raise BooksNotSound(checked)
    site.drop_database("bench_books")
    note = f"{entries:,} entries in {CLOSINGS} closings"
    yield Figure("check_books_s", seconds, goal=60, at_most=True, note=note)


async def _fill(url: str, deposits: int) -> None:
    """Deposits of a cent, to each user in turn, with the books closed at times."""
    ids = (
        Account.of_user(UserId(stock.id_of(stock.BUYERS + n)), USD).id for n in range(stock.USERS)
    )
    values = ", ".join(f"({number}, '{account}')" for number, account in enumerate(ids))
    names = {"external": _EXTERNAL.id, "asset": USD, "users": stock.USERS}
    await asyncio.to_thread(
        run_sql, url, _ACCOUNTS.format(values=values, buyers=stock.BUYERS, **names)
    )
    database = PostgresDatabase(url)
    await database.open()
    each = deposits // CLOSINGS
    for first in range(1, deposits, each):
        sql = _DEPOSITS.format(first=first, last=first + each - 1, **names)
        await asyncio.to_thread(run_sql, url, sql)
        await CloseBooks(database.begin, now)()
    await database.close()
