"""Reads pytest's report of each layer, and writes the result page."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from attrs import field, frozen

from .layers import Layer

HOW_TO_READ = """\
`make proof` wrote this page; [how it works](index.md) says what each layer does. Scale is how many
times more was tried than `make test` tries at every change. A counter below its floor fails the
run, because a run without faults proves nothing."""

COUNTED = re.compile(r"(\d+) >= (\d+)")


@frozen
class Counter:
    """A counter and its required minimum."""

    seen: int = 0
    floor: int = 0

    def __add__(self, other: "Counter") -> "Counter":
        return Counter(self.seen + other.seen, self.floor + other.floor)


@frozen
class Outcome:
    """The result of a layer, with its date and commit."""

    layer: Layer
    day: str = ""
    commit: str = ""
    seconds: float = 0
    tests: int = 0
    broken: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    counters: dict[str, Counter] = field(factory=dict)

    @classmethod
    def read(cls, layer: Layer, report: Path) -> "Outcome":
        """Read pytest's report, which is missing if pytest itself failed."""
        if not report.exists():
            return cls(layer, broken=("it has not run to its end",))
        suite = next(ET.parse(report).iter("testsuite"))
        cases = list(suite.iter("testcase"))
        counters: dict[str, Counter] = {}
        for name, counter in _counters(cases):
            counters[name] = counters.get(name, Counter()) + counter
        return cls(
            layer,
            day=suite.get("timestamp", "").partition("T")[0],
            commit=suite.get("name", ""),
            seconds=float(suite.get("time", 0)),
            tests=len(cases),
            broken=(*_names(cases, "failure"), *_names(cases, "error")),
            skipped=tuple(_names(cases, "skipped")),
            counters=counters,
        )

    @property
    def holds(self) -> bool:
        return self.tests > 0 and not self.broken


def _counters(cases: Iterable[ET.Element]) -> Iterable[tuple[str, Counter]]:
    for case in cases:
        for told in case.iter("property"):
            counted = COUNTED.fullmatch(told.get("value", ""))
            if counted:
                yield told.get("name", ""), Counter(int(counted[1]), int(counted[2]))


def _names(cases: Iterable[ET.Element], what: str) -> Iterable[str]:
    for case in cases:
        found = case.find(what)
        if found is not None:
            message = (found.get("message") or "").splitlines()
            yield f"{case.get('name')}: {message[0] if message else what}"


def page(machine: str, outcomes: Sequence[Outcome]) -> str:
    """Markdown: the overall result, one line per layer, and all counters."""
    verdict = "Every promise held." if all(outcome.holds for outcome in outcomes) else "**BROKEN.**"
    tests = sum(outcome.tests for outcome in outcomes)
    broken = sum(len(outcome.broken) for outcome in outcomes)
    lines = [
        "# The latest proof",
        "",
        f"{verdict} {machine}",
        "",
        HOW_TO_READ,
        "",
        "| Layer | Scale | Tests | Broken promises | Minutes | Day | Commit |",
        "|---|--:|--:|--:|--:|---|---|",
        *(
            f"| {outcome.layer.name} | {outcome.layer.scale} | {outcome.tests:,}"
            f" | {len(outcome.broken)} | {outcome.seconds / 60:.1f}"
            f" | {outcome.day} | {outcome.commit} |"
            for outcome in outcomes
        ),
        f"| **all** | | **{tests:,}** | **{broken}** | | | |",
    ]
    for outcome in outcomes:
        lines += ["", f"## {outcome.layer.name.capitalize()}", *_details(outcome)]
    return "\n".join(lines) + "\n"


def _details(outcome: Outcome) -> Iterable[str]:
    if outcome.counters:
        yield from ("", "| Counted | Seen | Floor |", "|---|--:|--:|")
        for name, counter in sorted(outcome.counters.items()):
            floor = f"{counter.floor:,}" if counter.floor else ""
            yield f"| {name} | {counter.seen:,} | {floor} |"
    for title, names in (("Broken", outcome.broken), ("Not run here", outcome.skipped)):
        if names:
            yield from ("", f"{title}:", "", *(f"- {name}" for name in names))
