"""``python -m benchmarks [--quick] [NAME ...]``: measures all, or the named, and judges them."""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import IO, Final

from ece_adapters.postgres.embedded.embedded_server import EmbeddedPostgres

from . import (
    books,
    catalog,
    decision,
    group_payout,
    hot_commission,
    hot_row,
    many_clients,
    open_loop,
    price_guide,
    purchase_http,
    settle,
    supply,
)
from .figure import Figure
from .server import Site

BENCHMARKS: Final[Mapping[str, Callable[[Site], Iterator[Figure]]]] = MappingProxyType(
    {
        "purchase_http": purchase_http.measure,
        "settle": settle.measure,
        "many_clients": many_clients.measure,
        "hot_commission": hot_commission.measure,
        "hot_row": hot_row.measure,
        "open_loop": open_loop.measure,
        "catalog": catalog.measure,
        "books": books.measure,
        "group_payout": group_payout.measure,
        "price_guide": price_guide.measure,
        "supply": supply.measure,
        "decision": decision.measure,
    }
)
LATEST: Final = Path(__file__).with_name("latest.jsonl")


def main() -> int:
    arguments = _arguments()
    figures = []
    with (
        tempfile.TemporaryDirectory(prefix="ece-bench-") as folder,
        LATEST.open("w") as latest,
    ):
        Path(folder).chmod(0o711)  # when root runs it, the server runs as somebody else
        with EmbeddedPostgres(Path(folder) / "server") as postgres:
            site = Site(postgres, Path(folder), is_quick=arguments.quick)
            for name in arguments.names or BENCHMARKS:
                for figure in BENCHMARKS[name](site):
                    figures.append(figure)
                    _tell(figure, latest)
    missed = [figure.name for figure in figures if not figure.is_met]
    if missed:
        print(f"missed: {', '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and smaller rounds")
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[*BENCHMARKS, []])
    return parser.parse_args()


def _tell(figure: Figure, latest: IO[str]) -> None:
    line = json.dumps({"name": figure.name, "value": round(figure.value, 3), "goal": figure.goal})
    print(line, flush=True)
    print(line, file=latest, flush=True)
    goal = ""
    if figure.goal is not None:
        bound = "at most" if figure.at_most else "at least"
        goal = f" ({bound} {figure.goal}{'' if figure.is_met else ', MISSED'})"
    note = f": {figure.note}" if figure.note else ""
    print(f"  {figure.name} = {figure.value:,.3f}{goal}{note}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
