"""Becomes a PostgreSQL program: as a given user, and only for as long as its parent lives.

A script, not a module: ``python -I -S drop_privileges.py PARENT UID GID PROGRAM ARGUMENT...``. The
``preexec_fn`` of :mod:`subprocess` could do the same, but it runs Python between fork and exec,
which may deadlock (and warns) once the parent has threads. It drops its rights by itself because
the unprivileged user may not be able to reach this file or the Python that runs it.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def drop_privileges(parent: int, uid: int, gid: int, command: list[str]) -> None:
    """Never returns: the process is the command from here on."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        # After setuid, which would clear it. SIGINT is PostgreSQL's fast, clean shutdown.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() != parent:  # died before the signal was asked for
            sys.exit(1)
    # The full path, as a search would import modules that the new user may not be able to read.
    os.execv(command[0], command)  # noqa: S606 - the very purpose, and no shell is wanted


if __name__ == "__main__":
    drop_privileges(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
