"""Every parser under a coverage-guided fuzzer.

libFuzzer ends its process, so each group has a separate one. A finding is printed with its input;
add the input to the group's ``SEEDS``.
"""

import os
import re
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pytest

from tests.tally import SCALE, Tally

RUNS: Final = 10_000 * SCALE
EDGES: Final = {
    "bodies": 80,
    "cursors": 40,
    "headers": 12,
    "money": 70,
    "names": 18,
    "packages": 140,
    "queries": 20,
    "tarballs": 30,
    "tokens": 30,
}
"""The minimum of covered branches of a run, by group."""
ALMOST: Final = ("\n", "\0", "\u0663", "\u00b2", "\u212a", "\u202e", "\ud800", "\\ud800", "\\u0000")
"""Unusual line ends, digits and letters."""

_DONE: Final = re.compile(r"Done (\d+) in ")
_COVERED: Final = re.compile(r"cov: (\d+)")


@pytest.mark.parametrize("group", EDGES)
def test_the_seeds_are_taken_without_a_fuzzer_too(group: str):
    harness = import_module(f"tests.fuzz.{group}")
    for seed in harness.SEEDS:
        harness.take(seed)


@pytest.mark.skipif(
    find_spec("atheris") is None, reason="atheris is not installed: it is made for Linux on x86-64"
)
@pytest.mark.timeout(300 * SCALE)
@pytest.mark.parametrize("group", EDGES)
def test_any_input_is_read_or_refused(group: str, tmp_path: Path, tally: Tally):
    fuzzed = fuzz(group, tmp_path)
    assert fuzzed.returncode == 0, fuzzed.stderr[-5_000:]
    done = _DONE.search(fuzzed.stderr)
    assert done, fuzzed.stderr[-5_000:]
    tally.count(f"inputs to {group}", int(done[1]), at_least=RUNS)
    covered = max(map(int, _COVERED.findall(fuzzed.stderr)))
    tally.count(f"edges covered in {group}", covered, at_least=EDGES[group])


def fuzz(group: str, folder: Path) -> subprocess.CompletedProcess[str]:
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(import_module(f"tests.fuzz.{group}").SEEDS):
        (corpus / str(number)).write_bytes(seed)
    words = folder / "words"
    words.write_text("".join(f'"{quoted(word)}"\n' for word in ALMOST))
    flags = (f"-atheris_runs={RUNS}", "-seed=1", "-timeout=10", f"-dict={words}")
    return subprocess.run(
        (sys.executable, "-m", "tests.fuzz", group, *flags, f"-artifact_prefix={folder}/", corpus),
        capture_output=True,
        check=False,
        encoding="utf-8",
        env={**os.environ, "PYTHONHASHSEED": "0"},
        errors="replace",
    )


def quoted(word: str) -> str:
    """The text in the format of a libFuzzer dictionary."""
    return "".join(f"\\x{byte:02x}" for byte in word.encode("utf-8", "surrogatepass"))
