from functools import partial
from typing import final
from uuid import UUID

from attrs import evolve, frozen

from ece_domain.cards.card_set import CardSet, CardSetId, Release, SetCode
from ece_domain.cards.ports import CardsTransaction
from ece_domain.identity import ADMINS, Actor, UserId
from ece_domain.kernel import (
    Begin,
    Clock,
    IdempotencyKey,
    IdempotentRequest,
    IdempotentResult,
    NewId,
    Rate,
    StoredAs,
    run_once_if_keyed,
)

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
        key: IdempotencyKey | None = None,
    ) -> IdempotentResult[CardSet]:
        """
        :raises RoleNotAllowed: unless the actor is an admin.
        :raises UserNotFound: if the issuer or the creator is no user.
        :raises RoyaltyTooHigh: if the creator's share is above a tenth.
        :raises SetCodeTaken: if another set has the code.
        :raises IdempotencyKeyReused: if the key was used for another request.
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
        request = (
            None
            if key is None
            else IdempotentRequest.of(
                actor.id,
                key,
                "cards.create-card-set",
                code.text,
                release.terms,
                issuer_id,
                creator_id,
                royalty,
            )
        )
        kept = StoredAs[CardsTransaction, CardSet, UUID](
            UUID, keep=lambda created: created.id, restore=partial(_as_created, card_set)
        )
        effect = partial(_save, card_set)
        return await run_once_if_keyed(
            self.begin, request, CardSet, effect, kept, actor_id=actor.id
        )


async def _save(card_set: CardSet, transaction: CardsTransaction) -> CardSet:
    for named in sorted({card_set.issuer_id, card_set.creator_id}):
        await transaction.users.get(named)
    transaction.card_sets.save(card_set)
    return card_set.saved


async def _as_created(card_set: CardSet, _: CardsTransaction, card_set_id: UUID) -> CardSet:
    """A replay says the same as the first request, apart from the new id."""
    return evolve(card_set.saved, id=CardSetId(card_set_id))
