"""The errors of the ledger."""

from datetime import datetime
from uuid import UUID

from attrs import define

from ece_domain.kernel import Conflict, InvalidInput, Money, NotFound

from .hold import HoldState


@define(slots=False)
class MalformedSettlement(InvalidInput):
    """The settlement is not valid."""

    code = "ledger.malformed-settlement"
    cause = "The moves break a rule of settlements: {why}."

    why: str


@define(slots=False)
class SettlementIdReused(Conflict):
    """The settlement id was used before, for other moves."""

    code = "ledger.settlement-id-reused"
    cause = "The id {settlement_id} belongs to the moves that were recorded first."
    hint = "Use a new id for new moves, or send the first moves unchanged to get their result."

    settlement_id: UUID


@define(slots=False)
class SettlementNotFound(NotFound):
    """The settlement does not exist."""

    code = "ledger.settlement-not-found"
    cause = "No settlement has the id {settlement_id}, or you were not part of it."

    settlement_id: UUID


@define(slots=False)
class AssetNotAccepted(InvalidInput):
    """The exchange does not accept this asset."""

    code = "ledger.asset-not-accepted"
    cause = "The exchange keeps no accounts in {asset}."
    hint = "Use an asset that the exchange accepts, such as USD/2."

    asset: str


@define(slots=False)
class TransferToOneself(InvalidInput):
    """The source and the destination are the same user."""

    code = "ledger.transfer-to-oneself"
    cause = "A transfer moves money from one user to another."
    hint = "Name another user as the destination, then send the request again."


@define(slots=False)
class ExpiryOutOfBounds(InvalidInput):
    """The expiry of the hold is out of bounds."""

    code = "ledger.expiry-out-of-bounds"
    cause = "The expiry must be in the future and no later than {max_expires_at}."

    max_expires_at: datetime


@define(slots=False)
class InsufficientFunds(Conflict):
    """The available balance is too low."""

    code = "ledger.insufficient-funds"
    cause = (
        "{available} is available and {needed} is needed, in minor units. Money on hold is not "
        "available."
    )
    hint = "Deposit money or release a hold, then send the request again."

    available: Money
    needed: Money


@define(slots=False)
class BalanceLimit(Conflict):
    """The balance of the destination would become too high."""

    code = "ledger.balance-limit"
    cause = "An account can have at most {max_balance}, in minor units."
    hint = "Move a smaller amount, or withdraw from the account first."

    max_balance: Money


@define(slots=False)
class HoldNotFound(NotFound):
    """The hold does not exist."""

    code = "ledger.hold-not-found"
    cause = "No hold has the id {hold_id}, or it is not yours."

    hold_id: UUID


@define(slots=False)
class HoldNotOpen(Conflict):
    """The hold is no longer open."""

    code = "ledger.hold-not-open"
    cause = "The hold {hold_id} is {state}, and that is final."
    hint = "Load the hold to see how it ended. Place a new one if you still need it."

    hold_id: UUID
    state: HoldState


@define(slots=False)
class HoldPastExpiry(Conflict):
    """The hold is past its expiry."""

    code = "ledger.hold-past-expiry"
    cause = (
        "The hold {hold_id} can no longer be captured, and what is left of it goes back to its "
        "owner."
    )
    hint = "Place a new hold if you still need it."

    hold_id: UUID


@define(slots=False)
class HoldNotExpired(Conflict):
    """The hold is not past its expiry yet."""

    code = "ledger.hold-not-expired"
    cause = (
        "The hold {hold_id} stays open until its expiry, unless it is captured or released before."
    )
    hint = "Wait for the expiry, or release the hold."

    hold_id: UUID


@define(slots=False)
class HoldExceeded(Conflict):
    """The hold has too little left."""

    code = "ledger.hold-exceeded"
    cause = "The hold {hold_id} has {remaining} left and {needed} is needed, in minor units."
    hint = "Capture at most what is left of the hold."

    hold_id: UUID
    remaining: Money
    needed: Money


@define(slots=False)
class HoldAlreadyPlaced(Conflict):
    """The hold exists already."""

    code = "ledger.hold-already-placed"
    cause = "A hold with the id {hold_id} was placed before."
    hint = "Use a new id for a new hold."

    hold_id: UUID


@define(slots=False)
class CardNotOwned(Conflict):
    """The card belongs to another user."""

    code = "ledger.card-not-owned"
    cause = "The card {card_id} can be listed or transferred by its owner only."
    hint = "Load the card to see who owns it now, and choose a card of your own."

    card_id: UUID


@define(slots=False)
class CardAlreadyHeld(Conflict):
    """The card is on hold already."""

    code = "ledger.card-already-held"
    cause = "The card {card_id} can have one hold at a time, such as the hold of a listing."
    hint = "Cancel the listing or wait until the hold ends, then send the request again."

    card_id: UUID


@define(slots=False)
class InvalidPayout(InvalidInput):
    """The group payout is not valid."""

    code = "ledger.invalid-payout"
    cause = "The lines of the payout break a rule: {why}."

    why: str


@define(slots=False)
class PayoutNotFound(NotFound):
    """The group payout does not exist."""

    code = "ledger.payout-not-found"
    cause = "No group payout has the id {payout_id}."

    payout_id: UUID


@define(slots=False)
class PayoutIdReused(Conflict):
    """The deal was paid out before, in another way."""

    code = "ledger.payout-id-reused"
    cause = "A deal is paid out once, and the group payout {payout_id} has other lines."
    hint = "Pay other amounts as a payout of another deal."

    payout_id: UUID
