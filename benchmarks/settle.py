"""What a settlement costs from Python, against pgbench that calls the SQL function itself.

``settle_vs_pgbench``: CPU time of pgbench and server for one settlement, divided by the CPU time
of the Python adapter and server for the same. A settlement is a purchase: a listed card changes
hands, and its price is split between seller, creator and commission.
"""

import asyncio
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from subprocess import run
from uuid import UUID

import asyncpg
import psutil

from ece_adapters.postgres import PostgresDatabase
from ece_adapters.postgres.embedded import EmbeddedPostgres
from ece_adapters.postgres.migrate import upgrade
from ece_domain.cards import CardId
from ece_domain.identity import UserId
from ece_domain.kernel import USD, Money
from ece_domain.ledger import (
    Account,
    CaptureHold,
    CheckBooks,
    HeldCard,
    Hold,
    HoldId,
    HoldPurpose,
    MoveCard,
    MoveMoney,
    PlatformRole,
    Settlement,
    SettlementId,
)

GOAL = 0.55
CLIENTS = 8
SETTLEMENTS = 16_000
USERS = 1_000
NOW = datetime(2026, 7, 1, tzinfo=UTC)

# Users, cards and settlements are numbers, and ids are these numbers written as UUIDs. The ranges
# keep the accounts that pgbench names in order, as the function asks for.
BUYERS, SELLERS, CREATOR, COMMISSION = 1_000_000, 2_000_000, 3_000_000, 4_000_000

_SEED = """
SET session_replication_role = replica;
CREATE FUNCTION id_of(number bigint) RETURNS uuid IMMUTABLE LANGUAGE sql
    RETURN lpad(number::text, 32, '0')::uuid;
INSERT INTO cards_card (id, printing_id, serial, owner_id, hold_id, minted_to, minted_at)
    SELECT id_of(n), id_of(0), n, id_of({sellers} + n % {users}), id_of(n),
        id_of({sellers} + n % {users}), now()
    FROM generate_series(1, {cards}) AS n;
INSERT INTO ledger_hold (id, purpose, card_id, owner_id, amount)
    SELECT id, 'listing', id, owner_id, 1 FROM cards_card;
"""
_PGBENCH_ACCOUNTS = """
INSERT INTO ledger_account (id, owner_id, asset, balance)
    SELECT id_of(n), id_of(n), 'USD/2', 1000000000
    FROM (
        SELECT {buyers} + n AS n FROM generate_series(0, {users} - 1) AS n
        UNION ALL SELECT {sellers} + n FROM generate_series(0, {users} - 1) AS n
        UNION ALL SELECT {creator}
    ) AS numbered;
"""
_PGBENCH_SCRIPT = """
\\set done :done + 1
\\set number :client_id * {each} + :done
\\set buyer {buyers} + random(0, {users} - 1)
\\set seller {sellers} + :number % {users}
SELECT ledger_settle(
    id_of({settlements} + :number), 'market.purchase', sha256('market.purchase'), now(),
    ARRAY[id_of(:number)], ARRAY[id_of(:number)], ARRAY[id_of(:seller)], ARRAY[1], ARRAY['open'],
    ARRAY[id_of(:buyer), id_of(:seller), id_of({creator}), id_of({commission})],
    '{{user,user,user,platform}}', ARRAY[
        id_of(:buyer)::text, id_of(:seller)::text, id_of({creator})::text, 'commission'
    ], '{{USD/2,USD/2,USD/2,USD/2}}', '{{-1000,870,50,80}}', '{{0,0,0,0}}',
    ARRAY[id_of(:number)], ARRAY[id_of(:seller)], ARRAY[id_of(:number)], ARRAY[id_of(:buyer)],
    '{{NULL}}', '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', '{{}}'
);
"""
_NUMBERS = {
    "buyers": BUYERS,
    "sellers": SELLERS,
    "creator": CREATOR,
    "commission": COMMISSION,
    "settlements": 5_000_000,
    "users": USERS,
    "cards": SETTLEMENTS,
    "each": SETTLEMENTS // CLIENTS,
}


def id_of(number: int) -> UUID:
    return UUID(f"{number:032}")


def a_purchase(number: int) -> Settlement:
    card, seller = CardId(id_of(number)), UserId(id_of(SELLERS + number % USERS))
    buyer = UserId(id_of(BUYERS + number * 7919 % USERS))
    listing = Hold(id=HoldId(card), purpose=HoldPurpose.LISTING, subject=HeldCard(card, seller))
    pays = Account.of_user(buyer, USD)
    return Settlement(
        SettlementId(id_of(5_000_000 + number)),
        "market.purchase",
        (
            CaptureHold(listing, MoveCard(card, seller, buyer)),
            MoveMoney(pays, Account.of_user(seller, USD), Money(870, USD)),
            MoveMoney(pays, Account.of_user(UserId(id_of(CREATOR)), USD), Money(50, USD)),
            MoveMoney(pays, Account.of_platform(PlatformRole.COMMISSION, USD), Money(80, USD)),
        ),
    )


async def measure(server: EmbeddedPostgres) -> dict[str, float | str]:
    """Both ways in turn, each in a new database of the server, which must be running.

    :raises AssertionError: if the books are not sound after it.
    """
    by_pgbench = await _by_pgbench(server)
    by_python = await _by_python(server)
    return {
        "name": "settle_vs_pgbench",
        "value": round(sum(by_pgbench) / sum(by_python), 3),
        "goal": GOAL,
        "pgbench_us": round(by_pgbench[0]),
        "pgbench_server_us": round(by_pgbench[1]),
        "python_us": round(by_python[0]),
        "python_server_us": round(by_python[1]),
    }


async def _by_pgbench(server: EmbeddedPostgres) -> tuple[float, float]:
    url = await _seeded(server, "bench_settle_pgbench", _SEED + _PGBENCH_ACCOUNTS)
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(_PGBENCH_SCRIPT.format(**_NUMBERS))
        script.flush()
        command = [
            server.binaries / "pgbench", "--no-vacuum", "--protocol=prepared", "--define=done=0",
            f"--client={CLIENTS}", f"--transactions={SETTLEMENTS // CLIENTS}",
            f"--file={script.name}", url,
        ]  # fmt: skip
        before = _server_cpu(server), _children_cpu()
        await asyncio.to_thread(run, command, check=True, capture_output=True)
        after = _server_cpu(server), _children_cpu()
    await server.drop_database("bench_settle_pgbench")
    return _each(after[1] - before[1]), _each(after[0] - before[0])


async def _by_python(server: EmbeddedPostgres) -> tuple[float, float]:
    url = await _seeded(server, "bench_settle_python", _SEED)
    database = PostgresDatabase(url, connections=CLIENTS)
    await database.open()
    for number in range(USERS):
        account = Account.of_user(UserId(id_of(BUYERS + number)), USD)
        money = MoveMoney(Account.external(USD), account, Money(1_000_000_000, USD))
        await _settle(database, Settlement(SettlementId(id_of(number)), "deposit", (money,)))
    before = _server_cpu(server), time.process_time()
    numbers = iter(range(1, SETTLEMENTS + 1))
    await asyncio.gather(*(_settle_all(database, numbers) for _ in range(CLIENTS)))
    after = _server_cpu(server), time.process_time()
    assert not (await CheckBooks(database.begin)()).violations
    await database.close()
    await server.drop_database("bench_settle_python")
    return _each(after[1] - before[1]), _each(after[0] - before[0])


async def _settle_all(database: PostgresDatabase, numbers: Iterator[int]) -> None:
    for number in numbers:
        await _settle(database, a_purchase(number))


async def _settle(database: PostgresDatabase, settlement: Settlement) -> None:
    async with database.begin() as transaction:
        transaction.ledger.settle(settlement, NOW)


async def _seeded(server: EmbeddedPostgres, name: str, seed: str) -> str:
    await server.drop_database(name)
    url = await server.create_database(name)
    await asyncio.to_thread(upgrade, url)
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(seed.format(**_NUMBERS))
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()
    return url


def _server_cpu(server: EmbeddedPostgres) -> float:
    """Seconds of all its processes, those that have ended included."""
    first = psutil.Process(server.pid)
    spent = first.cpu_times()
    seconds = spent.user + spent.system + spent.children_user + spent.children_system
    for child in first.children():
        spent = child.cpu_times()
        seconds += spent.user + spent.system
    return float(seconds)


def _children_cpu() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def _each(seconds: float) -> float:
    return seconds / SETTLEMENTS * 1e6


async def main() -> None:
    with tempfile.TemporaryDirectory(prefix="ece-bench-") as folder:
        Path(folder).chmod(0o711)  # when root runs it, the server runs as somebody else
        with EmbeddedPostgres(Path(folder) / "server") as server:
            print(json.dumps(await measure(server)))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
