"""Runs the command line in child processes."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil
from attrs import evolve, field, frozen

PROGRAM = Path(sys.executable).with_name("ece")


@frozen
class Open:
    """A running ``ece serve``."""

    process: subprocess.Popen[str]
    said: str
    url: str

    @property
    def processes(self) -> list[psutil.Process]:
        """The processes of the server and of its embedded PostgreSQL."""
        own = psutil.Process(self.process.pid)
        return [own, *own.children(recursive=True)]

    @property
    def cpu_seconds(self) -> float:
        """Processor time so far, which does not depend on the load of the machine."""
        spent = [process.cpu_times() for process in self.processes]
        return sum(times.user + times.system for times in spent)

    def stop(self, number: int = signal.SIGINT) -> int:
        """Wait for the end; return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(30)

    def answers(self, path: str) -> bool:
        try:
            with urlopen(self.url + path, timeout=5) as answer:
                return bool(answer.status == 200)
        except URLError:
            return False


@frozen
class Ece:
    """Runs ``ece`` in a folder, which gets ``.ece``."""

    folder: Path
    environment: Mapping[str, str] = field(repr=False)
    prefix: tuple[str, ...] = ()
    """The command that runs ``ece``, such as ``setpriv``."""

    def with_variable(self, **variables: str) -> "Ece":
        return evolve(self, environment={**self.environment, **variables})

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.prefix, PROGRAM, *arguments],
            cwd=self.folder,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def in_terminal(self, *arguments: str, typed: Sequence[str]) -> tuple[int, str]:
        """Run it in a terminal, and type a line at each prompt; return exit code and screen."""
        ours, its = os.openpty()
        with subprocess.Popen(
            [PROGRAM, *arguments],
            cwd=self.folder,
            env=dict(self.environment),
            stdin=its,
            stdout=its,
            stderr=its,
            start_new_session=True,
        ) as process:
            os.close(its)
            screen = ""
            for line in typed:
                while not screen.endswith(": "):
                    screen += os.read(ours, 1000).decode()
                os.write(ours, f"{line}\n".encode())
                screen += os.read(ours, 1000).decode()
            with suppress(OSError):  # Linux tells the end of a terminal by an error
                while read := os.read(ours, 1000):
                    screen += read.decode()
            code = process.wait(60)
        os.close(ours)
        return code, screen

    def in_shell(self, line: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-c", line],
            cwd=self.folder,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    @contextmanager
    def serving(self, *arguments: str) -> Iterator[Open]:
        """Serve on a free port; end all processes at the end of the block."""
        port = free_port()
        with subprocess.Popen(
            [PROGRAM, "serve", "--port", str(port), *arguments],
            cwd=self.folder,
            env=dict(self.environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as process:
            try:
                yield Open(process, read_welcome(process), f"http://127.0.0.1:{port}")
            finally:
                process.terminate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def all_gone(processes: list[psutil.Process], within: float = 15) -> bool:
    return not psutil.wait_procs(processes, timeout=within)[1]


def read_welcome(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    said = ""
    for line in process.stdout:
        said += line
        if line.startswith("Ctrl-C"):
            return said
    raise AssertionError(f"ended with {process.wait(30)} before it was ready, saying: {said}")
