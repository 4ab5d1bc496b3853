from functools import partial
from typing import final
from uuid import UUID

from attrs import astuple, frozen

from ece_domain.cards.card_set import SetCode
from ece_domain.cards.ports import CardsTransaction
from ece_domain.cards.printing import Printing, PrintingDetails, PrintingId
from ece_domain.identity import Actor
from ece_domain.kernel import (
    Begin,
    Clock,
    IdempotencyKey,
    IdempotentRequest,
    IdempotentResult,
    NewId,
    StoredAs,
    run_once_if_keyed,
)


@final
@frozen
class AddPrinting:
    """Add a printing to a card set. Without a print run its copies are unlimited."""

    begin: Begin[CardsTransaction]
    clock: Clock
    new_id: NewId

    async def __call__(
        self,
        *,
        card_set: SetCode,
        details: PrintingDetails,
        print_run: int | None = None,
        actor: Actor,
        key: IdempotencyKey | None = None,
    ) -> IdempotentResult[Printing]:
        """
        :raises CardSetNotFound: if there is no such set.
        :raises NotTheIssuer: unless the actor is its issuer, or an admin.
        :raises UnknownDefinition: if the set has no such rarity or finish.
        :raises InvalidCount: if the print run is not positive, or larger than a billion.
        :raises PrintingExists: if the set has one of this number, finish and variant.
        :raises ConcurrentChange: if the set changed at the same time.
        :raises IdempotencyKeyReused: if the key was used for another request.
        """
        request = (
            None
            if key is None
            else IdempotentRequest.of(
                actor.id, key, "cards.add-printing", card_set.text, astuple(details), print_run
            )
        )
        new = partial(Printing.add, details=details, print_run=print_run, now=self.clock())

        async def save(transaction: CardsTransaction) -> Printing:
            its_set = await transaction.card_sets.with_code(card_set)
            its_set.check_run_by(actor)
            printing = new(PrintingId(self.new_id()), card_set=its_set)
            transaction.card_sets.require_unchanged(its_set)
            transaction.printings.save(printing)
            return printing.saved

        async def as_added(transaction: CardsTransaction, printing_id: UUID) -> Printing:
            """A replay says the same as the first request: ranks of a set never change."""
            its_set = await transaction.card_sets.with_code(card_set)
            return new(PrintingId(printing_id), card_set=its_set).saved

        kept = StoredAs[CardsTransaction, Printing, UUID](
            UUID, keep=lambda added: added.id, restore=as_added
        )
        return await run_once_if_keyed(self.begin, request, Printing, save, kept, actor_id=actor.id)
