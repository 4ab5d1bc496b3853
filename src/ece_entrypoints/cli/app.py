"""The commands of ``ece``. A command's module is imported when the command is called."""

import json
import os
import sys
from importlib.metadata import version
from typing import NoReturn

from cyclopts import App, CycloptsError

from ece_domain.kernel import DomainError

from .epilogue import DATABASE, EXCHANGE, EXIT_CODES, READS_EVERY, reads
from .exit_codes import Exit, Stopped

_EPILOGUE = f"""\
Settings come from environment variables such as ECE_DATABASE_URL; an option overrides its variable.

{EXIT_CODES}"""


app = App(
    name="ece",
    help="ECE, an exchange engine for collectible cards.",
    help_epilogue=_EPILOGUE,
    version=lambda: version("elite-card-exchange"),
    suppress_keyboard_interrupt=False,
)
_GROUPS_LOADED_WHEN_CALLED = (
    ("db", "db:app", "Manage the database schema."),
    ("demo", "demo:app", "Fill an exchange with a demo set, collectors and trade."),
    ("user", "user:app", "Create and look after the exchange's users."),
    ("import", "import_cards:app", "Import card sets from a package; repeat it to update them."),
)
_LOADED_WHEN_CALLED = (
    ("serve", "serve:serve", "Serve the exchange over HTTP until Ctrl-C.", READS_EVERY),
    (
        "check",
        "check:check",
        "Audit the ledger: check every invariant of the stored data.",
        reads(*EXCHANGE),
    ),
    ("openapi", "openapi:openapi", "Print the OpenAPI document of the HTTP API.", EXIT_CODES),
    (
        "doctor",
        "doctor:doctor",
        "Name what is broken here, and the command that fixes it.",
        reads(*DATABASE, "ECE_HOST", "ECE_OTHER_SECRET_FILES", "ECE_PORT", "ECE_SECRET_FILE"),
    ),
    (
        "config",
        "config:config",
        "Print every setting with its source, default and meaning.",
        READS_EVERY,
    ),
)
for _name, _place, _help in _GROUPS_LOADED_WHEN_CALLED:
    app.command(f"ece_entrypoints.cli.{_place}", name=_name, help=_help)
for _name, _place, _help, _epilogue in _LOADED_WHEN_CALLED:
    app.command(f"ece_entrypoints.cli.{_place}", name=_name, help=_help, help_epilogue=_epilogue)
app.register_install_completion_command()


def main() -> None:
    """Run the command line, and end the process with one of the documented exit codes."""
    try:
        try:
            app(exit_on_error=False, print_error=False)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # What is still buffered has no reader: the interpreter would fail to write it at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(Exit.OUTPUT_CLOSED)
    except CycloptsError as error:
        _end(str(error).strip(), Exit.MISUSED)
    except Stopped as stopped:
        _end(str(stopped), stopped.code)
    except DomainError as refusal:
        _end(f"{refusal.code}: {refusal.detail}", Exit.REFUSED)
    except OSError as error:
        _end(str(error), Exit.NOT_POSSIBLE)
    except (EOFError, KeyboardInterrupt):
        _end("interrupted", Exit.INTERRUPTED)


def _end(line: str, code: Exit) -> NoReturn:
    if "--json" in sys.argv:
        print(json.dumps({"error": {"exit_code": code, "name": code.name.lower(), "what": line}}))
    else:
        print(f"ece: {line}", file=sys.stderr)
    sys.exit(code)
