"""Access to a store past the use cases, for tests of the ledger."""

from datetime import datetime
from typing import TypeAlias
from uuid import UUID, uuid5

import asyncpg

from ece_adapters.memory import MemoryDatabase
from ece_adapters.postgres import PostgresDatabase
from ece_domain.cards import CardId
from ece_domain.identity import Actor, UserId
from ece_domain.kernel import USD, Money
from ece_domain.ledger import (
    Account,
    AuditLedger,
    HeldCard,
    HeldMoney,
    Hold,
    HoldId,
    HoldPurpose,
    LedgerAudited,
    Move,
    MoveMoney,
    Settlement,
    SettlementId,
    SettlementReceipt,
)
from tests.strategies.ledger import DEAL, NOON

Store: TypeAlias = MemoryDatabase | PostgresDatabase

_NAMES = UUID(int=0x7E57)


def an_id(*name: object) -> UUID:
    """An id derived from a name, so that failures are reproducible."""
    return uuid5(_NAMES, repr(name))


def a_user(name: object) -> UserId:
    return UserId(an_id("user", name))


def dollars(name: object) -> Account:
    return Account.of_user(a_user(name), USD)


def usd(amount: int) -> Money:
    return Money(amount, USD)


def a_hold(
    name: object,
    purpose: HoldPurpose,
    subject: HeldMoney | HeldCard,
    expires_at: datetime | None = None,
) -> Hold:
    """One that the settlements below may place and end."""
    return Hold(
        id=HoldId(an_id(name)), deal=DEAL, purpose=purpose, subject=subject, expires_at=expires_at
    )


def deposit(account: Account, amount: int) -> MoveMoney:
    return MoveMoney(Account.external(account.asset), account, Money(amount, account.asset))


async def settle(
    store: Store, name: object, *moves: Move, now: datetime = NOON
) -> SettlementReceipt:
    settlement_id = SettlementId(an_id("settlement", name))
    async with store.begin() as transaction:
        transaction.ledger.settle(Settlement(settlement_id, "test.settle", moves), now)
    async with store.begin() as transaction:
        return await transaction.ledger.receipt(settlement_id)


async def check(store: Store) -> LedgerAudited:
    return await AuditLedger(store.begin)(actor=Actor.exchange())


async def assert_sound(store: Store) -> None:
    violations = (await check(store)).violations
    assert violations == (), violations


async def mint(store: Store, owner: UserId, *cards: CardId) -> None:
    """New cards of some printing."""
    if isinstance(store, MemoryDatabase):
        for card in cards:
            store.ledger.mint(card, owner)
        store.undo_log.forget()
        return
    await tamper(
        store,
        "INSERT INTO cards_card (id, printing_id, serial, owner_id, minted_to_id, minted_at,"
        " updated_at) SELECT card, card, 1, $1, $1, $2, $2 FROM unnest($3::uuid[]) AS card",
        owner,
        NOON,
        cards,
    )


async def tamper(store: PostgresDatabase, sql: str, *arguments: object) -> None:
    """Change rows without triggers and foreign keys, as a superuser could."""
    connection = await beyond_rules(store)
    try:
        await connection.execute(sql, *arguments)
    finally:
        await connection.close()


async def beyond_rules(store: PostgresDatabase) -> asyncpg.Connection:
    """A connection without triggers and foreign keys."""
    replica = {"session_replication_role": "replica"}
    return await asyncpg.connect(store.dsn, server_settings=replica)
