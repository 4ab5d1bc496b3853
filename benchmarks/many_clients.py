"""``many_clients``: purchases a second with 64 clients, divided by those with 16, in turn."""

from collections.abc import Iterator

from . import stock
from .figure import Figure, ratio
from .load import Crowd
from .server import Site, api_on, check_books

MANY, FEW = 64, 16


def measure(site: Site) -> Iterator[Figure]:
    rounds, count = site.size(5, 3), site.size(3_200, 1_600)
    url = site.new_database("bench_many_clients")
    stock.fill(url, 2 * count * (rounds + 1))
    by_many, by_few = [], []
    with api_on(site, url) as api:
        tokens = stock.tokens(site)
        many, few = Crowd(api.port, MANY), Crowd(api.port, FEW)
        for nth in range(rounds + 1):
            first = 1 + 2 * nth * count
            with_many = many.send(stock.purchases(tokens, first, count)).per_second
            with_few = few.send(stock.purchases(tokens, first + count, count)).per_second
            if nth:  # the first round warms up
                by_many.append(with_many)
                by_few.append(with_few)
        many.leave()
        few.leave()
    check_books(url)
    site.drop_database("bench_many_clients")
    note = f"{sorted(by_many)[rounds // 2]:.0f} and {sorted(by_few)[rounds // 2]:.0f} a second"
    yield Figure("many_clients", ratio(by_many, by_few), goal=0.8, note=note)
