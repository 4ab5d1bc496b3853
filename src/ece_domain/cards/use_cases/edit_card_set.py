from typing import final

from attrs import frozen

from ece_domain.cards.card_set import CardSet, CardSetChanges, SetCode
from ece_domain.cards.ports import CardsTransaction
from ece_domain.identity import Actor
from ece_domain.kernel import Begin, Clock, ExpectedVersion


@final
@frozen
class EditCardSet:
    """Change the details of a card set, or its creator's share of later sales."""

    begin: Begin[CardsTransaction]
    clock: Clock

    async def __call__(
        self,
        *,
        code: SetCode,
        changes: CardSetChanges,
        actor: Actor,
        expected_version: ExpectedVersion,
    ) -> CardSet:
        """
        :raises CardSetNotFound: if there is no such set.
        :raises NotTheIssuer: unless the actor is its issuer, or an admin.
        :raises ConcurrentChange: if the set is not of the expected version.
        :raises InvalidText: if a text is empty, too long, or has control characters.
        :raises InvalidCount: if the declared count is not positive, or larger than a million.
        :raises InvalidDefinitions: if two rarities, or two finishes, share a code or a rank.
        :raises DefinitionFixed: if a rarity or finish is missing, or has another rank.
        :raises RoyaltyTooHigh: if the creator's share is above a tenth.
        """
        async with self.begin(actor_id=actor.id) as transaction:
            card_set = await transaction.card_sets.with_code(code)
            card_set.check_run_by(actor)
            card_set.check_version(expected_version)
            edited = card_set.edit(changes, now=self.clock())
            transaction.card_sets.save(edited)
        return edited.saved
