from typing import final

from attrs import frozen

from ece_domain.cards.card_set import SetCode
from ece_domain.cards.ports import CardsTransaction
from ece_domain.cards.printing import Printing, PrintingDetails, PrintingId
from ece_domain.identity import Actor
from ece_domain.kernel import Begin, Clock, NewId


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
    ) -> Printing:
        """
        :raises CardSetNotFound: if there is no such set.
        :raises NotTheIssuer: unless the actor is its issuer, or an admin.
        :raises UnknownDefinition: if the set has no such rarity or finish.
        :raises InvalidCount: if the print run is not positive, or larger than a billion.
        :raises PrintingExists: if the set has one of this number, finish and variant.
        :raises ConcurrentChange: if the set changed at the same time.
        """
        async with self.begin(actor_id=actor.id) as transaction:
            its_set = await transaction.card_sets.with_code(card_set)
            its_set.check_run_by(actor)
            printing = Printing.add(
                PrintingId(self.new_id()),
                card_set=its_set,
                details=details,
                print_run=print_run,
                now=self.clock(),
            )
            transaction.card_sets.require_unchanged(its_set)
            transaction.printings.save(printing)
        return printing.saved
