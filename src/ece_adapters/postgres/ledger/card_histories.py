from operator import itemgetter

import asyncpg
from attrs import define

from ece_adapters.postgres.engine.unit_of_work import UnitOfWork
from ece_adapters.storage.keyset import below_number, cut
from ece_domain.cards import CardId, CardNotFound
from ece_domain.identity import UserId
from ece_domain.kernel import Page, PageRequest, TimeRange
from ece_domain.ledger import MINTING, OwnershipPeriod, SettlementId


@define
class PostgresCardHistories:
    _unit: UnitOfWork

    async def of_card(
        self, card_id: CardId, acquired: TimeRange, page: PageRequest
    ) -> Page[OwnershipPeriod]:
        rows = await self._unit.fetch(
            _OWNERSHIPS,
            card_id,
            below_number(page),
            page.limit + 1,
            MINTING,
            acquired.starts_at,
            acquired.ends_at,
        )
        if not rows and not await self._unit.fetch(_EXISTS, card_id):
            raise CardNotFound(card_id=card_id)
        return cut(rows, page, itemgetter("number"), _ownership_of)


# Transfers are numbered from 1, so the minting sorts before all of them.
_OWNERSHIPS = """
SELECT * FROM (
    SELECT nth AS number, to_owner_id AS owner, settled_at AS since, purpose, settlement_id
    FROM ledger_card_transfer transfer
    JOIN ledger_settlement settlement ON settlement.id = transfer.settlement_id
    WHERE card_id = $1
    UNION ALL
    SELECT 0, minted_to_id, minted_at, $4, NULL FROM cards_card WHERE id = $1
) AS ownership
WHERE number < $2
    AND ($5::timestamptz IS NULL OR since > $5)
    AND ($6::timestamptz IS NULL OR since < $6)
ORDER BY number DESC
LIMIT $3
"""
_EXISTS = "SELECT FROM cards_card WHERE id = $1"


def _ownership_of(row: asyncpg.Record) -> OwnershipPeriod:
    settlement_id = row["settlement_id"]
    return OwnershipPeriod(
        owner_id=UserId(row["owner"]),
        acquired_at=row["since"],
        purpose=row["purpose"],
        settlement_id=None if settlement_id is None else SettlementId(settlement_id),
    )
