from typing import final

from attrs import frozen

from ece_domain.cards.ports import CardsTransaction
from ece_domain.cards.printing import Printing, PrintingDetails, PrintingId
from ece_domain.identity import Actor
from ece_domain.kernel import Begin, Clock, ConcurrentChange


@final
@frozen
class EditPrinting:
    """Correct a design, or change its print run.

    Once copies exist, the print run may be set or lowered, but not raised or removed.
    """

    begin: Begin[CardsTransaction]
    clock: Clock

    async def __call__(
        self,
        *,
        printing_id: PrintingId,
        design: PrintingDetails,
        print_run: int | None,
        actor: Actor,
        expected_version: int,
    ) -> Printing:
        """
        :raises PrintingNotFound: if there is no such printing.
        :raises NotTheIssuer: unless the actor is the issuer of its set, or an admin.
        :raises ConcurrentChange: if the printing is not of the expected version, or if the set
            changed at the same time.
        :raises UnknownDefinition: if the set has no such rarity or finish.
        :raises InvalidCount: if the print run is not positive, or larger than a billion.
        :raises PrintRunFixed: if it raises or removes a print run of which copies exist.
        :raises PrintRunExceeded: if more copies exist than the new print run allows.
        :raises PrintingExists: if another one of the set has this number, finish and variant.
        """
        async with self.begin(actor_id=actor.id) as transaction:
            printing = await transaction.printings.get(printing_id)
            card_set = await transaction.card_sets.get(printing.card_set_id)
            card_set.check_run_by(actor)
            if printing.version != expected_version:
                raise ConcurrentChange
            edited = printing.edit(
                design=design, print_run=print_run, card_set=card_set, now=self.clock()
            )
            transaction.card_sets.require_unchanged(card_set)
            transaction.printings.save(edited)
        return edited.saved
