"""``python -m tests.proof.planted [word ...]``: plant the bugs whose layer or name has a word."""

import argparse
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.postgres_fixture import server_for_tests

from . import LAYERS
from .planting import run_with


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.proof.planted")
    parser.add_argument("words", nargs="*", metavar="word", help="all bugs without any")
    parser.add_argument("--show", action="store_true", help="print what pytest said, too")
    chosen = parser.parse_args()
    bugs = [
        bug
        for layer, bugs in LAYERS.items()
        for bug in bugs
        if not chosen.words or any(word == layer or word in bug.name for word in chosen.words)
    ]
    unnoticed = 0
    with ExitStack() as cleanup:
        server = server_for_tests(cleanup)
        for bug in bugs:
            with tempfile.TemporaryDirectory(prefix="ece-planted-") as folder:
                run = run_with(bug, Path(folder), server.url())
            unnoticed += not run.is_noticed
            print("noticed  " if run.is_noticed else "UNNOTICED", bug.name, flush=True)
            if chosen.show:
                print(run.output, flush=True)
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main())
