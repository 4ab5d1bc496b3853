"""``python -m tests.simulation --seed N --worlds K``: live through worlds, or watch one."""

import argparse
import sys
from collections import Counter

from .run import ACTIONS, live
from .world import Violated


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("--seed", type=int, default=1, help="the first world's seed")
    parser.add_argument("--worlds", type=int, default=1, help="how many worlds; one is traced")
    parser.add_argument("--actions", type=int, default=ACTIONS, help="actions in each world")
    given = parser.parse_args()
    counts: Counter[str] = Counter()
    for seed in range(given.seed, given.seed + given.worlds):
        try:
            lived = live(seed, given.actions, print if given.worlds == 1 else None)
        except Violated:
            return 1
        counts += lived.counts + lived.faults
    for _what, _count in counts.most_common():
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
