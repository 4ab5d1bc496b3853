from functools import partial
from typing import final

from attrs import frozen

from ece_domain.cards.card import Card, CardId
from ece_domain.cards.errors import InvalidCount
from ece_domain.cards.ports import CardsTransaction
from ece_domain.cards.printing import MAX_MINT, PrintingId
from ece_domain.identity import Actor, UserId
from ece_domain.kernel import (
    Begin,
    Clock,
    ConcurrentChange,
    IdempotencyKey,
    IdempotentRequest,
    IdempotentResult,
    NewId,
    run_once,
)


@frozen
class Minted:
    """The cards of one minting: the serials from first to last."""

    printing_id: PrintingId
    owner_id: UserId
    first_serial: int
    last_serial: int


@final
@frozen
class MintCards:
    """Mint the next copies of a printing for their first owner."""

    begin: Begin[CardsTransaction]
    clock: Clock
    new_id: NewId

    async def __call__(
        self,
        *,
        printing_id: PrintingId,
        copies: int,
        owner_id: UserId,
        actor: Actor,
        key: IdempotencyKey,
    ) -> IdempotentResult[Minted]:
        """
        :raises InvalidCount: unless there are 1 to 1,000 copies.
        :raises PrintingNotFound: if there is no such printing.
        :raises NotTheIssuer: unless the actor is the issuer of its set, or an admin.
        :raises UserNotFound: if the owner is no user.
        :raises PrintRunExceeded: if the print run has fewer copies left.
        :raises IdempotencyKeyReused: if the key was used for another request.
        :raises ConcurrentChange: if the set changed at the same time, or other mintings of the
            printing took too long.
        """
        if not 1 <= copies <= MAX_MINT:
            raise InvalidCount(highest=MAX_MINT)
        request = IdempotentRequest.of(
            actor.id, key, "cards.mint-cards", printing_id, copies, owner_id
        )
        effect = partial(self._mint, printing_id, copies, owner_id, actor)
        return await run_once(self.begin, request, Minted, effect)

    async def _mint(
        self,
        printing_id: PrintingId,
        copies: int,
        owner_id: UserId,
        actor: Actor,
        transaction: CardsTransaction,
    ) -> Minted:
        printing = await transaction.printings.get(printing_id)
        card_set = await transaction.card_sets.get(printing.card_set_id)
        card_set.check_run_by(actor)
        transaction.card_sets.require_unchanged(card_set)
        await transaction.users.get(owner_id)
        # A lock, so that concurrent mintings get their serials one after the other. It is taken
        # last, so that they wait for each other only during the write.
        printing = await transaction.printings.get_for_update(printing_id)
        if printing.card_set_id != card_set.id:
            raise ConcurrentChange
        now = self.clock()
        printing, serials = printing.mint(copies, owner_id=owner_id, now=now)
        transaction.printings.save(printing)
        await transaction.cards.add(
            [
                Card.mint(
                    CardId(self.new_id()),
                    printing_id=printing_id,
                    serial=serial,
                    owner_id=owner_id,
                    now=now,
                )
                for serial in serials
            ]
        )
        return Minted(printing_id, owner_id, serials[0], serials[-1])
