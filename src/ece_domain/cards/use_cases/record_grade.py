from typing import Final, final

from attrs import frozen

from ece_domain.cards.card import Card, CardId
from ece_domain.cards.grade import Grade
from ece_domain.cards.ports import CardsTransaction
from ece_domain.identity import Actor, Role
from ece_domain.kernel import Begin, Clock, ExpectedVersion

GRADERS: Final = frozenset({Role.MODERATOR, Role.ADMIN, Role.SERVICE})
"""The roles that may confirm a certificate."""


@final
@frozen
class RecordGrade:
    """Record the grade of a grading company; the actor has seen the certificate."""

    begin: Begin[CardsTransaction]
    clock: Clock

    async def __call__(
        self, *, card_id: CardId, grade: Grade, actor: Actor, expected_version: ExpectedVersion
    ) -> Card:
        """
        :raises RoleNotAllowed: unless the actor is a moderator, an admin or a service.
        :raises CardNotFound: if there is no such card.
        :raises ConcurrentChange: if the card is not of the expected version.
        :raises CardOnHold: while the card is listed or otherwise on hold.
        :raises CertificateTaken: if the certificate was recorded for another card.
        """
        actor.require(GRADERS)
        async with self.begin(actor_id=actor.id) as transaction:
            card = await transaction.cards.get(card_id)
            card.check_version(expected_version)
            graded = card.record_grade(grade, assessor_id=actor.id, now=self.clock())
            transaction.cards.save(graded)
        return graded.saved
