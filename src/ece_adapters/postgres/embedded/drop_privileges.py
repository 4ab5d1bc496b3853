"""Runs a PostgreSQL program as a given user, and ends it when the parent process dies.

A script, not a module: ``python -I -S drop_privileges.py PARENT UID GID PROGRAM ARGUMENT...``. The
``preexec_fn`` of :mod:`subprocess` could do the same, but it runs Python between fork and exec,
which may deadlock (and warns) once the parent has threads. It drops privileges itself, because
the unprivileged user may not be able to read this file or the Python that runs it.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def drop_privileges(parent: int, uid: int, gid: int, command: list[str]) -> None:
    """Replace this process with the command; never returns."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        # After setuid, which would clear it. SIGINT is PostgreSQL's fast, clean shutdown.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() != parent:  # the parent died before prctl
            sys.exit(1)
    # The full path, as a search would import modules that the new user may not be able to read.
    os.execv(command[0], command)  # noqa: S606 - replacing the process is the purpose, without a shell


if __name__ == "__main__":
    drop_privileges(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
