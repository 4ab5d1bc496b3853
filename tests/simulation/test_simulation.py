"""Simulated worlds with every kind of fault: nothing is lost."""

import gc
import subprocess
import sys
from collections import Counter

import pytest

from tests.named_errors import unnamed
from tests.tally import SCALE

from .__main__ import main
from .books_watch import BooksWatch
from .planted_bugs import PLANTED
from .run import live
from .world import Violated

PARTS = 20
OPERATIONS = 1_000_000 // PARTS * SCALE
SEEDS_FOR_A_BUG = 2_000

PER_MILLION = {
    "checks after a write": 300_000,
    "effects": 100_000,
    "replays seen": 100_000,
    "sent twice at once": 30_000,
    "sent again after later ones": 15_000,
    "crashes": 15_000,
    "clients hung up": 15_000,
    "calls cut off": 40_000,
    "no connection": 25_000,
    "lost at a read": 20_000,
    "lost before the commit": 15_000,
    "lost after the commit": 15_000,
    "done within a second of an expiry": 30_000,
    "done within a microsecond of an expiry": 12_000,
    "kernel.concurrent-change": 4_000,
    "ledger.hold-past-expiry": 3_000,
    "ledger.insufficient-funds": 2_500,
    "ledger.hold-exceeded": 1_000,
    "ledger.card-already-held": 2_000,
    "strangers at a hold": 1_500,
    "groups paid out": 600,
    "market.listing-not-active": 60_000,
    "market.price-above-max": 2_000,
    "identity.refresh-token-reused": 6_000,
    "refreshes repeated after a fault": 2_500,
    "refreshes answered again": 400,
    "identity.session-not-active": 25_000,
    "identity.email-taken": 3_000,
    "roles changed": 2_500,
    "users suspended": 1_000,
    "listings taken down": 300,
    "market.seller-suspended": 300,
    "identity.access-suspended": 50,
}
"""The minimum counts per million operations."""


@pytest.fixture(scope="module", autouse=True)
def _look_for_garbage_in_worlds_alone():
    """Freeze pytest's objects: collecting them repeatedly is slow."""
    usual = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)
    yield
    gc.set_threshold(*usual)
    gc.unfreeze()


@pytest.mark.timeout(300 * SCALE)
@pytest.mark.parametrize("part", range(PARTS))
def test_every_invariant_holds_in_every_world(part, tally):
    counts: Counter[str] = Counter()
    while counts["operations"] < OPERATIONS:
        seed = part + PARTS * counts["worlds"]
        counts += live(seed).counts
        counts["worlds"] += 1

    tally.count("worlds", counts["worlds"])
    tally.count("operations", counts["operations"], at_least=OPERATIONS)
    for what, floor in PER_MILLION.items():
        tally.count(what, counts[what], at_least=floor * OPERATIONS // 1_000_000)


@pytest.mark.parametrize("bug", PLANTED)
def test_a_planted_bug_is_found(bug, monkeypatch, tally):
    PLANTED[bug](monkeypatch)

    for seed in range(SEEDS_FOR_A_BUG):
        try:
            live(seed)
        except Violated:
            tally.count("planted bugs found", 1, at_least=1)
            tally.count("worlds until a bug was seen", seed + 1)
            unnamed.clear()  # a planted bug may end in errors that no use case names
            return
    pytest.fail(f"{bug} went unseen in {SEEDS_FOR_A_BUG} worlds")


@pytest.mark.parametrize("bug", [None, *PLANTED])
def test_the_incremental_check_finds_what_the_full_check_finds(bug, monkeypatch):
    """Compare both checks after every write of some worlds, with and without bugs."""
    sound = BooksWatch.look

    def look(self):
        changed = sound(self)
        assert bool(self.violations) == bool(self.everything())
        return changed

    monkeypatch.setattr(BooksWatch, "look", look)
    if bug:
        PLANTED[bug](monkeypatch)
    for seed in range(4):
        try:
            live(seed)
        except Violated:
            break
    if bug:
        unnamed.clear()  # see test_a_planted_bug_is_found


def test_a_seed_gives_the_same_history_in_every_process():
    script = "from tests.simulation.run import live; print([live(s).digest for s in range(5)])"
    told = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": hash_seed, "PYTHONPATH": "src:."},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for hash_seed in ("1", "2")
    }
    assert len(told) == 1


def test_different_seeds_give_different_histories():
    assert len({live(seed, 20).digest for seed in range(5)}) == 5


def test_a_world_can_be_watched(capsys):
    assert main(["--seed", "7", "--worlds", "1"]) == 0

    shown = capsys.readouterr().out
    assert " transfer source=#" in shown
    assert " operations\n" in shown


@pytest.mark.parametrize("worlds", ["1", "3"])
def test_a_violation_is_reported_with_its_history_and_the_command_to_repeat_it(
    worlds, monkeypatch, capsys
):
    PLANTED["key-that-guards-nothing"](monkeypatch)

    assert main(["--seed", "1", "--worlds", worlds, "--actions", "104"]) == 1
    shown = capsys.readouterr().out
    assert " deposit destination=#" in shown
    assert "was answered twice, and differently\n" in shown
    assert "see it again: python -m tests.simulation --seed 1 --worlds 1 --actions 104" in shown
