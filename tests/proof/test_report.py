"""The page of ``make proof`` has all results, failures first."""

import subprocess
import sys
from pathlib import Path

import pytest

from .layers import LAYERS, Layer
from .report import Counter, Outcome, page

PROVEN = """
import pytest

@pytest.mark.parametrize("part", [1, 2])
def test_counts(tally, part):
    tally.count("faults fired", 600 * part, at_least=500)
    tally.count("worlds", 7)

def test_meets_too_little(tally):
    tally.count("replays seen", 3, at_least=4)

def test_breaks():
    raise ValueError("lost a card")

@pytest.fixture
def nowhere():
    raise OSError("no disk")

def test_cannot_begin(nowhere): ...

@pytest.mark.skip("needs a tmpfs")
def test_is_skipped(): ...
"""

ROOT = Path(__file__).parents[2]
LAYER = Layer("trial", 3, ("test_proven.py",))


@pytest.fixture
def outcome(tmp_path: Path) -> Outcome:
    tests, report = tmp_path / "test_proven.py", tmp_path / "report.xml"
    tests.write_text(PROVEN)
    config = ("-c", ROOT / "pyproject.toml", "-o", "junit_suite_name=abc123")
    plugins = ("-p", "no:randomly", "-p", "no:cacheprovider", "-p", "tests.tally")
    command = (sys.executable, "-m", "pytest", *config, *plugins, tests, f"--junitxml={report}")
    subprocess.run(command, cwd=ROOT, check=False, capture_output=True)
    return Outcome.read(LAYER, report)


def test_sums_the_counters_of_the_tests(outcome: Outcome):
    assert outcome.counters == {
        "faults fired": Counter(1_800, 1_000),
        "worlds": Counter(14, 0),
        "replays seen": Counter(3, 4),
    }


def test_the_report_names_failures_missing_faults_and_skipped_layers(outcome: Outcome):
    assert not outcome.holds
    assert [told.partition(":")[0] for told in outcome.broken] == [
        "test_meets_too_little",
        "test_breaks",
        "test_cannot_begin",
    ]
    assert outcome.skipped == ("test_is_skipped: needs a tmpfs",)


def test_a_layer_that_reports_nothing_fails(tmp_path: Path):
    assert not Outcome.read(LAYER, tmp_path / "missing.xml").holds
    (tmp_path / "empty.xml").write_text("<testsuites><testsuite/></testsuites>")
    assert not Outcome.read(LAYER, tmp_path / "empty.xml").holds


def test_the_page_says_broken_in_its_first_line(outcome: Outcome):
    written = page("Run today.", [outcome])

    assert written.splitlines()[2] == "**BROKEN.** Run today."
    assert f"| trial | 3 | 6 | 3 | 0.0 | {outcome.day} | abc123 |" in written
    assert "| faults fired | 1,800 | 1,000 |" in written
    assert "| worlds | 14 |  |" in written
    assert "- test_breaks: ValueError: lost a card" in written
    assert "- test_is_skipped: needs a tmpfs" in written


def test_every_layer_has_its_own_name_and_tests_that_are_there():
    assert len({layer.name for layer in LAYERS}) == len(LAYERS)
    assert [path for layer in LAYERS for path in layer.paths if not (ROOT / path).exists()] == []
