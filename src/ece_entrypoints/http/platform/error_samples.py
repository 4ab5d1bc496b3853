"""A realistic value and the meaning of each member of a problem, for the pages and the examples."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from attrs import Attribute, fields, frozen

from ece_domain.kernel import MAX_AMOUNT, USD, DomainError, Money
from ece_domain.ledger import HoldState
from ece_domain.market import ListingState

from .field_errors import FieldError


@frozen
class Sample:
    """A member as an example shows it, and what it means."""

    value: object
    meaning: str


_BY_FIELD: Final[Mapping[str, Sample]] = {
    "amount": Sample(Money(0, USD), "The amount that was sent."),
    "asset": Sample("USD/2", "The code of the asset and its number of decimals."),
    "available": Sample(Money(800, USD), "The available balance."),
    "card_id": Sample(UUID("01987654-3210-7abc-8def-0123456789a1"), "The card."),
    "expected": Sample("USD/2", "The asset that all amounts must have."),
    "given": Sample("EUR/2", "The value that was sent."),
    "handle": Sample("ece_support", "The handle that was sent."),
    "hold_id": Sample(UUID("01987654-3210-7abc-8def-0123456789a2"), "The hold."),
    "key": Sample("name", "The key that appears twice."),
    "max_expires_at": Sample(
        datetime(2027, 1, 31, 12, tzinfo=UTC), "The latest expiry that is allowed."
    ),
    "listing_id": Sample(UUID("01987654-3210-7abc-8def-0123456789a3"), "The listing."),
    "longest": Sample(80, "The highest number of characters that is allowed."),
    "max_bytes": Sample(65_536, "The largest body that the route accepts."),
    "max_amount": Sample(Money(MAX_AMOUNT, USD), "The highest amount that is allowed."),
    "max_balance": Sample(Money(10**18, USD), "The highest balance of an account."),
    "min_amount": Sample(Money(1, USD), "The lowest amount that is allowed."),
    "max_words": Sample(10, "The highest number of words that is allowed."),
    "limit": Sample("authentication", "The name of the limit."),
    "minted": Sample(250, "How many copies exist."),
    "max_price": Sample(Money(1250, USD), "The highest price that the buyer accepts."),
    "needed": Sample(Money(1250, USD), "What the request needs."),
    "payout_id": Sample(UUID("01987654-3210-7abc-8def-0123456789a4"), "The group payout."),
    "ppm": Sample(1_000_001, "The rate that was sent, in parts per million."),
    "price": Sample(Money(1500, USD), "The price of the listing at the moment."),
    "print_run": Sample(250, "How many copies there may be."),
    "quota": Sample(10, "How many requests the limit allows in its window."),
    "reason": Sample(
        "Expecting ',' delimiter at line 3, column 17", "What the JSON parser reports."
    ),
    "remaining": Sample(Money(400, USD), "What is left of the hold."),
    "required": Sample(("admin", "service"), "The roles that are allowed to do it."),
    "retry_after_seconds": Sample(90, "After how many seconds one request is allowed again."),
    "sale_id": Sample(UUID("01987654-3210-7abc-8def-0123456789a5"), "The sale."),
    "scale": Sample("tcgplayer", "The condition scale that was sent."),
    "settlement_id": Sample(UUID("01987654-3210-7abc-8def-0123456789a6"), "The settlement."),
    "suspended_at": Sample(
        datetime(2026, 11, 20, 9, 30, tzinfo=UTC), "When the user was suspended."
    ),
    "window_seconds": Sample(900, "The window of the limit."),
    "what": Sample("database", "The service that does not respond."),
}
"""By the name of the field, which means the same in most errors."""

_BY_ERROR: Final[Mapping[tuple[str, str], Sample]] = {
    ("cards.invalid-count", "highest"): Sample(1_000, "The highest count that is allowed."),
    ("cards.invalid-import", "key"): Sample("base1-4", "The key of the record in its source."),
    ("cards.invalid-import", "why"): Sample("the set comes twice", "Why the record was refused."),
    ("cards.invalid-text", "field"): Sample("name", "The field with the text."),
    ("cards.definition-fixed", "given"): Sample("rare-holo", "The code of the rarity or finish."),
    ("cards.unknown-condition", "given"): Sample("EX", "The code that was sent."),
    ("cards.unknown-definition", "field"): Sample(
        "rarity", "Which of the two: `rarity` or `finish`."
    ),
    ("cards.unknown-definition", "given"): Sample("ultra-rare", "The code that was sent."),
    ("http.unsupported-encoding", "given"): Sample("gzip", "The header that was sent."),
    ("http.unsupported-media-type", "given"): Sample("text/plain", "The header that was sent."),
    ("identity.access-suspended", "reason"): Sample(
        "Sold cards that do not exist", "Why, in the words of the operator."
    ),
    ("kernel.asset-mismatch", "given"): Sample("EUR/2", "The asset of the other amount."),
    ("kernel.invalid-asset", "given"): Sample("usd", "The text that was sent."),
    ("kernel.lock-timeout", "what"): Sample("listing", "What was locked."),
    ("ledger.asset-not-accepted", "asset"): Sample("EUR/2", "The asset that was sent."),
    ("ledger.hold-not-open", "state"): Sample(HoldState.RELEASED, "The state of the hold."),
    ("ledger.invalid-payout", "why"): Sample(
        "a line pays the account that pays", "What is wrong with the lines."
    ),
    ("ledger.malformed-settlement", "why"): Sample(
        "a card changes hands twice", "What is wrong with the moves."
    ),
    ("market.listing-not-active", "state"): Sample(ListingState.SOLD, "The state of the listing."),
    ("sales.asset-not-accepted", "asset"): Sample("EUR/2", "The asset that was sent."),
    ("http.invalid-body", "errors"): Sample(
        (FieldError(code="missing", detail="'price' is required.", pointer="#/price"),),
        "Each wrong field: where it is, the kind of fault, and what is wrong.",
    ),
    ("http.invalid-parameters", "errors"): Sample(
        (
            FieldError(
                code="out-of-bounds",
                detail="The value must be at most 100.",
                parameter="limit",
                place="query",
            ),
        ),
        "Each wrong parameter: where it is, the kind of fault, and what is wrong.",
    ),
}
"""By the error's code too, where the field means something of its own."""

_IN_PATHS: Final[Mapping[str, str]] = {
    "code": "base-set",
    "handle_or_id": "ann",
    "printing_id": "01987654-3210-7abc-8def-0123456789a7",
    "user_id": "01987654-3210-7abc-8def-0123456789a8",
}


def sample_of(error: type[DomainError], field: "Attribute[object]") -> Sample:
    """:raises KeyError: if the field of this error has no sample yet: add it above."""
    own = _BY_ERROR.get((error.code, field.name))
    return _BY_FIELD[field.name] if own is None else own


def sample_error(error: type[DomainError]) -> DomainError:
    """The error with realistic values."""
    return error(**{each.name: sample_of(error, each).value for each in fields(error)})


def sample_path(template: str) -> str:
    """The path of an operation with realistic values for its parameters."""
    ids = {name: sample.value for name, sample in _BY_FIELD.items() if name.endswith("_id")}
    path = template
    for name, value in {**ids, **_IN_PATHS}.items():
        path = path.replace(f"{{{name}}}", str(value))
    return path
