"""The bugs of ``tests/proof/planted``: each fits into the code, and its test notices it."""

import re
from itertools import chain

import pytest

from tests.postgres_fixture import PostgresServer
from tests.tally import SCALE, Tally

from .planted import LAYERS
from .planted.planting import ROOT, PlantedBug, run_with

BUGS = list(chain.from_iterable(LAYERS.values()))
FINDINGS = ROOT / "docs/proof/findings.md"


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_planted_bug_fits_into_the_code(bug: PlantedBug):
    """One that does not fit any more is to be planted anew where its code went."""
    if bug.file.endswith(".py"):
        compile(bug.planted, bug.file, "exec")
    assert bug.planted != bug.sound
    assert bug.is_test_there, f"there is no {bug.noticed_by}"


def test_a_bug_is_planted_once():
    assert len({bug.name for bug in BUGS}) == len(BUGS)
    assert len({(bug.file, bug.sound, bug.buggy) for bug in BUGS}) == len(BUGS)


def test_every_finding_names_the_tests_that_fail_without_its_repair():
    rows = [line for line in FINDINGS.read_text().splitlines() if line.startswith("| ")][1:]
    named = [set(re.findall(r"`(test_\w+)`", row)) for row in rows]

    assert all(named)
    assert set.union(*named) == {_name(bug) for bug in LAYERS["findings"]}


@pytest.mark.skipif(SCALE == 1, reason="starts pytest for each bug: make proof")
@pytest.mark.timeout(900)
@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_planted_bug_is_noticed(
    bug: PlantedBug, tmp_path, postgres_server: PostgresServer, tally: Tally
):
    run = run_with(bug, tmp_path, postgres_server.url())
    assert run.is_noticed, run.output[-5_000:]
    tally.count("bugs noticed", 1, at_least=1)


def _name(bug: PlantedBug) -> str:
    return bug.noticed_by.rpartition("::")[2]
