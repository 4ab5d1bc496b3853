"""Purchases over HTTP, against pgbench that sends the same write statement.

``purchase_http_vs_pgbench``: purchases a second through the API, read, token, key and receipt
included, divided by what pgbench reaches with the statement that the API ends each of them with.
Both have 64 connections, the same durable server and databases filled alike, and take turns.

``purchase_cpu_ms``: processor time of API and database for one purchase.
"""

from collections.abc import Iterator

import msgspec

from . import pgbench, stock
from .figure import Figure, ratio
from .load import Crowd
from .purchase_statement import purchase_script
from .server import Site, api_on, check_books

CLIENTS = 64


def measure(site: Site) -> Iterator[Figure]:
    rounds, each = site.size(7, 3), site.size(50, 25)
    count = CLIENTS * each
    listings = count * (rounds + 1)
    ours = site.new_database("bench_purchase_http")
    theirs = site.new_database("bench_purchase_pgbench")
    stock.fill(ours, listings)
    stock.fill(theirs, listings, account_of=lambda user: user)
    script = purchase_script(theirs)
    by_http, by_pgbench, cpu = [], [], []
    with api_on(site, ours) as api:
        crowd = Crowd(api.port, CLIENTS)
        tokens = stock.tokens(site)
        for nth in range(rounds + 1):
            first = 1 + nth * count
            requests = stock.purchases(tokens, first, count)
            before = api.cpu(), site.database_cpu()
            driven = crowd.send(requests)
            after = api.cpu(), site.database_cpu()
            _check_prices(driven.bodies)
            benched = pgbench.run(
                site, theirs, script, CLIENTS, each, first=first, each=each, done=0
            )
            if nth:  # the first round warms both up
                by_http.append(driven.per_second)
                by_pgbench.append(benched.per_second)
                cpu.append([(b - a) / count * 1000 for a, b in zip(before, after, strict=True)])
        crowd.leave()
    check_books(ours)
    check_books(theirs)
    site.drop_database("bench_purchase_http")
    site.drop_database("bench_purchase_pgbench")
    note = f"{sorted(by_http)[rounds // 2]:.0f} of {sorted(by_pgbench)[rounds // 2]:.0f} a second"
    yield Figure("purchase_http_vs_pgbench", ratio(by_http, by_pgbench), goal=0.35, note=note)
    api_ms, database_ms = sorted(cpu, key=sum)[rounds // 2]
    note = f"{api_ms:.2f} of the API, {database_ms:.2f} of the database"
    yield Figure("purchase_cpu_ms", api_ms + database_ms, goal=2.0, at_most=True, note=note)


def _check_prices(bodies: list[bytes]) -> None:
    for body in bodies:
        assert msgspec.json.decode(body)["price"]["amount"] == stock.PRICE
