"""What the ledger's use cases, and those of the contexts above it, ask of a store."""

from datetime import datetime
from typing import Protocol

from ece_domain.kernel import RemembersRequests

from .hold import Hold, HoldId
from .settled import Settled
from .settlement import Settlement, SettlementId


class Ledger(Protocol):
    """The one place where money and cards change hands."""

    def settle(self, settlement: Settlement, now: datetime) -> None:
        """Queue a settlement; the end of the transaction applies it as ``Book.settle`` says.

        :raises DomainError: at the transaction's end, any refusal that ``Book.settle`` names.
        :raises SettlementIdReused: at its end, if the id stands for other moves already. Where
            it stands for the same moves, nothing happens.
        """

    async def settled(self, settlement_id: SettlementId) -> Settled:
        """:raises SettlementNotFound: if there is none."""

    async def hold(self, hold_id: HoldId) -> Hold:
        """:raises HoldNotFound: if there is none."""


class LedgerTransaction(RemembersRequests, Protocol):
    """What a use case that settles needs of its transaction."""

    @property
    def ledger(self) -> Ledger: ...
