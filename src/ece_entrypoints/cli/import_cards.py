"""Imports card sets from public packages: ``ece import``."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, TypeAlias

from attrs import asdict, evolve
from cyclopts import App, Parameter
from rich.console import Console
from rich.progress import Progress

from ece_adapters.card_packages import (
    BrokenPackage,
    CardPackage,
    Record,
    read_flesh_and_blood,
    read_tcg_pocket,
)
from ece_domain.cards import ImportReport, InvalidImport
from ece_domain.identity import (
    CARD_ARCHIVE,
    Actor,
    Handle,
    User,
)
from ece_entrypoints.wiring.exchange import Exchange

from .databases import bring_up_to_date, database_of, on_exchange
from .epilogue import EXCHANGE, reads
from .exit_codes import Exit, Stopped
from .options import AsJson, DatabaseUrl, settings_with

Package: TypeAlias = Annotated[
    Path, Parameter(help="The package's .tgz file, as npm pack fetches it, or its unpacked folder.")
]
Issuer: TypeAlias = Annotated[
    str | None,
    Parameter(
        help="The handle of the admin who issues new sets. The default is"
        f" {CARD_ARCHIVE.handle}, an account that nobody can log in to."
    ),
]

app = App(
    name="import",
    help="Import card sets from a package; repeat it to update them.",
    help_epilogue=reads(*EXCHANGE),
)


@app.command
def flesh_and_blood(
    path: Package,
    /,
    *,
    issuer: Issuer = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Import the npm package @flesh-and-blood/cards; reading it needs the program node."""
    _import(read_flesh_and_blood, path, issuer, database_url, as_json=as_json)


@app.command
def tcg_pocket(
    path: Package,
    /,
    *,
    issuer: Issuer = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Import the npm package pokemon-tcg-pocket-database."""
    _import(read_tcg_pocket, path, issuer, database_url, as_json=as_json)


def _import(
    read: Callable[[Path], CardPackage],
    path: Path,
    issuer: str | None,
    database_url: str | None,
    *,
    as_json: bool,
) -> None:
    settings = settings_with(database_url=database_url)
    silent = as_json or not sys.stderr.isatty()
    try:
        with Progress(console=Console(stderr=True), transient=True, disable=silent) as progress:
            progress.add_task("reading the package", total=None)
            package = read(path)
            with database_of(settings, may_create=True) as urls:
                bring_up_to_date(urls)
                report = on_exchange(
                    urls,
                    settings,
                    lambda exchange: _import_records(exchange, package, issuer, progress),
                )
    except BrokenPackage as broken:
        raise Stopped(f"nothing was imported: {broken}", Exit.MISUSED) from broken
    except InvalidImport as invalid:
        where = f"{path}, {invalid.key}"
        raise Stopped(f"nothing was imported: {where}: {invalid.why}", Exit.MISUSED) from invalid
    print(json.dumps(asdict(report)) if as_json else _report_text(report))


async def _import_records(
    exchange: Exchange, package: CardPackage, issuer: str | None, progress: Progress
) -> ImportReport:
    import_card_sets = exchange.cards.import_card_sets()
    report: ImportReport = await import_card_sets(
        source=package.source,
        records=_shown(package, progress),
        actor=await (_issuer(exchange, Handle(issuer)) if issuer else _archive(exchange)),
    )
    return evolve(report, warnings=(*package.warnings, *report.warnings))


def _shown(package: CardPackage, progress: Progress) -> Iterator[Record]:
    yield from progress.track(package.records, description="comparing with the exchange")
    progress.add_task("saving new and changed records", total=None)


async def _issuer(exchange: Exchange, handle: Handle) -> Actor:
    async with exchange.database().begin() as transaction:
        user: User = await transaction.users.with_handle(handle)
    return Actor.of(user)


async def _archive(exchange: Exchange) -> Actor:
    archive: User = await exchange.identity.open_system_account()(account=CARD_ARCHIVE)
    return Actor.of(archive)


def _report_text(report: ImportReport) -> str:
    warnings = [f"{warning.name}: {warning.key}: {warning.what}" for warning in report.warnings]
    card_sets = (report.sets_created, report.sets_changed, report.sets_unchanged)
    printings = (report.printings_created, report.printings_changed, report.printings_unchanged)
    counts = "{}: {} new, {} changed, {} unchanged"
    return "\n".join(
        [
            *warnings,
            counts.format("sets", *card_sets),
            counts.format("printings", *printings),
            f"{len(warnings)} warnings, {report.printings_skipped} printings skipped",
        ]
    )
