"""``python -m tests.proof [layer ...]``: try everything much harder, and write down what was met.

Without layers all of them run, and ``docs/proof/latest.md`` is written anew.
"""

import argparse
import asyncio
import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from .layers import LAYERS, Layer
from .report import Outcome, page

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/proof/latest.md"
REPORTS = ROOT / ".proof"
CORES = os.cpu_count() or 1


async def prove(layers: Sequence[Layer]) -> list[Outcome]:
    """Run the layers, as many at a time as there are cores."""
    REPORTS.mkdir(exist_ok=True)
    free_core = asyncio.Semaphore(CORES)

    async def one(layer: Layer) -> Outcome:
        async with free_core:
            return await try_hard(layer)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(layer)) for layer in layers]
    return [task.result() for task in tasks]


async def try_hard(layer: Layer) -> Outcome:
    name = layer.name.replace(" ", "-")
    report, log = REPORTS / f"{name}.xml", REPORTS / f"{name}.log"
    report.unlink(missing_ok=True)
    begun = time.monotonic()
    print(f"{layer.name}: begins", flush=True)
    with log.open("w") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "pytest", *layer.paths, f"--junitxml={report}"),
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
    outcome = Outcome.read(layer, report, time.monotonic() - begun)
    verdict = "holds" if outcome.holds else f"BROKEN, see {log.relative_to(ROOT)}"
    print(f"{layer.name}: {verdict}, {outcome.seconds / 60:.1f} min", flush=True)
    return outcome


def heading(minutes: float) -> str:
    """When, on what, and how long."""

    def git(*arguments: str) -> str:
        return subprocess.run(
            ("git", *arguments), cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout.strip()

    changed = " with changes that were not committed" if git("status", "--porcelain") else ""
    return (
        f"Run on {datetime.now(UTC):%Y-%m-%d} at commit `{git('rev-parse', '--short', 'HEAD')}`"
        f"{changed}, with Python {platform.python_version()} on {CORES} cores, in"
        f" {minutes:.0f} minutes, {CORES} layers at a time."
    )


def main() -> int:
    names = [layer.name for layer in LAYERS]
    parser = argparse.ArgumentParser(prog="python -m tests.proof")
    parser.add_argument("layers", nargs="*", metavar="layer", help=f"of: {', '.join(names)}")
    chosen = parser.parse_args().layers or names
    unknown = sorted({*chosen} - {*names})
    if unknown:
        parser.error(f"there is no layer {', '.join(unknown)}; there are {', '.join(names)}")
    begun = time.monotonic()
    outcomes = asyncio.run(prove([layer for layer in LAYERS if layer.name in chosen]))
    written = page(heading((time.monotonic() - begun) / 60), outcomes)
    if chosen == names:
        PAGE.write_text(written)
    else:
        print(written)
    return 0 if all(outcome.holds for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
