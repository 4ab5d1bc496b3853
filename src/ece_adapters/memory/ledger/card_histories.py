from attrs import define

from ece_adapters.memory.cards.tables import CardsTables
from ece_adapters.storage.keyset import below_number, cut
from ece_domain.cards import CardId, CardNotFound
from ece_domain.kernel import Page, PageRequest, TimeRange
from ece_domain.ledger import MINTING, OwnershipPeriod

from .tables import LedgerTables


@define
class MemoryCardHistories:
    _cards: CardsTables
    _ledger: LedgerTables

    async def of_card(
        self, card_id: CardId, acquired: TimeRange, page: PageRequest
    ) -> Page[OwnershipPeriod]:
        below = below_number(page)
        card = self._cards.cards.get(card_id)
        if card is None:
            raise CardNotFound(card_id=card_id)
        minting = OwnershipPeriod(
            owner_id=card.minted_to_id,
            acquired_at=card.minted_at,
            purpose=MINTING,
            settlement_id=None,
        )
        numbered = [(0, minting), *self._transferred(card_id)]
        earlier = [
            row for row in reversed(numbered) if row[0] < below and row[1].acquired_at in acquired
        ]
        return cut(earlier, page, lambda row: row[0], lambda row: row[1])

    def _transferred(self, card_id: CardId) -> list[tuple[int, OwnershipPeriod]]:
        return [
            (
                posted.nth,
                OwnershipPeriod(
                    owner_id=posted.transfer.to_owner_id,
                    acquired_at=recorded.receipt.settled_at,
                    purpose=recorded.receipt.purpose,
                    settlement_id=posted.settlement_id,
                ),
            )
            for posted in self._ledger.card_transfers
            if posted.transfer.card_id == card_id
            if (recorded := self._ledger.settlements.get(posted.settlement_id))
        ]
