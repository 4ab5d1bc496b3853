from datetime import datetime
from typing import NewType
from uuid import UUID

from attrs import evolve, frozen

from ece_domain.identity import UserId
from ece_domain.kernel import Aggregate

from .condition import Condition
from .errors import CardIsGraded, CardSetAside, NotTheOwner
from .events import CardAssessed
from .grade import Grade

CardId = NewType("CardId", UUID)
PrintingId = NewType("PrintingId", UUID)


@frozen(kw_only=True)
class Card(Aggregate):
    """One copy of a printing, with a serial of its own.

    ``owner`` and ``held`` are facts of the ledger, as they were when the card was loaded. A save
    leaves them alone, and is refused when they are no longer so.
    """

    id: CardId
    printing: PrintingId
    serial: int
    owner: UserId
    held: bool = False
    minted_to: UserId
    minted_at: datetime
    assessment: Condition | Grade | None = None

    def state_condition(self, condition: Condition, *, by: UserId, now: datetime) -> "Card":
        """
        :raises NotTheOwner: unless ``by`` owns the card.
        :raises CardSetAside: while the card is listed or otherwise set aside.
        :raises CardIsGraded: once a company has graded it.
        """
        if by != self.owner:
            raise NotTheOwner
        if self.held:
            raise CardSetAside(card_id=self.id)
        if isinstance(self.assessment, Grade):
            raise CardIsGraded(card_id=self.id)
        return self._assessed(condition, by, now)

    def record_grade(self, grade: Grade, *, by: UserId, now: datetime) -> "Card":
        """The card with a grade, in place of its condition or an earlier grade.

        :raises CardSetAside: while the card is listed or otherwise set aside.
        """
        if self.held:
            raise CardSetAside(card_id=self.id)
        return self._assessed(grade, by, now)

    def _assessed(self, assessment: Condition | Grade, by: UserId, now: datetime) -> "Card":
        if assessment == self.assessment:
            return self
        assessed = CardAssessed(occurred_at=now, card_id=self.id, by=by)
        return evolve(self, assessment=assessment, events=(*self.events, assessed))
