"""Ends this process when its parent dies: a killed ``make`` cannot send a signal."""

import ctypes
import os
import signal
import sys
from typing import Final

_PR_SET_PDEATHSIG: Final = 1


def stop_with_parent() -> None:
    """Ask the kernel for SIGTERM when the parent process dies. Does nothing outside Linux."""
    if sys.platform == "linux":
        parent = os.getppid()
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # the parent died before prctl
            sys.exit()
