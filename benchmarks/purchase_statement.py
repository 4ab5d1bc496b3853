"""The statement that the API sends for a purchase, as a script for pgbench.

It is recorded from the use case itself, so it has all that a purchase writes: the answer under the
request's key, the listing, the sale with its receipt, the event and the settlement.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from attrs import define, field

from ece_adapters.postgres.engine.database import PostgresTransaction
from ece_adapters.postgres.engine.unit_of_work import UnitOfWork
from ece_adapters.system import new_id, now
from ece_domain.identity import UserId
from ece_domain.kernel import IdempotencyKey
from ece_domain.market import BuyListing, ListingId
from ece_domain.sales import CURRENT_FEES

from . import pgbench, stock

_SALES = 1_000_000_000
_SCRIPT = """\\set number :first + :client_id * :each + :done
\\set done :done + 1
\\set buyer {buyers} + :number * 7919 % {users}
\\set seller {sellers} + :number % {users}
\\set creator {creators} + :number % {users}
\\set sale {sales} + :number
{statement};
"""


def purchase_script(url: str) -> str:
    """Buys listing after listing: client by client ``each``, from ``first`` on.

    The database's accounts must have the ids of their owners.
    """
    return asyncio.run(_record(url))


async def _record(url: str) -> str:
    recorder = _Recorder(await asyncpg.create_pool(url, min_size=1, max_size=1))
    listing, buyer = stock.id_of(1), stock.id_of(stock.BUYERS)
    buy = BuyListing(begin=recorder.begin, clock=now, new_id=new_id, fees=CURRENT_FEES)
    sale = (
        await buy(
            listing_id=ListingId(listing), buyer_id=UserId(buyer), key=IdempotencyKey("recorded")
        )
    ).value
    await recorder.pool.close()
    names: dict[object, str] = {
        listing: "id_of(:number)",
        sale.id: "id_of(:sale)",
        "recorded": "'purchase-' || :number",
    }
    creator = sale.receipt.royalty.creator_id
    roles = {sale.buyer_id: ":buyer", sale.seller_id: ":seller", creator: ":creator"}
    for user, variable in roles.items():
        names[user] = names[stock.account_of(user)] = f"id_of({variable})"
        names[str(user)] = f"id_of({variable})::text"
    sql, arguments = recorder.sent
    return _SCRIPT.format(
        buyers=stock.BUYERS,
        sellers=stock.SELLERS,
        creators=stock.CREATORS,
        users=stock.USERS,
        sales=_SALES,
        statement=pgbench.inlined(sql, arguments, names),
    )


@define
class _Recorder:
    """Reads what it is asked, and remembers the writes instead of sending them."""

    pool: asyncpg.Pool
    sent: tuple[str, list[object]] = field(init=False)

    @asynccontextmanager
    async def begin(self, **_: object) -> AsyncIterator[PostgresTransaction]:
        unit = _Unit(self.pool)
        try:
            yield PostgresTransaction(unit)
            await unit.commit()
            self.sent = unit.sent
        finally:
            await unit.end()


@define
class _Unit(UnitOfWork):
    sent: tuple[str, list[object]] = field(init=False)

    async def fetch_row(self, sql: str, *arguments: object) -> asyncpg.Record | None:
        if self.batch:
            self.sent = sql, list(arguments)
            return None
        return await super().fetch_row(sql, *arguments)
