"""Signals at many moments of the first start: exit code 0, no traceback, no process left over."""

import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from .ece import PROGRAM, Ece, all_gone, free_port

STAGES = [
    "postgres/lock",  # the folder is locked
    "postgres/cluster.new",  # initdb runs
    "postgres/cluster",  # the server starts
    "postgres/cluster/postmaster.pid",  # it accepts connections soon, and is migrated
    "secret",  # the demo is filled
]
"""Files of ``.ece``, in the order in which the first start makes them."""


@pytest.mark.parametrize("delay", [0, 0.2])
@pytest.mark.parametrize("stage", STAGES)
def test_ctrl_c_at_any_stage_of_the_first_start_ends_it_cleanly(free_ece, stage, delay):
    interrupt(free_ece, stage, signal.SIGINT, delay)


@pytest.mark.parametrize("stage", STAGES[1::2])
def test_sigterm_ends_the_first_start_cleanly(free_ece, stage):
    interrupt(free_ece, stage, signal.SIGTERM, 0.1)


@pytest.mark.parametrize("stage", STAGES[2:])
def test_a_second_ctrl_c_is_quiet(free_ece, stage):
    interrupt(free_ece, stage, signal.SIGINT, 0.1, signal.SIGINT)


def test_the_start_after_an_interrupted_one_completes_it(free_ece):
    interrupt(free_ece, "postgres/cluster.new", signal.SIGINT, 0.1)
    with free_ece.serving() as exchange:
        assert exchange.answers("/health/ready")


def interrupt(ece: Ece, stage: str, number: int, delay: float, *more: int) -> None:
    with subprocess.Popen(
        [PROGRAM, "serve", "--demo", "--port", str(free_port())],
        cwd=ece.folder,
        env=dict(ece.environment),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        wait_for(ece.folder / ".ece" / stage)
        time.sleep(delay)
        family = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(number)
        for again in more:
            time.sleep(0.1)
            process.send_signal(again)
        _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (0, "")
    assert all_gone(family)


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline, path
        time.sleep(0.005)
