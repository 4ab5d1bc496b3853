"""Ends this process with the one that started it, as ``make`` killed outright cannot tell us."""

import ctypes
import os
import signal
import sys
from typing import Final

_PR_SET_PDEATHSIG: Final = 1


def stop_with_parent() -> None:
    """Have the system send us SIGTERM when our parent dies. Linux alone offers it."""
    if sys.platform == "linux":
        parent = os.getppid()
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before the signal was asked for
            sys.exit()
