"""``open_loop_p95_ms``: how long purchases take at half of the capacity, from a thousand clients.

They are sent at a steady rate whether or not earlier ones were answered, and each is timed from the
moment when it was due, so that a server which stalls cannot hide it by slowing its clients down.
"""

from collections.abc import Iterator

from . import stock
from .figure import Figure, percentile
from .load import Crowd
from .server import Site, api_on, check_books

CLIENTS = 1_000


def measure(site: Site) -> Iterator[Figure]:
    count = site.size(6_400, 1_600)
    url = site.new_database("bench_open_loop")
    stock.fill(url, 3 * count)
    with api_on(site, url) as api:
        tokens = stock.tokens(site)
        crowd = Crowd(api.port, 64)
        crowd.send(stock.purchases(tokens, 1, count))
        capacity = crowd.send(stock.purchases(tokens, 1 + count, count)).per_second
        crowd.leave()
        crowd = Crowd(api.port, CLIENTS)
        requests = stock.purchases(tokens, 1 + 2 * count, count)
        driven = crowd.send(requests, per_second=capacity / 2)
        crowd.leave()
    check_books(url)
    site.drop_database("bench_open_loop")
    p95 = percentile(driven.latencies, 95) * 1000
    note = f"at {capacity / 2:.0f} a second, {CLIENTS:,} connections"
    yield Figure("open_loop_p95_ms", p95, note=note)
