"""Checks whether a history of transactions is serializable.

The transactions append unique numbers to lists, and read whole lists. So each read shows which
appends came before it, in which order, and which did not. This gives the dependencies between
transactions, and a cycle of them has no serial order. The names of the anomalies are those of
Adya's thesis, the method is that of Elle by Kingsbury and Alvaro.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final

from attrs import define, field, frozen


class Outcome(StrEnum):
    COMMITTED = "committed"
    ABORTED = "aborted"
    UNKNOWN = "unknown"
    """A transaction of unknown outcome counts as committed if another one read its append."""


@frozen
class Read:
    key: str
    seen: tuple[int, ...]


@frozen
class Append:
    key: str
    number: int


@frozen
class Transaction:
    """A transaction: its reads come before its appends, as in ECE (load, decide, save)."""

    name: str
    reads: tuple[Read, ...] = ()
    appends: tuple[Append, ...] = ()
    outcome: Outcome = Outcome.COMMITTED


class Kind(StrEnum):
    IMPOSSIBLE_READ = "a number was read twice, or though nobody appended it"
    INCOMPATIBLE_ORDER = "of two reads of a list, neither continues the other"
    G0 = "writes in a circle"
    G1A = "what an aborted transaction appended was read"
    G1B = "the state between two appends of one transaction was read"
    G1C = "information flowed in a circle"
    G_SINGLE = "a circle with one read that missed a write: a lost update, or a skewed read"
    G2_ITEM = "a circle with several reads that missed writes: a skewed write"


@frozen
class Anomaly:
    kind: Kind
    transactions: tuple[str, ...]
    """The names of the transactions, in the order of the cycle if there is one."""


class Dependency(StrEnum):
    WW = "appended next"
    WR = "read it"
    RW = "appended what the read missed"


_FLOWS: Final = frozenset({Dependency.WW, Dependency.WR})


@frozen
class _Edge:
    earlier: str
    dependency: Dependency
    later: str


def anomalies(history: Iterable[Transaction]) -> tuple[Anomaly, ...]:
    """All anomalies of a history; of the cycles, the shortest through each edge."""
    observed = _History.of(history)
    found = [*observed.bad_reads(), *_circles(_on_circles(set(observed.edges())))]
    return tuple(dict.fromkeys(found))


@define
class _History:
    happened: list[Transaction]
    writers: dict[Append, Transaction]
    orders: dict[str, tuple[int, ...]] = field(factory=dict)
    """The longest version of each list that was read."""

    @classmethod
    def of(cls, history: Iterable[Transaction]) -> "_History":
        transactions = list(history)
        seen = {
            Append(read.key, number)
            for transaction in transactions
            if transaction.outcome is Outcome.COMMITTED
            for read in transaction.reads
            for number in read.seen
        }
        happened = [
            transaction
            for transaction in transactions
            if transaction.outcome is Outcome.COMMITTED
            or (transaction.outcome is Outcome.UNKNOWN and seen.intersection(transaction.appends))
        ]
        writers = {append: each for each in transactions for append in each.appends}
        orders: dict[str, tuple[int, ...]] = {}
        for read in (read for transaction in happened for read in transaction.reads):
            orders[read.key] = max(orders.get(read.key, ()), read.seen, key=len)
        return cls(happened, writers, orders)

    def bad_reads(self) -> Iterator[Anomaly]:
        for reader in self.happened:
            for read in reader.reads:
                yield from self._bad_appends(reader, read)
                if not self._is_in_order(read):
                    yield Anomaly(Kind.INCOMPATIBLE_ORDER, (reader.name,))
                writer = self._writer_of_last(read)
                if writer is None or writer is reader:
                    continue
                appended = [append.number for append in writer.appends if append.key == read.key]
                if appended[-1] != read.seen[-1]:
                    yield Anomaly(Kind.G1B, (writer.name, reader.name))

    def edges(self) -> Iterator[_Edge]:
        """The edges from each transaction to those that must follow it."""
        happened = {transaction.name for transaction in self.happened}
        for earlier, dependency, later in self._dependencies():
            if earlier is not later and {earlier.name, later.name} <= happened:
                yield _Edge(earlier.name, dependency, later.name)

    def _dependencies(self) -> Iterator[tuple[Transaction, Dependency, Transaction]]:
        for key, order in self.orders.items():
            for position, number in enumerate(order, start=1):
                if writer := self.writers.get(Append(key, number)):
                    for successor in self._appended_at(key, position):
                        yield writer, Dependency.WW, successor
        for reader in self.happened:
            for read in filter(self._is_in_order, reader.reads):
                if writer := self._writer_of_last(read):
                    yield writer, Dependency.WR, reader
                for successor in self._appended_at(read.key, len(read.seen)):
                    yield reader, Dependency.RW, successor

    def _appended_at(self, key: str, position: int) -> Iterable[Transaction]:
        """The transaction that appended at this length, or all unread ones beyond the longest."""
        order = self.orders[key]
        if position < len(order):
            writer = self.writers.get(Append(key, order[position]))
            return [writer] if writer else []
        return [
            transaction
            for transaction in self.happened
            if any(
                append.key == key and append.number not in order for append in transaction.appends
            )
        ]

    def _bad_appends(self, reader: Transaction, read: Read) -> Iterator[Anomaly]:
        if len(set(read.seen)) < len(read.seen):
            yield Anomaly(Kind.IMPOSSIBLE_READ, (reader.name,))
        for number in read.seen:
            writer = self.writers.get(Append(read.key, number))
            if writer is None:
                yield Anomaly(Kind.IMPOSSIBLE_READ, (reader.name,))
            elif writer.outcome is Outcome.ABORTED:
                yield Anomaly(Kind.G1A, (writer.name, reader.name))

    def _writer_of_last(self, read: Read) -> Transaction | None:
        return self.writers.get(Append(read.key, read.seen[-1])) if read.seen else None

    def _is_in_order(self, read: Read) -> bool:
        return self.orders[read.key][: len(read.seen)] == read.seen


def _on_circles(edges: set[_Edge]) -> set[_Edge]:
    """Remove nodes without incoming or outgoing edges."""
    while True:
        inner = {edge.earlier for edge in edges} & {edge.later for edge in edges}
        left = {edge for edge in edges if edge.earlier in inner and edge.later in inner}
        if left == edges:
            return edges
        edges = left


def _circles(edges: set[_Edge]) -> Iterator[Anomaly]:
    in_order = sorted(edges, key=lambda edge: (edge.earlier, edge.later, edge.dependency))
    nexts: dict[str, list[_Edge]] = defaultdict(list)
    for edge in in_order:
        nexts[edge.earlier].append(edge)
    for edge in in_order:
        if edge.dependency is Dependency.WW:
            ways = [(Kind.G0, frozenset({Dependency.WW}))]
        elif edge.dependency is Dependency.WR:
            ways = [(Kind.G1C, _FLOWS)]
        else:
            ways = [(Kind.G_SINGLE, _FLOWS), (Kind.G2_ITEM, frozenset(Dependency))]
        for kind, dependencies in ways:
            if path := _shortest_path(nexts, edge.later, edge.earlier, dependencies):
                yield Anomaly(kind, _from_least(path))
                break


def _shortest_path(
    nexts: dict[str, list[_Edge]], start: str, end: str, dependencies: frozenset[Dependency]
) -> tuple[str, ...]:
    """A shortest cycle; empty if there is none."""
    paths: dict[str, tuple[str, ...]] = {start: (start,)}
    waiting = deque([start])
    while waiting:
        at = waiting.popleft()
        if at == end:
            return paths[at]
        for edge in nexts[at]:
            if edge.dependency in dependencies and edge.later not in paths:
                paths[edge.later] = (*paths[at], edge.later)
                waiting.append(edge.later)
    return ()


def _from_least(circle: tuple[str, ...]) -> tuple[str, ...]:
    """The cycle in a canonical rotation."""
    least = circle.index(min(circle))
    return circle[least:] + circle[:least]
