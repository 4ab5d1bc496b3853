"""``python -m tests.machines``: try the README's two commands on bare Debian 12 and 13.

Each release is tried as root and as an ordinary user: ``make serve`` until it is ready, the printed
``curl`` line, ``ece check``, Ctrl-C; then ``make test``. With ``--python python3.12`` the commands
are tried on this machine instead, with that Python. The exit code is 1 if a try fails.
"""

import argparse
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

import psutil

from tests.cli.curl import path_with_curl
from tests.cli.ece import free_port

from .bare_debian import RELEASES, USERS, bare_debian, missing
from .machine import Machine, this_machine

ROOT: Final = Path(__file__).parents[2]
CACHE: Final = Path(tempfile.gettempdir()) / "ece-machines"
READY_SECONDS: Final = 600
TEST_SECONDS: Final = 3600


def try_serve(machine: Machine, folder: Path) -> None:
    """:raises AssertionError: unless the exchange opens, sells a card, and ends by Ctrl-C."""
    log = folder / "serve.log"
    server = machine.make(f"serve PORT={free_port()}", log=log)
    try:
        deadline = time.monotonic() + READY_SECONDS
        while "Ctrl-C" not in log.read_text():
            assert server.poll() is None, f"make serve ended:\n{log.read_text()}"
            assert time.monotonic() < deadline, f"make serve is not ready:\n{log.read_text()}"
            time.sleep(0.5)
        (line,) = (line for line in log.read_text().splitlines() if line.startswith("curl "))
        path = f"PATH={shlex.quote(path_with_curl(folder))}"
        bought = subprocess.run(
            ["sh", "-c", f"{path}; {line}"], capture_output=True, text=True, check=True
        )
        assert '"receipt"' in bought.stdout, bought.stdout
        check = folder / "check.log"
        assert machine.run(".venv/bin/ece check", log=check).wait(60) == 0, check.read_text()
        _press_ctrl_c(server.pid)
        assert server.wait(30) in {0, 130}, log.read_text()
    finally:
        server.kill()
        server.wait()


def _press_ctrl_c(pid: int) -> None:
    """Interrupt ``make`` and all that it started, as a terminal does."""
    below = psutil.Process(pid).children(recursive=True)
    (make,) = (process for process in below if process.name() == "make")
    for process in [make, *make.children(recursive=True)]:
        if process.name() != "postgres":  # it is in a session of its own
            process.send_signal(signal.SIGINT)


def try_test(machine: Machine, folder: Path) -> str:
    """The last line of the suite.

    :raises AssertionError: unless it passes.
    """
    log = folder / "test.log"
    suite = machine.make("test", log=log)
    try:
        code = suite.wait(TEST_SECONDS)
    finally:
        suite.kill()
        suite.wait()
    text = log.read_text(errors="replace")
    assert code == 0, text[-20_000:]
    return text.strip().splitlines()[-1]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.machines", description=__doc__)
    parser.add_argument("--release", action="append", choices=RELEASES)
    parser.add_argument("--user", action="append", choices=USERS)
    parser.add_argument("--python", action="append")
    parser.add_argument("--only", choices=("serve", "test"))
    given = parser.parse_args()
    if given.python:
        tries = [
            (f"{python} on this machine", this_machine(ROOT, python)) for python in given.python
        ]
    elif reason := missing():
        print(f"NOT PROVEN HERE: bare machines: {reason}")
        return 0
    else:
        tries = [
            (f"{release} {user}", bare_debian(release, user, CACHE, ROOT))
            for release in given.release or RELEASES
            for user in given.user or USERS
        ]
    passed = [_try(name, machine, given.only) for name, machine in tries]
    return 0 if all(passed) else 1


def _try(name: str, made: AbstractContextManager[Machine], only: str | None) -> bool:
    """Print what was met; False if a command failed."""
    with tempfile.TemporaryDirectory() as folder, made as machine:
        for command, attempt in (("serve", try_serve), ("test", try_test)):
            if only not in {None, command}:
                continue
            begun = time.monotonic()
            try:
                result = attempt(machine, Path(folder)) or "passed"
            except AssertionError as error:
                print(f"{name}, make {command}: FAILED\n{error}", flush=True)
                return False
            seconds = time.monotonic() - begun
            print(f"{name}, make {command}: {result} ({seconds:.0f} s)", flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main())
