"""The things that a doctor looks at, each by a function of its own."""

import asyncio
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, requires, version
from os import W_OK, access
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
from ece_adapters.postgres.engine.schema_revision import NEWEST, ServerInfo, read_server_info
from ece_entrypoints.server.listener import listening
from ece_entrypoints.wiring.settings import Settings

from .databases import Urls, urls_of
from .exit_codes import Stopped
from .options import DATABASE_FOLDER

_OLDEST_PYTHON: Final = (3, 11)
_OLDEST_SERVER: Final = 15
_WRITTEN: Final = datetime(2025, 1, 1, tzinfo=UTC)
_MAX_DRIFT: Final = timedelta(seconds=2)
_PARTS: Final = ("api", "cli", "embedded", "postgres")


class Health(StrEnum):
    GOOD = "good"
    OPTIONAL = "optional"
    """Missing, and needed for something that most people do without."""
    BROKEN = "broken"


@frozen
class Diagnosis:
    """What was found out about one thing; the cure is a command where there is one."""

    name: str
    health: Health
    what: str
    cure: str = ""


def diagnose(settings: Settings) -> list[Diagnosis]:
    """Everything, in the order in which a start would stumble over it."""
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
    if sys.version_info < _OLDEST_PYTHON:
        return _broken("python", f"{running} is older than 3.11", "make serve PYTHON=python3.13")
    return _good("python", running)


def _packages() -> Diagnosis:
    missing = sorted(filter(_is_missing, _needed()))
    if missing:
        cure = "pip install 'elite-card-exchange[cli,embedded]'"
        return _broken("packages", f"not installed: {', '.join(missing)}", cure)
    return _good("packages", "all that the server needs is installed")


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
    folder = DATABASE_FOLDER.parent.absolute()
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if not nearest.is_dir() or not access(nearest, W_OK):
        return _broken("data folder", f"cannot write to {nearest}", f"chmod u+rwx {nearest}")
    return _good("data folder", str(folder))


def _secret(path: Path) -> Diagnosis:
    if not path.exists():
        return _good("secret", f"{path} will be made by the first start")
    try:
        system.read_or_make_secret(path)
    except (OSError, system.SecretTooOpen) as error:
        return _broken("secret", str(error), f"chmod 600 {path}")
    return _good("secret", f"{path} is readable by its owner alone")


def _other_secret(path: Path) -> Diagnosis:
    try:
        system.read_secrets([path])
    except (OSError, system.SecretTooOpen) as error:
        return _broken("other secret", str(error), "correct ECE_OTHER_SECRET_FILES")
    return _good("other secret", f"tokens under {path} are good too")


def _port(host: str, port: int) -> Diagnosis:
    try:
        listening(host, port).close()
    except Stopped as error:
        cure = f"make serve PORT={port + 1}, or stop the process that `ss -ltnp` names"
        return Diagnosis("port", Health.OPTIONAL, f"{error}".partition(";")[0], cure)
    return _good("port", f"{host}:{port} is free")


def _embedded() -> Iterator[Diagnosis]:
    try:
        programs = find_programs(None, server_home(DATABASE_FOLDER)[1])
    except (LookupError, ServerProgramsMissing) as error:
        cure = "pip install 'elite-card-exchange[embedded]', or set ECE_DATABASE_URL"
        yield _broken("postgresql", str(error), cure)
        return
    yield _good("postgresql", f"embedded {programs.major_version} in {programs.folder}")
    running = RunningServer.on(DATABASE_FOLDER)
    found = list(_database(running.url("ece"))) if running else []
    if running and found[0].health is Health.GOOD:
        yield from found
        yield _access(Urls(running.application_url("ece"), running.url("ece")))
    else:
        yield _good("database", "the embedded server does not run now; a start begins it")


def _given_database(urls: Urls) -> Iterator[Diagnosis]:
    found = list(_database(urls.migration))
    yield from found
    if found[0].health is Health.GOOD:
        yield _access(urls)


def _database(url: str) -> Iterator[Diagnosis]:
    try:
        seen = asyncio.run(read_server_info(url))
    except (OSError, OverflowError, ValueError, asyncpg.PostgresError) as error:
        yield _broken("database", f"cannot be reached: {error}", "check ECE_DATABASE_URL")
        return
    if seen.major_version < _OLDEST_SERVER:
        yield _broken("database", f"PostgreSQL {seen.major_version} is too old", "use 15 or newer")
    elif seen.revision != NEWEST:
        what = f"the schema is at revision {seen.revision}, not {NEWEST}"
        yield _broken("database", what, "ece db upgrade")
    else:
        yield _good("database", f"PostgreSQL {seen.major_version}, schema {seen.revision}")
    yield from _drift(seen)


def _access(urls: Urls) -> Diagnosis:
    try:
        access = asyncio.run(read_access(urls.application))
    except (OSError, ValueError, asyncpg.PostgresError) as error:
        return _broken("roles", f"the application cannot log in: {error}", "check ECE_DATABASE_URL")
    if access.missing:
        sql = "; ".join(access.missing)
        return _broken("roles", f"{access.account} lacks a role or a right", f"psql -c '{sql}'")
    if access.differences:
        first, *others = access.differences
        what = f"{first}, and {len(others)} more" if others else first
        return _broken("roles", what, "ece db upgrade")
    if access.may_become_owner and urls.application == urls.migration:
        what = f"{access.account} may change the tables it uses, as it also migrates"
        cure = "give ECE_MIGRATION_URL the owner's account, and ECE_DATABASE_URL a lesser one"
        return Diagnosis("roles", Health.OPTIONAL, what, cure)
    return _good("roles", f"{access.account} has the rights of ece_application, and no others")


def _drift(seen: ServerInfo) -> Iterator[Diagnosis]:
    apart = abs(seen.clock - system.now())
    if apart > _MAX_DRIFT:
        what = f"the database's clock is {apart.total_seconds():.0f} s apart from ours"
        yield _broken("clocks", what, "timedatectl set-ntp true, on both machines")


def _clock() -> Diagnosis:
    now = system.now()
    if now < _WRITTEN:
        return _broken("clock", f"it says {now:%Y-%m-%d}", "timedatectl set-ntp true")
    return _good("clock", f"{now:%Y-%m-%d %H:%M} UTC")


def _node() -> Diagnosis:
    missing = [name for name in ("npm", "node") if shutil.which(name) is None]
    if missing:
        what = f"no {' and no '.join(missing)}: `make data` cannot fetch the real card packages"
        return Diagnosis("node", Health.OPTIONAL, what, "apt install npm")
    return _good("node", "npm and node are here, for `make data`")
