"""The text below a command's help: the settings that it reads, and the exit codes."""

from typing import Final

EXIT_CODES: Final = """\
Exit codes: 0 done, 1 a check found something wrong, 2 a wrong command line, setting or file, \
3 something that is needed is missing or in use, 4 the exchange refused, 130 interrupted, \
141 the reader of the output ended first. With --json, an error is a JSON document on standard \
output too.
"""
DATABASE: Final = (
    "ECE_DATABASE_POOLER",
    "ECE_DATABASE_URL",
    "ECE_MIGRATION_URL",
    "ECE_STORE",
)
EXCHANGE: Final = (
    *DATABASE,
    "ECE_DATABASE_CONNECTIONS",
    "ECE_DATABASE_REPLICA_URL",
    "ECE_PASSWORD_COST",
    "ECE_SECRET_FILE",
)


def reads(*variables: str) -> str:
    return f"Settings that it reads: {', '.join(sorted(variables))}.\n\n{EXIT_CODES}"


READS_EVERY: Final = f"It reads every setting; ece config prints them all.\n\n{EXIT_CODES}"
