"""The exit codes of the commands, for scripts."""

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes of every command."""

    DONE = 0
    """Done; or the server was stopped by a signal."""
    FOUND_WRONG = 1
    """``check``, ``doctor`` or ``db check`` found something wrong."""
    MISUSED = 2
    """The command line, a setting or a given file is wrong."""
    NOT_POSSIBLE = 3
    """Something that ECE needs is missing or in use: a port, a folder, a database."""
    REFUSED = 4
    """The exchange refused; the line begins with the code of the error."""
    INTERRUPTED = 130
    """Ctrl-C before the command was done."""
    OUTPUT_CLOSED = 141
    """The reader of the output ended first, as ``head`` does."""


class Stopped(Exception):
    """Ends a command with one line on standard error instead of a traceback."""

    def __init__(self, line: str, code: Exit = Exit.NOT_POSSIBLE) -> None:
        super().__init__(line)
        self.code = code
