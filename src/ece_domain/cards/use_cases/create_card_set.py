from typing import final

from attrs import frozen

from ece_domain.cards.card_set import CardSet, CardSetId, Release, SetCode
from ece_domain.cards.ports import CardsTransaction
from ece_domain.identity import AdminsOnly, Role, UserId
from ece_domain.kernel import Begin, Clock, NewId, Rate

NO_ROYALTY = Rate(0)


@final
@frozen
class CreateCardSet:
    """Announce a card set, and say who issues it. Its creator is its issuer unless named."""

    begin: Begin[CardsTransaction]
    clock: Clock
    new_id: NewId

    async def __call__(
        self,
        *,
        code: SetCode,
        release: Release,
        issuer: UserId,
        creator: UserId | None = None,
        royalty: Rate = NO_ROYALTY,
        by: UserId,
    ) -> CardSet:
        """
        :raises AdminsOnly: unless ``by`` is an admin.
        :raises UserNotFound: if the issuer or the creator is no user.
        :raises RoyaltyTooHigh: if the creator's share is above a tenth.
        :raises SetCodeTaken: if another set has the code.
        :raises ConcurrentChange: if the role of ``by`` changed at the same time.
        """
        card_set = CardSet.create(
            CardSetId(self.new_id()),
            code=code,
            issuer=issuer,
            creator=creator or issuer,
            royalty=royalty,
            release=release,
            now=self.clock(),
        )
        async with self.begin(actor=by) as transaction:
            admin = await transaction.users.get(by)
            if admin.role is not Role.ADMIN:
                raise AdminsOnly
            transaction.users.require_unchanged(admin)
            for named in {card_set.issuer, card_set.creator} - {by}:
                await transaction.users.get(named)
            transaction.card_sets.save(card_set)
        return card_set.saved
