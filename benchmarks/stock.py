"""An exchange full of listed cards, and collectors with money to buy them.

Users and cards are numbers, and their ids are these numbers written as UUIDs, which pgbench can
compute too. As many creators as buyers and sellers get their share: no account is in all purchases
but the commission.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import asyncpg

from ece_adapters.crypto import SignedTokenIssuer, SigningKey
from ece_adapters.system import new_id, read_or_make_secret
from ece_domain.identity import EmailAddress, Handle, PasswordHash, Role, SessionId, User, UserId
from ece_domain.kernel import USD
from ece_domain.ledger import Account

from .server import Site, secret_file

PRICE = 10_00
USERS = 1_000
BUYERS, SELLERS, CREATORS, CARD_SETS, PRINTINGS = (n * 1_000_000 for n in range(1, 6))
_MONEY = 10**12

_STOCK = f"""
SET session_replication_role = replica;
CREATE FUNCTION id_of(number bigint) RETURNS uuid IMMUTABLE LANGUAGE sql
    RETURN lpad(number::text, 32, '0')::uuid;
INSERT INTO cards_set
    (id, version, code, issuer_id, creator_id, royalty_ppm, name, rarities, finishes,
     created_at, updated_at)
    SELECT id_of({CARD_SETS} + n), 1, 'set-' || n, id_of({CREATORS} + n), id_of({CREATORS} + n),
        50000, 'Set ' || n, '[]', '[]', now(), now()
    FROM generate_series(0, {USERS} - 1) AS n;
INSERT INTO cards_printing
    (id, version, set_id, number, number_key, name, name_key, rarity, rarity_rank, finish, variant,
     artist, rules, flavor, minted, created_at, updated_at, words)
    SELECT id_of({PRINTINGS} + n), 1, id_of({CARD_SETS} + n), n::text, n::text, 'Card ' || n,
        'card ' || n, 'common', 1, 'plain', '', '', '', '', $LISTINGS / {USERS} + 1, now(),
        now(), 'card ' || n
    FROM generate_series(0, {USERS} - 1) AS n;
INSERT INTO cards_card (id, printing_id, serial, owner_id, hold_id, minted_to_id, minted_at,
     updated_at)
    SELECT id_of(n), id_of({PRINTINGS} + n % {USERS}), n / {USERS} + 1,
        id_of({SELLERS} + n % {USERS}), id_of(n), id_of({SELLERS} + n % {USERS}), now(),
        now()
    FROM generate_series(1, $LISTINGS) AS n;
INSERT INTO ledger_hold (id, context, deal_id, purpose, card_id, owner_id, amount, expires_at)
    SELECT id, 'market', id, 'listing', id, owner_id, 1, now() + interval '90 days' FROM cards_card;
INSERT INTO market_listing
    (id, version, card_id, printing_id, condition, seller_id, asset, price, listed_at, updated_at,
     expires_at, state)
    SELECT id, 1, id, printing_id, 'unstated', owner_id, '{USD}', {PRICE}, now(), now(),
        now() + interval '90 days', 'active'
    FROM cards_card;
INSERT INTO ledger_settlement VALUES (id_of(0), 'bench.deposit', '', now());
INSERT INTO ledger_unclosed_settlement VALUES (id_of(0));
INSERT INTO ledger_entry (settlement_id, account_id, amount, balance_after, nth)
    SELECT id_of(0), id, balance, balance, 1 FROM ledger_account;
INSERT INTO ledger_platform_account VALUES
    ('{Account.external(USD).id}', 'external', '{Account.external(USD).owner}', '{USD}');
INSERT INTO ledger_entry (settlement_id, account_id, amount)
    SELECT id_of(0), '{Account.external(USD).id}', -sum(balance)::bigint FROM ledger_account;
SET session_replication_role = DEFAULT;
"""


def id_of(number: int) -> UUID:
    return UUID(f"{number:032}")


def account_of(user: UUID) -> UUID:
    return Account.of_user(UserId(user), USD).id


def fill(url: str, listings: int, account_of: Callable[[UUID], UUID] = account_of) -> None:
    """List cards 1 to ``listings``, each at 10 dollars, and make the buyers rich."""
    asyncio.run(_fill(url, listings, account_of))


async def _fill(url: str, listings: int, account_of: Callable[[UUID], UUID]) -> None:
    buyers = [id_of(BUYERS + number) for number in range(USERS)]
    connection = await asyncpg.connect(url)
    try:
        await connection.copy_records_to_table(
            "ledger_account",
            columns=("id", "kind", "owner_id", "asset", "balance", "entry_count"),
            records=[(account_of(buyer), "user", buyer, str(USD), _MONEY, 1) for buyer in buyers],
        )
        await connection.execute(_STOCK.replace("$LISTINGS", str(listings)))
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


def tokens(site: Site) -> list[str]:
    """An access token for each buyer."""
    issuer = SignedTokenIssuer(SigningKey.derived_from(read_or_make_secret(secret_file(site))))
    now = datetime.now(UTC)
    return [
        issuer.issue(_collector(BUYERS + number, now), SessionId(new_id()), now).text
        for number in range(USERS)
    ]


def purchases(tokens: list[str], first: int, count: int) -> list[bytes]:
    """Requests to buy the listings from this number on."""
    return [
        (
            f"POST /v1/listings/{id_of(number)}/purchases HTTP/1.1\r\n"
            "Host: 127.0.0.1\r\n"
            f"Authorization: Bearer {tokens[number * 7919 % USERS]}\r\n"
            f"Idempotency-Key: purchase-{number}\r\n"
            "Content-Type: application/json\r\n"
            "Content-Length: 2\r\n\r\n{}"
        ).encode()
        for number in range(first, first + count)
    ]


def _collector(number: int, now: datetime) -> User:
    return User(
        id=UserId(id_of(number)),
        email=EmailAddress(f"collector-{number}@example.org"),
        handle=Handle(f"collector_{number}"),
        password_hash=PasswordHash(""),
        role=Role.COLLECTOR,
        registered_at=now,
        updated_at=now,
    )
