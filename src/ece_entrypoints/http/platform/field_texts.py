"""What a field or a path parameter of the API means, by its name, with a real example.

A name means the same in every schema, so it is described once. A field of which there is more to
say has its own ``Meta(description=...)``, which wins.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

_CARD_NAME: Final = "Emberwing Drake"

DESCRIPTIONS: Final[Mapping[str, str]] = {
    "account": "The account that changed.",
    "accounts": "One for each asset. As a number: how many accounts were audited.",
    "acquired_at": "The moment at which the owner got the card.",
    "amount": "Minor units of the asset, such as cents; null if it is a card.",
    "artist": "The artist of the picture.",
    "artists": "By artist.",
    "asset": "The code of the asset and its number of decimals.",
    "available": "The balance without what is held: it can be spent.",
    "average": "The average price, rounded half up; null without sales.",
    "balance": "All money of the account, with what is held.",
    "balance_after": "The balance of the account after the change.",
    "buyer_id": "The user who bought.",
    "captured": "What has been taken of the hold.",
    "card_id": "The card.",
    "card_sets": "By card set.",
    "card_transfers": "The cards that changed hands.",
    "cards": "How many cards were audited.",
    "certificate": "The number on the certificate of the grading company.",
    "change": "What came in, or went out if it is negative.",
    "closings": "How many closings were audited.",
    "code": "The code, which names it in requests.",
    "company": "The code of the grading company.",
    "computed_at": "The moment at which it was computed.",
    "condition": "The condition of the card: a grade, or a code on a scale; null if not stated.",
    "copies": "How many copies to mint.",
    "count": "How many have this value.",
    "creator_id": "The user who gets the royalty.",
    "data": "The items of this page.",
    "days": "How many of the latest days count.",
    "declared_count": "How many printings the set has, as its issuer says.",
    "decline": "How the price falls; null if it is fixed.",
    "destination_id": "The user who gets the money.",
    "email": "The e-mail address.",
    "ends_at": "The moment from which the price is the floor.",
    "entries": "The single parts, one after the other. As a number: how many were audited.",
    "excluded": "The sales that do not count, by reason.",
    "expires_at": "The moment from which it is no longer active.",
    "facets": "How many of the printings found have each value; on request only.",
    "fee": "What is due under the rule.",
    "fees": "What was deducted from the price, and by which rules.",
    "finish": "The code of the finish.",
    "finishes": "The finishes of the set, or counts by finish.",
    "first_serial": "The lowest serial number that was minted.",
    "flavor": "The flavor text of the card.",
    "floor": "The lowest price that a declining price reaches.",
    "from_owner_id": "The owner before; null for a card that was minted.",
    "grade": "The grade on the company's scale.",
    "handle": "The public name of the user.",
    "held": "What is on hold.",
    "held_totals": "What is on hold, by purpose.",
    "hold_id": "The hold.",
    "id": "The id, which names it in paths and in other resources.",
    "image": "The address of the picture; null if there is none.",
    "invariant": "The number of the invariant that is violated.",
    "is_held": "Whether the card is on hold, for example because it is listed.",
    "issuer_id": "The user who issues the set.",
    "kind": "Which kind it is.",
    "label": "The name that people read.",
    "last_sale": "The latest sale that counts; null if there is none.",
    "last_serial": "The highest serial number that was minted.",
    "lines": "What was deducted from the price, and by which rules.",
    "listed_at": "The moment at which it was offered.",
    "listing_id": "The listing.",
    "lowest_ask": "The lowest price on offer at the moment; null if there is none.",
    "max_price": "The highest price that you accept.",
    "median": "The median price; null without sales.",
    "minimum": "The least that is due, whatever the rate.",
    "minted_at": "The moment at which the card was minted.",
    "minted_count": "How many copies exist.",
    "minted_to_id": "The first owner of the card.",
    "money": "How much, and of which asset.",
    "handle_or_id": "The handle of a user, or their id.",
    "name": "The name that people read.",
    "next": "The cursor of the next page; null on the last page.",
    "number": "The collector number within the set.",
    "origin": "What led to the sale.",
    "owner_id": "The user who owns it.",
    "password": "The password of the account.",
    "current_password": "The password of now.",
    "ppm": "The rate in millionths.",
    "price": "The price, in minor units of its asset.",
    "pricing": "How the price is set.",
    "print_run": "How many copies there may ever be; null if there is no limit.",
    "printing": "The printing that the card is a copy of.",
    "printing_id": "The printing.",
    "purpose": "What it is for.",
    "rank": "The order among the others of its kind, the lowest first.",
    "rarities": "The rarities of the set, or counts by rarity.",
    "rarity": "The code of the rarity.",
    "rate": "The share of the price.",
    "receipt": "What was deducted from the price, and why.",
    "registered_at": "The moment at which the account was opened.",
    "released_on": "The day of the release; null if it is not known.",
    "remaining": "What is left of the hold.",
    "role": "What the user may do.",
    "royalty": "The creator's share of the sale.",
    "royalty_ppm": "The creator's share of each sale, in millionths of the price.",
    "rule": "The name of the rule.",
    "rules": "The rules text of the card.",
    "sale_id": "The sale.",
    "sales": "How many sales.",
    "sales_count": "How many sales.",
    "scale": "The scale of the condition.",
    "seller_id": "The user who sells.",
    "serial": "The serial number among the copies of the printing.",
    "session_id": "The session.",
    "set_code": "The code of the card set.",
    "set_name": "The name of the card set.",
    "settled_at": "The moment at which it was settled.",
    "settlement_id": "The settlement that moved it.",
    "since": "The start of the period.",
    "sold_at": "The moment of the sale.",
    "starts_at": "The moment from which the price falls.",
    "state": "Where it is in its life.",
    "status": "Whether it works.",
    "subject": "What the violation was found on.",
    "to_owner_id": "The owner after.",
    "token_type": "How the access token is sent.",
    "trailing_sales": "The seller's sales before this one, which decide the fees.",
    "updated_at": "The moment of the latest change.",
    "created_at": "The moment at which it was made.",
    "user_id": "The user.",
    "value": "The value to filter by.",
    "variant": "Tells apart printings with the same number and finish.",
    "version": "Increases with each change.",
    "volume": "The sum of the prices.",
    "what": "What is wrong.",
    "windows": "The sales of the latest days, by period.",
    "access_expires_at": "The moment at which the access token expires.",
}

EXAMPLES: Final[Mapping[str, str]] = {
    "access_token": "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIwMTk4In0.c2lnbmF0dXJl",
    "address": "203.0.113.7",
    "artist": "Mira Holt",
    "asset": "USD/2",
    "certificate": "48213377",
    "code": "base-set",
    "company": "PSA",
    "condition": "PSA 9",
    "context": "ledger",
    "cursor": "q8Jx0cJ1vJ7nSg",
    "email": "ann@example.com",
    "finish": "foil",
    "flavor": "It sleeps in the ashes of its own nest.",
    "grade": "9",
    "handle": "ann_lee",
    "image": "/v1/printings/01987654-3210-7abc-8def-0123456789a7/art",
    "invariant": "I1",
    "kind": "market.listing",
    "label": "Rare",
    "name": _CARD_NAME,
    "next": "q8Jx0cJ1vJ7nSg",
    "number": "12",
    "owner": "01987654-3210-7abc-8def-0123456789a8",
    "password": "correct horse battery",
    "purpose": "market.purchase",
    "rarity": "rare",
    "reason": "The pictures show another card.",
    "refresh_token": "Zk3vX9c1Yb7nQe5tR2uW8aLs",
    "rule": "commission",
    "rules": "Flying. Deals 2 damage when it enters play.",
    "scale": "tcgplayer",
    "set_code": "base-set",
    "set_name": "Base Set",
    "since": "2026-01-01T00:00:00Z",
    "subject": "01987654-3210-7abc-8def-0123456789a1",
    "text": _CARD_NAME,
    "until": "2026-01-31T00:00:00Z",
    "value": "rare",
    "variant": "first-edition",
    "what": "The entries of a settlement do not sum to zero.",
}


def describe_fields(document: Mapping[str, Any]) -> None:
    """Add what the fields and parameters do not say themselves to an OpenAPI document."""
    for schema in document["components"]["schemas"].values():
        for name, field in schema.get("properties", {}).items():
            _describe(name, field)
            if name in EXAMPLES and _is_free_text(field):
                field.setdefault("examples", [EXAMPLES[name]])
    for operation in _operations_in(document):
        for parameter in operation.get("parameters", ()):
            _describe(parameter["name"], parameter)


def _describe(name: str, field: dict[str, Any]) -> None:
    if name in DESCRIPTIONS:
        field.setdefault("description", DESCRIPTIONS[name])


def _is_free_text(field: Mapping[str, Any]) -> bool:
    """Whether only an example can tell what the text looks like."""
    kinds = [field, *field.get("oneOf", ())]
    return any(
        kind.get("type") == "string" and not kind.keys() & {"const", "enum", "examples", "format"}
        for kind in kinds
    ) and not any("examples" in kind for kind in kinds)


def _operations_in(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        yield from path.values()
