"""What a settlement costs from Python, against pgbench that sends the same statement.

``settle_vs_pgbench``: processor time of pgbench and database for one settlement, divided by that
of the Python adapter and database. A settlement is a purchase: a listed card changes hands, and its
price goes to seller, creator and commission. Both have 16 connections, the same durable server and
databases filled alike, and take turns.
"""

import asyncio
import time
from collections.abc import Iterator
from uuid import UUID

import uvloop

from ece_adapters.postgres import PostgresDatabase
from ece_adapters.postgres.engine.unit_of_work import UnitOfWork
from ece_adapters.postgres.ledger.ledger import PostgresLedger
from ece_adapters.system import now
from ece_domain.cards import CardId
from ece_domain.identity import UserId
from ece_domain.kernel import USD, Money
from ece_domain.ledger import (
    Account,
    CaptureHold,
    Deal,
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

from . import pgbench, stock
from .figure import Figure, ratio
from .server import Site, check_books

CLIENTS = 16
_SETTLEMENTS = 1_000_000_000
_COMMISSION = Account.of_platform(PlatformRole.COMMISSION, USD)
_SCRIPT = f"""\\set number :first + :client_id * :each + :done
\\set done :done + 1
\\set buyer {stock.BUYERS} + :number * 7919 % {stock.USERS}
\\set seller {stock.SELLERS} + :number % {stock.USERS}
\\set creator {stock.CREATORS} + :number % {stock.USERS}
\\set settlement {_SETTLEMENTS} + :number
"""


def measure(site: Site) -> Iterator[Figure]:
    rounds, each = site.size(7, 3), site.size(250, 50)
    count = CLIENTS * each
    ours = site.new_database("bench_settle_python")
    theirs = site.new_database("bench_settle_pgbench")
    stock.fill(ours, count * (rounds + 1))
    stock.fill(theirs, count * (rounds + 1), account_of=lambda user: user)
    by_python, by_pgbench, parts = [], [], []
    for nth in range(rounds + 1):
        first = 1 + nth * count
        before = site.database_cpu()
        adapter = uvloop.run(_settle_all(ours, iter(range(first, first + count))))
        between = site.database_cpu()
        client = pgbench.run(
            site, theirs, _script(), CLIENTS, each, first=first, each=each, done=0
        ).client_cpu
        after = site.database_cpu()
        if nth:  # the first round warms both up
            by_python.append(adapter + between - before)
            by_pgbench.append(client + after - between)
            parts.append((adapter, between - before, client, after - between))
    check_books(ours)
    check_books(theirs)
    site.drop_database("bench_settle_python")
    site.drop_database("bench_settle_pgbench")
    middle = sorted(parts, key=sum)[rounds // 2]
    adapter, database, client, benched = (seconds / count * 1e6 for seconds in middle)
    note = (
        f"us a settlement: adapter {adapter:.0f} and database {database:.0f},"
        f" pgbench {client:.0f} and database {benched:.0f}"
    )
    yield Figure("settle_vs_pgbench", ratio(by_pgbench, by_python), goal=0.55, note=note)


async def _settle_all(url: str, numbers: Iterator[int]) -> float:
    """Seconds of processor time, without those that connecting takes."""
    database = PostgresDatabase(url, connections=CLIENTS)
    await database.open()
    await asyncio.gather(*(database.ready() for _ in range(CLIENTS)))
    started = time.process_time()
    await asyncio.gather(*(_settle(database, numbers) for _ in range(CLIENTS)))
    spent = time.process_time() - started
    await database.close()
    return spent


async def _settle(database: PostgresDatabase, numbers: Iterator[int]) -> None:
    for number in numbers:
        async with database.begin() as transaction:
            transaction.ledger.settle(purchase(number), now())


def purchase(number: int, commission: Account | None = None) -> Settlement:
    """The settlement of buying the listing with this number."""
    card = CardId(stock.id_of(number))
    buyer, seller, creator = map(UserId, _sides(number))
    listing = Hold(
        id=HoldId(card),
        deal=Deal("market", card),
        purpose=HoldPurpose.LISTING,
        subject=HeldCard(card, seller),
    )
    pays = Account.of_user(buyer, USD)
    return Settlement(
        SettlementId(stock.id_of(_SETTLEMENTS + number)),
        "market.purchase",
        (
            CaptureHold(listing, MoveCard(card, seller, buyer)),
            MoveMoney(pays, Account.of_user(seller, USD), Money(8_70, USD)),
            MoveMoney(pays, Account.of_user(creator, USD), Money(50, USD)),
            MoveMoney(pays, commission or _COMMISSION, Money(80, USD)),
        ),
    )


def _sides(number: int) -> tuple[UUID, UUID, UUID]:
    nth = number % stock.USERS
    return (
        stock.id_of(stock.BUYERS + number * 7919 % stock.USERS),
        stock.id_of(stock.SELLERS + nth),
        stock.id_of(stock.CREATORS + nth),
    )


def _script() -> str:
    """The adapter's own statement, with the numbers of pgbench in place of those of a purchase.

    The database's accounts must have the ids of their owners.
    """
    settlement, unit = purchase(1), UnitOfWork(pool=None)  # it queues, and never connects
    PostgresLedger(unit).settle(settlement, now())
    names: dict[object, str] = {
        settlement.id: "id_of(:settlement)",
        stock.id_of(1): "id_of(:number)",
    }
    for user, variable in zip(_sides(1), ("buyer", "seller", "creator"), strict=True):
        names[user] = names[stock.account_of(user)] = f"id_of(:{variable})"
        names[str(user)] = f"id_of(:{variable})::text"
    return f"{_SCRIPT}{pgbench.inlined(*unit.batch.statement(), names)};\n"
