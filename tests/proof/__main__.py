"""``python -m tests.proof [layer ...]``: run layers in their large size, and write the report.

Without arguments all layers run. Then ``docs/proof/latest.md`` is written from the latest report of
each layer, with its commit.
"""

import argparse
import asyncio
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from .layers import LAYERS, Layer
from .report import Outcome, page

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/proof/latest.md"
REPORTS = ROOT / ".proof"
CORES = os.cpu_count() or 1
AT_ONCE = CORES + 1
"""One layer more than cores, because some layers wait for restarts."""


async def prove(layers: Sequence[Layer]) -> None:
    """Run the layers, several at the same time."""
    REPORTS.mkdir(exist_ok=True)
    turn = asyncio.Semaphore(AT_ONCE)
    commit = _commit()

    async def one(layer: Layer) -> None:
        async with turn:
            await try_hard(layer, commit)

    async with asyncio.TaskGroup() as group:
        for layer in layers:
            group.create_task(one(layer))


async def try_hard(layer: Layer, commit: str) -> None:
    report, log = _report(layer), _report(layer).with_suffix(".log")
    report.unlink(missing_ok=True)
    print(f"{layer.name}: begins", flush=True)
    with log.open("w") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "pytest", *layer.paths),
            *(f"--junitxml={report}", "-o", f"junit_suite_name={commit}"),
            cwd=ROOT,
            env={**os.environ, "ECE_PROOF_SCALE": str(layer.scale)},
            stdout=output,
            stderr=output,
        )
        try:
            await process.wait()
        finally:
            if process.returncode is None:
                process.terminate()
    outcome = Outcome.read(layer, report)
    verdict = "holds" if outcome.holds else f"BROKEN, see {log.relative_to(ROOT)}"
    print(f"{layer.name}: {verdict}, {outcome.seconds / 60:.1f} min", flush=True)


def _report(layer: Layer) -> Path:
    return REPORTS / f"{layer.name.replace(' ', '-')}.xml"


def _commit() -> str:
    """The commit, and whether there are uncommitted changes."""

    def git(*arguments: str) -> str:
        command = ("git", *arguments)
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", "src", "tests")
    return git("rev-parse", "--short", "HEAD") + (" and changes" if changed else "")


def main() -> int:
    names = [layer.name for layer in LAYERS]
    parser = argparse.ArgumentParser(prog="python -m tests.proof")
    parser.add_argument("layers", nargs="*", metavar="layer", help=f"of: {', '.join(names)}")
    chosen = parser.parse_args().layers or names
    unknown = sorted({*chosen} - {*names})
    if unknown:
        parser.error(f"there is no layer {', '.join(unknown)}; there are {', '.join(names)}")
    asyncio.run(prove([layer for layer in LAYERS if layer.name in chosen]))
    outcomes = [Outcome.read(layer, _report(layer)) for layer in LAYERS]
    machine = f"Run with Python {platform.python_version()} on {CORES} cores."
    PAGE.write_text(page(machine, outcomes))
    return 0 if all(outcome.holds for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
