from typing import final

from attrs import frozen

from ece_domain.cards.card_set import CardSet, CardSetId, Release, SetCode
from ece_domain.cards.ports import CardsTransaction
from ece_domain.identity import ADMINS, Actor, UserId
from ece_domain.kernel import Begin, Clock, NewId, Rate

NO_ROYALTY = Rate(0)


@final
@frozen
class CreateCardSet:
    """Create a card set for an issuer, who is also its creator unless another one is named."""

    begin: Begin[CardsTransaction]
    clock: Clock
    new_id: NewId

    async def __call__(
        self,
        *,
        code: SetCode,
        release: Release,
        issuer_id: UserId,
        creator_id: UserId | None = None,
        royalty: Rate = NO_ROYALTY,
        actor: Actor,
    ) -> CardSet:
        """
        :raises RoleNotAllowed: unless the actor is an admin.
        :raises UserNotFound: if the issuer or the creator is no user.
        :raises RoyaltyTooHigh: if the creator's share is above a tenth.
        :raises SetCodeTaken: if another set has the code.
        """
        actor.require(ADMINS)
        card_set = CardSet.create(
            CardSetId(self.new_id()),
            code=code,
            issuer_id=issuer_id,
            creator_id=creator_id or issuer_id,
            royalty=royalty,
            release=release,
            now=self.clock(),
        )
        async with self.begin(actor_id=actor.id) as transaction:
            for named in sorted({card_set.issuer_id, card_set.creator_id}):
                await transaction.users.get(named)
            transaction.card_sets.save(card_set)
        return card_set.saved
