"""``python -m tests.simulation --seed N --worlds K``: run worlds, or watch one."""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress

from .run import ACTIONS, command, live
from .world import Violated


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("--seed", type=int, default=1, help="the first world's seed")
    parser.add_argument("--worlds", type=int, default=1, help="how many worlds; one is traced")
    parser.add_argument("--actions", type=int, default=ACTIONS, help="actions in each world")
    given = parser.parse_args(arguments)
    counts: Counter[str] = Counter()
    for seed in range(given.seed, given.seed + given.worlds):
        try:
            counts += live(seed, given.actions, print if given.worlds == 1 else None).counts
        except Violated as violated:
            if given.worlds > 1:
                with suppress(Violated):
                    live(seed, given.actions, print)
            print(f"\nbroken: {violated}\nsee it again: {command(seed, given.actions)}")
            return 1
    for what, count in counts.most_common():
        print(f"{count:9}  {what}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
