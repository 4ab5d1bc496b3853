"""The checker finds each class of anomaly in hand-written histories, and no others."""

import pytest

from .serializability import Anomaly, Append, Kind, Outcome, Read, Transaction, anomalies


def transaction(
    name: str, *, outcome: Outcome = Outcome.COMMITTED, **work: list[int] | int
) -> Transaction:
    """``x=[1, 2]`` reads the list x, and ``x_1=3`` appends to it."""
    reads = [Read(key, tuple(seen)) for key, seen in work.items() if isinstance(seen, list)]
    appends = [Append(key[0], number) for key, number in work.items() if isinstance(number, int)]
    return Transaction(name, tuple(reads), tuple(appends), outcome)


t = transaction

SERIAL = {
    "nothing": [],
    "one after the other": [t("a", x=[], x_1=1), t("b", x=[1], x_1=2), t("c", x=[1, 2])],
    "an append nobody read": [t("a", x_1=1), t("b", x=[1]), t("c", x=[1], x_1=2)],
    "a read of the past": [t("a", x_1=1, y_1=1), t("b", x=[]), t("c", x=[1], y=[1])],
    "two appends at once": [t("a", x_1=1, x_2=2), t("b", x=[1, 2])],
    "an abort": [t("a", x_1=1, outcome=Outcome.ABORTED), t("b", x=[], x_1=2), t("c", x=[2])],
    "unknown, and done": [t("a", x_1=1, outcome=Outcome.UNKNOWN), t("b", x=[1])],
    "unknown, and not done": [
        t("a", x=[], x_1=1, outcome=Outcome.UNKNOWN),
        t("b", x=[], x_1=2),
        t("c", x=[2]),
    ],
}
ANOMALOUS = {
    "a number from nowhere": (
        [t("a", x=[7])],
        Anomaly(Kind.IMPOSSIBLE_READ, ("a",)),
    ),
    "a number twice": (
        [t("a", x_1=1), t("b", x=[1, 1])],
        Anomaly(Kind.IMPOSSIBLE_READ, ("b",)),
    ),
    "two truths": (
        [t("a", x_1=1), t("b", x_1=2), t("c", x=[1, 2]), t("d", x=[2])],
        Anomaly(Kind.INCOMPATIBLE_ORDER, ("d",)),
    ),
    "writes crossed": (
        [t("a", x_1=1, y_1=1), t("b", x_1=2, y_1=2), t("c", x=[1, 2], y=[2, 1])],
        Anomaly(Kind.G0, ("a", "b")),
    ),
    "an aborted append read": (
        [t("a", x_1=1, outcome=Outcome.ABORTED), t("b", x=[1])],
        Anomaly(Kind.G1A, ("a", "b")),
    ),
    "half a transaction read": (
        [t("a", x_1=1, x_2=2), t("b", x=[1])],
        Anomaly(Kind.G1B, ("a", "b")),
        Anomaly(Kind.G_SINGLE, ("a", "b")),
    ),
    "each read the other's append": (
        [t("a", x_1=1, y=[1]), t("b", y_1=1, x=[1])],
        Anomaly(Kind.G1C, ("a", "b")),
    ),
    "each read the other's append, one of them unsure of its end": (
        [t("a", x_1=1, y=[1]), t("b", y_1=1, x=[1], outcome=Outcome.UNKNOWN)],
        Anomaly(Kind.G1C, ("a", "b")),
    ),
    "a lost update, seen afterwards": (
        [t("a", x=[], x_1=1), t("b", x=[], x_1=2), t("c", x=[2])],
        Anomaly(Kind.G_SINGLE, ("a", "b")),
        Anomaly(Kind.G2_ITEM, ("a", "b", "c")),
    ),
    "a skewed read": (
        [t("a", x_1=1, y_1=1), t("b", x=[], y=[1]), t("c", x=[1])],
        Anomaly(Kind.G_SINGLE, ("a", "b")),
    ),
    "a read that changed on the second look": (
        [
            t("a", x_1=1),
            Transaction("b", reads=(Read("x", ()), Read("x", (1,)))),
        ],
        Anomaly(Kind.G_SINGLE, ("a", "b")),
    ),
    "a skewed write": (
        [t("a", x=[], y=[], x_1=1), t("b", x=[], y=[], y_1=1), t("c", x=[1], y=[1])],
        Anomaly(Kind.G2_ITEM, ("a", "b")),
    ),
    "a skewed write of three": (
        [
            t("a", x=[], y_1=1),
            t("b", y=[], z_1=1),
            t("c", z=[], x_1=1),
            t("d", x=[1], y=[1], z=[1]),
        ],
        Anomaly(Kind.G2_ITEM, ("a", "c", "b")),
    ),
}


@pytest.mark.parametrize("name", SERIAL)
def test_a_serializable_history_has_no_anomaly(name):
    assert anomalies(SERIAL[name]) == ()


@pytest.mark.parametrize("name", ANOMALOUS)
def test_each_anomaly_is_named_in_any_order_of_the_record(name):
    history, *expected = ANOMALOUS[name]

    assert set(anomalies(history)) == set(expected)
    assert set(anomalies(history[::-1])) == set(expected)
