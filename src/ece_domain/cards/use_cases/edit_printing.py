from typing import final

from attrs import frozen

from ece_domain.cards.catalog import PrintingView
from ece_domain.cards.ports import CardsTransaction
from ece_domain.cards.printing import PrintingChanges, PrintingId
from ece_domain.identity import Actor
from ece_domain.kernel import Begin, Clock, ExpectedVersion


@final
@frozen
class EditPrinting:
    """Correct the details of a printing, or change its print run.

    Once copies exist, the print run may be set or lowered, but not raised or removed.
    """

    begin: Begin[CardsTransaction]
    clock: Clock

    async def __call__(
        self,
        *,
        printing_id: PrintingId,
        changes: PrintingChanges,
        actor: Actor,
        expected_version: ExpectedVersion,
    ) -> PrintingView:
        """
        :raises PrintingNotFound: if there is no such printing.
        :raises NotTheIssuer: unless the actor is the issuer of its set, or an admin.
        :raises ConcurrentChange: if the printing is not of the expected version, or if the set
            changed at the same time.
        :raises InvalidText: if a text is empty, too long, or has control characters.
        :raises InvalidImage: if the image is neither https, a path, nor a drawing by ECE.
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
            printing.check_version(expected_version)
            edited = printing.edit(changes, card_set=card_set, now=self.clock())
            transaction.card_sets.require_unchanged(card_set)
            transaction.printings.save(edited)
        return PrintingView.of(edited.saved, card_set)
