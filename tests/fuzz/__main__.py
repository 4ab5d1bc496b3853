"""One group under libFuzzer: ``python -m tests.fuzz GROUP [FLAG ...] [FOLDER OF SEEDS]``."""

import atexit
import signal
import sys
from importlib import import_module

import atheris

OURS = ["ece_domain", "ece_adapters", "ece_entrypoints"]


def main() -> None:
    group = sys.argv.pop(1)
    with atheris.instrument_imports(include=OURS):
        harness = import_module(f"tests.fuzz.{group}")
    # The timer of libFuzzer's timeout would end a process that needs long to exit.
    atexit.register(signal.setitimer, signal.ITIMER_REAL, 0)
    atheris.Setup(sys.argv, harness.take)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
