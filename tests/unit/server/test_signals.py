"""A signal cancels what runs in an event loop, and never raises inside of it."""

import subprocess
import sys

PROGRAM = """
import asyncio, os, signal
from ece_entrypoints.server.signals import exit_on_signals, run

def callback():
    os.kill(os.getpid(), signal.SIGINT)
    print("the callback was completed", flush=True)

async def work():
    asyncio.get_running_loop().call_soon(callback)
    try:
        await asyncio.sleep(60)
    finally:
        os.kill(os.getpid(), signal.SIGINT)
        print("the cleanup was completed", flush=True)

exit_on_signals()
run(work())
print("never reached")
"""


def test_a_signal_during_a_callback_of_the_loop_does_not_raise_in_it():
    """As it did in callbacks of asyncpg, which crashed or hung. The second signal is quiet."""
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False, timeout=30
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == "the callback was completed\nthe cleanup was completed\n"


def test_a_signal_outside_of_a_loop_ends_the_process_with_its_cleanup():
    program = (
        PROGRAM.partition("run(work())")[0] + "\ntry:\n    callback()\nfinally:\n    callback()"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=30
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == "the callback was completed\n"
