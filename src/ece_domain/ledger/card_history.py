"""Through whose hands a card went, from its minting on."""

from datetime import datetime
from typing import Final, Protocol, final

from attrs import frozen

from ece_domain.cards import CardId
from ece_domain.identity import UserId
from ece_domain.kernel import Begin, Page, PageRequest

from .settlement import SettlementId

MINTING: Final = "cards.minting"
"""The purpose of a card's first ownership, which no settlement made."""


@frozen(kw_only=True)
class OwnershipPeriod:
    """Whose a card became, when, and for what; it ends where the next one begins."""

    owner_id: UserId
    acquired_at: datetime
    purpose: str
    settlement_id: SettlementId | None


class CardHistories(Protocol):
    """Reads what the ledger remembers of single cards."""

    async def of_card(self, card_id: CardId, page: PageRequest) -> Page[OwnershipPeriod]:
        """All owners, the present one first.

        :raises CardNotFound: if there is no such card.
        :raises InvalidPage: if the page continues another list.
        """


class CardHistoryTransaction(Protocol):
    """What reading histories needs of a transaction."""

    @property
    def card_histories(self) -> CardHistories: ...


@final
@frozen
class ListCardOwners:
    """All owners of a card: the present one first, its minting last."""

    begin: Begin[CardHistoryTransaction]

    async def __call__(self, *, card_id: CardId, page: PageRequest) -> Page[OwnershipPeriod]:
        """
        :raises CardNotFound: if there is no such card.
        :raises InvalidPage: if the page continues another list.
        """
        async with self.begin() as transaction:
            return await transaction.card_histories.of_card(card_id, page)
