from datetime import datetime
from typing import NewType
from uuid import UUID

from attrs import evolve, frozen

from ece_domain.identity import UserId
from ece_domain.kernel import Aggregate

from .condition import Condition
from .errors import CardIsGraded, CardOnHold, NotTheOwner
from .events import CardAssessed
from .grade import Grade
from .printing import PrintingId

CardId = NewType("CardId", UUID)


@frozen(kw_only=True)
class Card(Aggregate):
    """One copy of a printing, with a serial.

    The ledger sets owner and hold; here they are as they were when the card was loaded. A save
    does not change them, and is refused if they have changed since. ``updated_at`` and the version
    are of the assessment, as the ledger keeps the moments of its changes itself.
    """

    id: CardId
    printing_id: PrintingId
    serial: int
    owner_id: UserId
    is_held: bool = False
    minted_to_id: UserId
    minted_at: datetime
    updated_at: datetime
    assessment: Condition | Grade | None = None

    @classmethod
    def mint(
        cls,
        card_id: CardId,
        *,
        printing_id: PrintingId,
        serial: int,
        owner_id: UserId,
        now: datetime,
    ) -> "Card":
        """A new card, with a serial from ``Printing.mint``."""
        return cls(
            id=card_id,
            printing_id=printing_id,
            serial=serial,
            owner_id=owner_id,
            minted_to_id=owner_id,
            minted_at=now,
            updated_at=now,
        )

    def assess_condition(
        self, condition: Condition, *, assessor_id: UserId, now: datetime
    ) -> "Card":
        """
        :raises NotTheOwner: unless ``by`` owns the card.
        :raises CardOnHold: while the card is listed or otherwise on hold.
        :raises CardIsGraded: once a company has graded it.
        """
        if assessor_id != self.owner_id:
            raise NotTheOwner
        if self.is_held:
            raise CardOnHold(card_id=self.id)
        if isinstance(self.assessment, Grade):
            raise CardIsGraded(card_id=self.id)
        return self._assessed(condition, assessor_id, now)

    def record_grade(self, grade: Grade, *, assessor_id: UserId, now: datetime) -> "Card":
        """The card with a grade, which replaces its condition or an earlier grade.

        :raises CardOnHold: while the card is listed or otherwise on hold.
        """
        if self.is_held:
            raise CardOnHold(card_id=self.id)
        return self._assessed(grade, assessor_id, now)

    def _assessed(
        self, assessment: Condition | Grade, assessor_id: UserId, now: datetime
    ) -> "Card":
        if assessment == self.assessment:
            return self
        assessed = CardAssessed(occurred_at=now, card_id=self.id, assessor_id=assessor_id)
        return evolve(self, assessment=assessment, updated_at=now, events=(*self.events, assessed))
