"""pgbench, which sends a prepared statement and does next to nothing itself."""

import json
import resource
import subprocess
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from time import perf_counter
from uuid import UUID

from attrs import frozen

from .server import Site


@frozen
class Benched:
    seconds: float
    transactions: int
    client_cpu: float
    """Seconds of pgbench itself."""

    @property
    def per_second(self) -> float:
        return self.transactions / self.seconds


def run(
    site: Site, url: str, script: str, clients: int, transactions: int, **variables: int
) -> Benched:
    path = site.folder / "pgbench.sql"
    path.write_text(script)
    command: list[str | Path] = [
        site.postgres.binaries / "pgbench", "--no-vacuum", "--protocol=prepared",
        f"--client={clients}", f"--transactions={transactions}", f"--file={path}",
        *(f"--define={name}={value}" for name, value in variables.items()), url,
    ]  # fmt: skip
    before, started = _children_cpu(), perf_counter()
    report = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    whole = perf_counter() - started
    connecting = next(
        (float(line.split()[4]) for line in report.splitlines() if "connection time" in line), 0.0
    )
    return Benched(whole - connecting / 1000, clients * transactions, _children_cpu() - before)


def inlined(sql: str, arguments: Sequence[object], names: Mapping[object, str]) -> str:
    """The statement with its arguments written into it: values that have a name as that name."""
    for number in range(len(arguments), 0, -1):
        sql = sql.replace(f"${number}", _literal(arguments[number - 1], names))
    return " ".join(sql.split())


def _literal(value: object, names: Mapping[object, str]) -> str:
    match value:
        case list():
            items = ", ".join(_literal(item, names) for item in value)
            # A text takes the type of its place, an array of NULLs or texts has one of its own.
            is_text = all(isinstance(item, str | None) and item not in names for item in value)
            return _quoted(_array(value)) if is_text else f"ARRAY[{items}]"
        case None:
            return "NULL"
        case UUID() | str() if value in names:
            return names[value]
        case int():
            return str(value)
        case bytes():
            return f"'\\x{value.hex()}'"
        case UUID() | datetime() | str():
            return _quoted(str(value))
    raise TypeError(value)


def _array(items: Sequence[object]) -> str:
    return f"{{{', '.join('NULL' if item is None else json.dumps(item) for item in items)}}}"


def _quoted(text: str) -> str:
    # pgbench takes a colon and a letter for a variable, inside of texts too.
    escaped = text.replace("\\", "\\\\").replace("'", "''").replace(":", "\\x3a")
    return f"E'{escaped}'"


def _children_cpu() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime
