"""How a command ends, for those who call it from a script."""

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes of every command."""

    DONE = 0
    """Done; a server was stopped as it should be."""
    FOUND_WRONG = 1
    """``check``, ``doctor`` or ``db check`` looked, and something is wrong."""
    MISUSED = 2
    """The command line, a setting or a given file is wrong."""
    NOT_POSSIBLE = 3
    """Something that ECE needs is missing or taken: a port, a folder, a database."""
    REFUSED = 4
    """The exchange refused; the line begins with the code of the refusal."""
    INTERRUPTED = 130
    """Ctrl-C, in a command that was not done."""


class Stopped(Exception):
    """Ends a command with one line for a person, instead of a traceback."""

    def __init__(self, line: str, code: Exit = Exit.NOT_POSSIBLE) -> None:
        super().__init__(line)
        self.code = code
