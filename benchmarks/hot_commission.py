"""``hot_commission``: settlements a second that all pay one commission account, divided by those of
the same purchases whose commission goes to a hundred accounts, in turn.

An account with a balance row would be a queue for every sale. Platform accounts keep entries only.
"""

import asyncio
from collections.abc import Iterator
from time import perf_counter

import uvloop

from ece_adapters.postgres import PostgresDatabase
from ece_adapters.system import now
from ece_domain.kernel import USD
from ece_domain.ledger import Account, AccountKind, PlatformRole

from . import stock
from .figure import Figure, ratio
from .server import Site, check_books
from .settle import CLIENTS, purchase

_ONE = [Account.of_platform(PlatformRole.COMMISSION, USD)]
_SPREAD = [Account(AccountKind.PLATFORM, f"commission-{nth}", USD) for nth in range(100)]


def measure(site: Site) -> Iterator[Figure]:
    rounds, count = site.size(7, 3), site.size(4_000, 1_000)
    url = site.new_database("bench_hot_commission")
    stock.fill(url, 2 * count * (rounds + 1))
    hot, spread = [], []
    for nth in range(rounds + 1):
        first = 1 + 2 * nth * count
        to_one = uvloop.run(_settle_all(url, range(first, first + count), _ONE))
        to_many = uvloop.run(_settle_all(url, range(first + count, first + 2 * count), _SPREAD))
        if nth:  # the first round warms up
            hot.append(to_one)
            spread.append(to_many)
    check_books(url)
    site.drop_database("bench_hot_commission")
    note = f"{sorted(hot)[rounds // 2]:.0f} and {sorted(spread)[rounds // 2]:.0f} a second"
    yield Figure("hot_commission", ratio(hot, spread), goal=0.9, note=note)


async def _settle_all(url: str, numbers: range, commissions: list[Account]) -> float:
    """Settlements a second."""
    database = PostgresDatabase(url, connections=CLIENTS)
    await database.open()
    await asyncio.gather(*(database.ready() for _ in range(CLIENTS)))
    left = iter(numbers)
    started = perf_counter()
    await asyncio.gather(*(_settle(database, left, commissions) for _ in range(CLIENTS)))
    seconds = perf_counter() - started
    await database.close()
    return len(numbers) / seconds


async def _settle(
    database: PostgresDatabase, numbers: Iterator[int], commissions: list[Account]
) -> None:
    for number in numbers:
        commission = commissions[number % len(commissions)]
        async with database.begin() as transaction:
            transaction.ledger.settle(purchase(number, commission), now())
