"""Processor time of processes and all that they started."""

import psutil  # type: ignore[import-untyped]


def cpu_seconds(pid: int) -> float:
    """Seconds of a process and its descendants, those included that have ended."""
    first = psutil.Process(pid)
    return sum(map(_seconds, [first, *first.children(recursive=True)]))


def _seconds(process: psutil.Process) -> float:
    try:
        spent = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(spent.user + spent.system + spent.children_user + spent.children_system)
