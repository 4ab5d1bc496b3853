"""``group_payout_s``: seconds until a deal has paid 100,000 parties, none of whom had an account.

One worker records the plan and settles its chunks, one after the other.
"""

from collections.abc import Iterator
from time import perf_counter
from uuid import UUID

import uvloop

from ece_adapters.postgres import PostgresDatabase
from ece_adapters.system import now
from ece_domain.identity import UserId
from ece_domain.kernel import USD, Money
from ece_domain.ledger import (
    Account,
    Deal,
    FinishGroupPayouts,
    GroupPayout,
    MoveMoney,
    PayoutLine,
    Settlement,
    SettlementId,
    start_payout,
)

from .figure import Figure
from .server import Site, check_books
from .stock import id_of

PARTIES = 100_000
EACH = 10


def measure(site: Site) -> Iterator[Figure]:
    url = site.new_database("bench_group_payout")
    count = site.size(PARTIES, PARTIES // 10)
    started, settled = uvloop.run(_measured(url, count))
    check_books(url)
    site.drop_database("bench_group_payout")
    scale = PARTIES / count
    note = f"recorded after {started * scale:.1f} s, then {count / settled:.0f} parties a second"
    yield Figure("group_payout_s", (started + settled) * scale, goal=60, at_most=True, note=note)


async def _measured(url: str, count: int) -> tuple[float, float]:
    database = PostgresDatabase(url)
    await database.open()
    deal = Deal("betting", id_of(1))
    source = Account.escrow(deal.id, USD)
    lines = [
        PayoutLine(Account.of_user(UserId(_user(number)), USD), EACH) for number in range(count)
    ]
    stakes = MoveMoney(Account.external(USD), source, Money(EACH * count, USD))
    async with database.begin() as transaction:
        settlement = Settlement(SettlementId(id_of(2)), "betting.stakes", (stakes,))
        transaction.ledger.settle(settlement, now())
    before = perf_counter()
    payout = GroupPayout.plan(deal, source, lines, now=now())
    async with database.begin() as transaction:
        await start_payout(transaction, payout, lines, now())
    between = perf_counter()
    await FinishGroupPayouts(database.begin, now)()
    after = perf_counter()
    await database.close()
    return between - before, after - between


def _user(number: int) -> UUID:
    return UUID(int=(number + 1) << 64)
