from typing import final

from attrs import frozen

from ece_domain.cards.card import Card, CardId
from ece_domain.cards.errors import GradersOnly
from ece_domain.cards.grade import Grade
from ece_domain.cards.ports import CardsTransaction
from ece_domain.identity import Role, UserId
from ece_domain.kernel import Begin, Clock, ConcurrentChange


@final
@frozen
class RecordGrade:
    """Note what a grading company certified, once somebody trusted has seen the certificate."""

    begin: Begin[CardsTransaction]
    clock: Clock

    async def __call__(
        self, *, card_id: CardId, grade: Grade, by: UserId, expected_version: int
    ) -> Card:
        """
        :raises GradersOnly: unless ``by`` is a moderator, an admin or a service.
        :raises CardNotFound: if there is no such card.
        :raises ConcurrentChange: if the card is not of the expected version, or if the user's role
            changed at the same time.
        :raises CardSetAside: while the card is listed or otherwise set aside.
        :raises CertificateTaken: if the certificate was recorded for another card.
        """
        async with self.begin(actor=by) as transaction:
            user = await transaction.users.get(by)
            if user.role is Role.COLLECTOR:
                raise GradersOnly
            card = await transaction.cards.get(card_id)
            if card.version != expected_version:
                raise ConcurrentChange
            graded = card.record_grade(grade, by=by, now=self.clock())
            transaction.users.require_unchanged(user)
            transaction.cards.save(graded)
        return graded.saved
