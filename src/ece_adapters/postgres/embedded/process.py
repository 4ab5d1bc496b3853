"""What the system knows of a process, and how to end a PostgreSQL server."""

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
    except PermissionError:  # somebody else's
        return True
    return True


def command_line(pid: int) -> str:
    """Empty when there is no such process, or nothing of it but its exit code."""
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
    """
    By PostgreSQL's fast shutdown, then its immediate one, then the system's.

    :param at_once: leave out the first, as nothing would be lost: the server is not up yet.
    """
    fast, immediate, killed = (signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)
    for signal_number, patience in (immediate, killed) if at_once else (fast, immediate, killed):
        if is_running():
            send(signal_number)
        deadline = time.monotonic() + patience
        while is_running() and time.monotonic() < deadline:
            time.sleep(0.01)
