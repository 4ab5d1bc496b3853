from typing import final

from attrs import frozen

from ece_domain.cards.card import Card, CardId
from ece_domain.cards.condition import Condition
from ece_domain.cards.ports import CardsTransaction
from ece_domain.identity import UserId
from ece_domain.kernel import Begin, Clock, ExpectedVersion


@final
@frozen
class AssessCondition:
    """Set the condition of one's own card, before it is offered for sale."""

    begin: Begin[CardsTransaction]
    clock: Clock

    async def __call__(
        self,
        *,
        card_id: CardId,
        condition: Condition,
        owner_id: UserId,
        expected_version: ExpectedVersion,
    ) -> Card:
        """
        :raises CardNotFound: if there is no such card.
        :raises NotTheOwner: unless ``by`` owns the card.
        :raises ConcurrentChange: if the card is not of the expected version.
        :raises CardOnHold: while the card is listed or otherwise on hold.
        :raises CardIsGraded: once a company has graded it.
        """
        async with self.begin(actor_id=owner_id) as transaction:
            card = await transaction.cards.get(card_id)
            stated = card.assess_condition(condition, assessor_id=owner_id, now=self.clock())
            card.check_version(expected_version)
            transaction.cards.save(stated)
        return stated.saved
