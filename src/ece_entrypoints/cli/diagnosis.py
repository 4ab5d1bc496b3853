"""The checks of ``ece doctor``, one function each."""

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from http.client import HTTPConnection, HTTPException
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from re import match
from typing import Final

import asyncpg
from attrs import frozen

from ece_adapters import system
from ece_adapters.postgres.embedded.embedded_server import ServerProgramsMissing
from ece_adapters.postgres.embedded.running_server import RunningServer
from ece_adapters.postgres.embedded.server_account import server_home
from ece_adapters.postgres.embedded.server_binaries import find_programs
from ece_adapters.postgres.engine.access import read_access
from ece_adapters.postgres.engine.schema_drift import schema_drift
from ece_adapters.postgres.engine.schema_revision import NEWEST, ServerInfo, read_server_info
from ece_entrypoints.server.listener import listening
from ece_entrypoints.server.signals import run
from ece_entrypoints.wiring.settings import Settings

from .data_folder import DATA_FOLDER, folder_problem
from .databases import Urls, encoding_problem, urls_of
from .exit_codes import Stopped
from .options import DATABASE_FOLDER

_MIN_PYTHON: Final = (3, 11)
_MIN_SERVER: Final = 15
_EARLIEST_DATE: Final = datetime(2025, 1, 1, tzinfo=UTC)
"""A clock that shows an earlier date is wrong."""
_MAX_DRIFT: Final = timedelta(seconds=2)
_PROBE_SECONDS: Final = 2.0
_MAX_PROBE: Final = 1_000
_PARTS: Final = ("api", "cli", "embedded", "postgres")


class Health(StrEnum):
    GOOD = "good"
    OPTIONAL = "optional"
    """Missing, but only needed for an optional part."""
    BROKEN = "broken"


@frozen
class Diagnosis:
    """The result of one check. ``cure`` is the command that fixes it, where there is one."""

    name: str
    health: Health
    what: str
    cure: str = ""


def diagnose(settings: Settings) -> list[Diagnosis]:
    """Run every check, in the order in which a start would fail."""
    return [
        _python(),
        _packages(),
        _data_folder(),
        _secret(settings.secret_file),
        *map(_other_secret, settings.other_secret_files),
        _port(settings.host, settings.port),
        *(_given_database(urls) if (urls := urls_of(settings)) else _embedded()),
        _clock(),
        _node(),
    ]


def _good(name: str, what: str) -> Diagnosis:
    return Diagnosis(name, Health.GOOD, what)


def _broken(name: str, what: str, cure: str) -> Diagnosis:
    return Diagnosis(name, Health.BROKEN, what, cure)


def _python() -> Diagnosis:
    running = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < _MIN_PYTHON:
        return _broken("python", f"{running} is older than 3.11", "make serve PYTHON=python3.13")
    return _good("python", running)


def _packages() -> Diagnosis:
    missing = sorted(filter(_is_missing, _needed()))
    if missing:
        cure = "pip install 'elite-card-exchange[cli,embedded]'"
        return _broken("packages", f"not installed: {', '.join(missing)}", cure)
    return _good("packages", "all required packages are installed")


def _needed() -> Iterator[str]:
    for requirement in requires("elite-card-exchange") or ():
        needs, _, marker = requirement.partition(";")
        name = match(r"[\w.-]+", needs)
        for_windows = "win32" in marker and sys.platform == "win32"
        if name and not for_windows and any(f"'{part}'" in marker for part in _PARTS):
            yield name[0]


def _is_missing(distribution: str) -> bool:
    try:
        version(distribution)
    except PackageNotFoundError:
        return True
    return False


def _data_folder() -> Diagnosis:
    if problem := folder_problem():
        return _broken("data folder", problem.what, problem.cure)
    return _good("data folder", str(DATA_FOLDER.absolute()))


def _secret(path: Path) -> Diagnosis:
    try:
        if not path.exists():
            return _good("secret", f"the first start will create {path}")
        system.read_or_make_secret(path)
    except (OSError, system.SecretTooOpen) as error:
        return _broken("secret", str(error), f"chmod 600 {path}")
    return _good("secret", f"only its owner can read {path}")


def _other_secret(path: Path) -> Diagnosis:
    try:
        system.read_secrets([path])
    except (OSError, system.SecretTooOpen) as error:
        return _broken(
            "other secret",
            str(error),
            "set ECE_OTHER_SECRET_FILES to files that only their owner can read",
        )
    return _good("other secret", f"tokens signed with {path} are accepted too")


def _port(host: str, port: int) -> Diagnosis:
    try:
        listening(host, port).close()
    except Stopped as error:
        if _is_exchange(host, port):
            return _good("port", f"an exchange answers on {host}:{port}")
        cure = f"make serve PORT={port + 1}, or stop the process that `ss -ltnp` names"
        return Diagnosis("port", Health.OPTIONAL, f"{error}".partition(";")[0], cure)
    return _good("port", f"{host}:{port} is free")


def _is_exchange(host: str, port: int) -> bool:
    try:
        with closing(HTTPConnection(host, port, timeout=_PROBE_SECONDS)) as connection:
            connection.request("GET", "/health/live")
            answer = connection.getresponse()
            is_ours = answer.getheader("X-Request-Id") is not None
            return is_ours and json.loads(answer.read(_MAX_PROBE)) == {"status": "ok"}
    except (OSError, HTTPException, ValueError):
        return False


def _embedded() -> Iterator[Diagnosis]:
    try:
        programs = find_programs(None, server_home(DATABASE_FOLDER)[1])
        running = RunningServer.on(DATABASE_FOLDER)
    except (LookupError, ServerProgramsMissing) as error:
        cure = "pip install 'elite-card-exchange[embedded]', or set ECE_DATABASE_URL"
        yield _broken("postgresql", str(error), cure)
        return
    except OSError as error:
        yield _broken("postgresql", str(error), "repair the data folder first")
        return
    yield _good("postgresql", f"embedded {programs.major_version} in {programs.folder}")
    found = list(_database(running.url("ece"))) if running else []
    if running and found[0].health is Health.GOOD:
        yield from found
        yield _access(Urls(running.application_url("ece"), running.url("ece")))
    else:
        yield _good("database", "the embedded server is stopped; ece serve starts it")


def _given_database(urls: Urls) -> Iterator[Diagnosis]:
    found = list(_database(urls.migration))
    yield from found
    if found[0].health is Health.GOOD:
        yield _access(urls)


def _database(url: str) -> Iterator[Diagnosis]:
    try:
        seen = run(read_server_info(url))
    except (OSError, OverflowError, ValueError, asyncpg.PostgresError) as error:
        yield _broken("database", f"cannot be reached: {error}", "check ECE_DATABASE_URL")
        return
    if problem := encoding_problem(seen):
        yield _broken("database", *problem)
    elif seen.major_version < _MIN_SERVER:
        yield _broken("database", f"PostgreSQL {seen.major_version} is too old", "use 15 or newer")
    elif seen.revision != NEWEST:
        what = f"the schema is at revision {seen.revision}, not {NEWEST}"
        yield _broken("database", what, "ece db upgrade")
    else:
        yield _good("database", f"PostgreSQL {seen.major_version}, schema {seen.revision}")
        yield _schema(url)
    yield from _drift(seen)


def _schema(url: str) -> Diagnosis:
    drift = run(schema_drift(url))
    if drift:
        what = f"{drift[0]}, and {len(drift) - 1} more" if len(drift) > 1 else drift[0]
        cure = "undo what changed it by hand, or dump the data and restore it into a new database"
        return _broken("schema", what, cure)
    return _good("schema", "every table, constraint, index, trigger and function is as migrated")


def _access(urls: Urls) -> Diagnosis:
    try:
        access = run(read_access(urls.application))
    except (OSError, ValueError, asyncpg.PostgresError) as error:
        return _broken("roles", f"the application cannot log in: {error}", "check ECE_DATABASE_URL")
    if access.missing:
        sql = "; ".join(access.missing)
        return _broken("roles", f"{access.account} lacks a role or a privilege", f"psql -c '{sql}'")
    if access.differences:
        first, *others = access.differences
        what = f"{first}, and {len(others)} more" if others else first
        return _broken("roles", what, "ece db upgrade")
    if access.may_become_owner and urls.application == urls.migration:
        what = f"{access.account} may also change the schema, as ECE_MIGRATION_URL is not set"
        cure = "set ECE_MIGRATION_URL to the owner's account, ECE_DATABASE_URL to another one"
        return Diagnosis("roles", Health.OPTIONAL, what, cure)
    return _good("roles", f"{access.account} has the privileges of ece_application only")


def _drift(seen: ServerInfo) -> Iterator[Diagnosis]:
    apart = abs(seen.clock - system.now())
    if apart > _MAX_DRIFT:
        what = f"the database's clock differs by {apart.total_seconds():.0f} s from this machine's"
        yield _broken("clocks", what, "timedatectl set-ntp true, on both machines")


def _clock() -> Diagnosis:
    now = system.now()
    if now < _EARLIEST_DATE:
        return _broken("clock", f"it shows {now:%Y-%m-%d}", "timedatectl set-ntp true")
    return _good("clock", f"{now:%Y-%m-%d %H:%M} UTC")


def _node() -> Diagnosis:
    missing = [name for name in ("npm", "node") if shutil.which(name) is None]
    if missing:
        what = f"no {' and no '.join(missing)}: `make data` cannot fetch the card packages"
        return Diagnosis("node", Health.OPTIONAL, what, "apt install npm")
    return _good("node", "npm and node are installed, for `make data`")
