from typing import Final, final

from attrs import frozen

from ece_domain.identity import OPERATORS, Actor
from ece_domain.kernel import Begin
from ece_domain.ledger import Violation
from ece_domain.market.ports import MarketTransaction

LISTED_CONDITION: Final = "listed-condition"
"""The code of the invariant: the condition of an active listing is that of its card."""


@final
@frozen
class AuditListings:
    """Compare the conditions of active listings and their cards, and report violations."""

    begin: Begin[MarketTransaction]

    async def __call__(self, *, actor: Actor) -> tuple[Violation, ...]:
        """:raises RoleNotAllowed: unless the actor is an operator."""
        actor.require(OPERATORS)
        async with self.begin() as transaction:
            return tuple(
                [
                    Violation(
                        LISTED_CONDITION,
                        f"says {listed.said}, and the card is {listed.found or 'not there'}",
                        f"listing {listed.listing_id}",
                    )
                    async for listed in transaction.market_reader.listed_conditions()
                    if listed.said != listed.found
                ]
            )
