"""Queries processes of the system, and ends a PostgreSQL server."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import run
from typing import Final

_PROCESSES: Final = Path("/proc")


def exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # the process of another user
        return True
    return True


def command_line(pid: int) -> str:
    """The command line of a process; empty if there is none, or if it is a zombie."""
    if not _PROCESSES.exists():
        command = ("ps", "-ww", "-o", "command=", "-p", str(pid))
        return run(command, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603 - a number of our own
    try:
        arguments = (_PROCESSES / str(pid) / "cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return os.fsdecode(arguments.replace(b"\0", b" ")).rstrip()


def end_server(
    send: Callable[[int], None], is_running: Callable[[], bool], *, at_once: bool = False
) -> None:
    """End a server by fast shutdown, then immediate shutdown, then SIGKILL.

    :param at_once: skip the fast shutdown, for a server that is not ready yet.
    """
    fast, immediate, killed = (signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)
    for signal_number, timeout_seconds in (
        (immediate, killed) if at_once else (fast, immediate, killed)
    ):
        if is_running():
            send(signal_number)
        deadline = time.monotonic() + timeout_seconds
        while is_running() and time.monotonic() < deadline:
            time.sleep(0.01)
