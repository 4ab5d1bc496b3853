"""What the ledger refuses."""

from datetime import datetime
from uuid import UUID

from attrs import define

from ece_domain.kernel import Conflict, InvalidInput, NotFound

from .hold import HoldState


@define(slots=False)
class MalformedSettlement(InvalidInput):
    """The moves of the settlement contradict each other."""

    code = "ledger.malformed-settlement"
    why: str


@define(slots=False)
class SettlementIdReused(Conflict):
    """The settlement id stands for other moves already."""

    code = "ledger.settlement-id-reused"
    settlement_id: UUID


@define(slots=False)
class SettlementNotFound(NotFound):
    """There is no such settlement."""

    code = "ledger.settlement-not-found"
    settlement_id: UUID


@define(slots=False)
class AssetNotAccepted(InvalidInput):
    """The exchange does not deal in this asset."""

    code = "ledger.asset-not-accepted"
    asset: str


@define(slots=False)
class TransferToOneself(InvalidInput):
    """The money would go to the one who has it."""

    code = "ledger.transfer-to-oneself"


@define(slots=False)
class ExpiryOutOfBounds(InvalidInput):
    """A hold expires in the future, and not too far in it."""

    code = "ledger.expiry-out-of-bounds"
    latest: datetime


@define(slots=False)
class InsufficientFunds(Conflict):
    """The available balance is below what is needed."""

    code = "ledger.insufficient-funds"
    asset: str
    available: int
    needed: int


@define(slots=False)
class BalanceLimit(Conflict):
    """The account would hold more than an account may hold."""

    code = "ledger.balance-limit"
    highest: int


@define(slots=False)
class HoldNotFound(NotFound):
    """There is no such hold."""

    code = "ledger.hold-not-found"
    hold_id: UUID


@define(slots=False)
class HoldNotOpen(Conflict):
    """The hold was captured, released or expired before."""

    code = "ledger.hold-not-open"
    hold_id: UUID
    state: HoldState


@define(slots=False)
class HoldExpired(Conflict):
    """The hold is past its expiry."""

    code = "ledger.hold-expired"
    hold_id: UUID


@define(slots=False)
class HoldNotExpired(Conflict):
    """The hold is not past its expiry yet."""

    code = "ledger.hold-not-expired"
    hold_id: UUID


@define(slots=False)
class HoldExceeded(Conflict):
    """The captures would take more than the hold has left."""

    code = "ledger.hold-exceeded"
    hold_id: UUID
    remaining: int
    needed: int


@define(slots=False)
class HoldAlreadyPlaced(Conflict):
    """A hold with this id exists already."""

    code = "ledger.hold-already-placed"
    hold_id: UUID


@define(slots=False)
class CardNotOwned(Conflict):
    """The card does not belong to the one who would give it away."""

    code = "ledger.card-not-owned"
    card_id: UUID


@define(slots=False)
class CardAlreadyHeld(Conflict):
    """The card is set aside for something else already."""

    code = "ledger.card-already-held"
    card_id: UUID


@define(slots=False)
class InvalidPayout(InvalidInput):
    """The lines of the group payout cannot be paid as they are."""

    code = "ledger.invalid-payout"
    why: str


@define(slots=False)
class PayoutNotFound(NotFound):
    """There is no such group payout."""

    code = "ledger.payout-not-found"
    payout_id: UUID


@define(slots=False)
class PayoutIdReused(Conflict):
    """The deal is paid out already, to others or otherwise.

    A deal is paid out once. What is to be paid besides belongs to a deal of its own.
    """

    code = "ledger.payout-id-reused"
    payout_id: UUID
