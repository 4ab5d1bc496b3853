"""How fast cards come in.

``mint_cards_per_s``: cards of a print run, 1,000 in a call. ``import_cards_per_s``: printings of a
card package of 101 sets, read and saved: the real one if ``make data`` has fetched it, or else one
that is made up.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Final

from ece_adapters.card_packages import Record, read_flesh_and_blood
from ece_adapters.postgres import PostgresDatabase
from ece_adapters.system import new_id, now
from ece_domain.cards import (
    CardSetRecord,
    FinishDefinition,
    ImportCardSets,
    MintCards,
    PrintingDetails,
    PrintingId,
    PrintingRecord,
    RarityDefinition,
    Release,
    SetCode,
)
from ece_domain.identity import Actor, EmailAddress, Handle, PasswordHash, Role, User, UserId
from ece_domain.kernel import IdempotencyKey

from .figure import Figure
from .server import Site, check_books

PACKAGE: Final = Path(__file__).parents[1] / "data" / "flesh-and-blood-cards-3.8.6.tgz"
_MAX_MINT = 1_000


def measure(site: Site) -> Iterator[Figure]:
    url = site.new_database("bench_supply")
    yield from asyncio.run(_measured(url, site.size(10, 3)))
    check_books(url)
    site.drop_database("bench_supply")


async def _measured(url: str, mintings: int) -> list[Figure]:
    database = PostgresDatabase(url)
    await database.open()
    issuer = await make_issuer(database)
    started = perf_counter()
    records, note = _records()
    import_card_sets = ImportCardSets(database.begin, now, new_id)
    report = await import_card_sets(source="bench", records=records, actor=issuer)
    imported = report.printings_created / (perf_counter() - started)
    printings = await some_printings(database, mintings)
    started = perf_counter()
    for nth, printing in enumerate(printings):
        await MintCards(database.begin, now, new_id)(
            printing_id=printing,
            copies=_MAX_MINT,
            owner_id=issuer.id,
            actor=issuer,
            key=IdempotencyKey(f"mint-{nth}"),
        )
    minted = mintings * _MAX_MINT / (perf_counter() - started)
    await database.close()
    return [
        Figure("import_cards_per_s", imported, note=note),
        Figure("mint_cards_per_s", minted, goal=15_000),
    ]


def _records() -> tuple[list[Record], str]:
    if PACKAGE.is_file():
        package = read_flesh_and_blood(PACKAGE)
        return list(package.records), f"of {PACKAGE.name}"
    return list(made_up()), "made up, as `make data` has not fetched the real one"


def made_up() -> Iterator[Record]:
    release = Release(
        name="Made up",
        rarities=(RarityDefinition("common", "Common", 1),),
        finishes=(FinishDefinition("plain", "Plain", 1),),
    )
    for card_set in range(101):
        code = f"set-{card_set}"
        yield CardSetRecord(key=code, code=SetCode(code), release=release)
        for number in range(154):
            details = PrintingDetails(
                number=str(number), name=f"Card {number}", rarity="common", finish="plain"
            )
            key = f"{card_set}-{number}"
            yield PrintingRecord(key=key, card_set=code, details=details)


async def make_issuer(database: PostgresDatabase) -> Actor:
    user = User.register(
        UserId(new_id()),
        email=EmailAddress("issuer@example.org"),
        handle=Handle("the_issuer"),
        password_hash=PasswordHash("unusable"),
        role=Role.ADMIN,
        now=now(),
    )
    async with database.begin() as transaction:
        transaction.users.save(user)
    return Actor.of(user)


async def some_printings(database: PostgresDatabase, count: int) -> list[PrintingId]:
    async with database.begin() as transaction:
        rows = await transaction.unit.fetch("SELECT id FROM cards_printing LIMIT $1", count)
    return [PrintingId(row["id"]) for row in rows]
