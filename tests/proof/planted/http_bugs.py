"""Bugs of the routes and of the platform below them."""

from .planting import PlantedBug

BUGS = (
    PlantedBug(
        "an API without its store is ready",
        "ece_entrypoints/http/platform/health.py",
        "if not await ready():",
        "if False:",
        "tests/http/platform/test_traps.py::test_a_store_that_is_gone_is_a_503",
    ),
    PlantedBug(
        "a parameter is sent twice",
        "ece_entrypoints/http/platform/request_guard.py",
        "elif name in seen and name not in requirements.many:",
        "elif False:",
        "tests/http/platform/test_pages.py::test_a_wrong_parameter_is_named",
    ),
    PlantedBug(
        "a weak tag is good enough for a change",
        "ece_entrypoints/http/platform/conditional.py",
        "r'(?<!W/)\"(0|",
        "r'\"(0|",
        "tests/http/platform/test_conversation.py::test_a_change_of_another_version_is_refused",
    ),
    PlantedBug(
        "captured money leaves the exchange",
        "ece_entrypoints/http/ledger/holds.py",
        "destination=None if data.destination_id is None else UserId(data.destination_id)",
        "destination=None",
        "tests/http/ledger/test_holds.py::TestHolds::test_a_hold_is_captured_in_parts_and_the_rest_released",
    ),
    PlantedBug(
        "the maximum price of a buyer is ignored",
        "ece_entrypoints/http/market/own_listings.py",
        "        max_price=max_price,",
        "        max_price=None,",
        "tests/http/market/test_market.py::test_a_purchase_is_refused_by_name",
    ),
    PlantedBug(
        "what is left of a limit is not told",
        "ece_entrypoints/http/platform/request_context.py",
        "*self.headers, *rate_limit_headers()]",
        "*self.headers]",
        "tests/http/identity/test_rate_limits.py::test_the_headers_tell_what_is_left",
    ),
    PlantedBug(
        "private answers may be cached",
        "ece_entrypoints/http/platform/request_context.py",
        'b"no-store"',
        'b"private"',
        "tests/http/identity/test_identity.py::TestSessions::test_the_response_to_a_log_in_is_not_cached",
    ),
    PlantedBug(
        "own listings of all times are listed",
        "ece_entrypoints/http/market/listings.py",
        """\
        listed=created,
    )
    return paging""",
        """\
        listed=TimeRange(),
    )
    return paging""",
        "tests/http/market/test_market.py::test_lists_are_filtered_by_time",
    ),
    PlantedBug(
        "sales on either side are listed",
        "ece_entrypoints/http/sales/sales.py",
        "        side=side,",
        "        side=None,",
        "tests/http/market/test_market.py::test_s23_a_sale_is_shown_to_its_sides_and_operators_alone",
    ),
    PlantedBug(
        "what is captured still remains",
        "ece_entrypoints/http/ledger/holds.py",
        "Money(hold.remaining, asset)",
        "Money(subject.amount, asset)",
        "tests/http/ledger/test_holds.py::TestHolds::test_a_hold_is_captured_in_parts_and_the_rest_released",
    ),
    PlantedBug(
        "an operator sees their own wallet instead",
        "ece_entrypoints/http/ledger/wallets.py",
        "return await _wallet(UserId(user_id), caller, get_wallet)",
        "return await _wallet(caller.user_id, caller, get_wallet)",
        "tests/http/ledger/test_wallets.py::TestWallets::test_s23_another_wallet_is_for_operators_and_not_there_for_others",
    ),
    PlantedBug(
        "an operator sees their own statement instead",
        "ece_entrypoints/http/ledger/wallets.py",
        """\
        UserId(user_id),
        asset=asset,""",
        """\
        caller.user_id,
        asset=asset,""",
        "tests/http/ledger/test_wallets.py::TestWallets::test_s23_another_wallet_is_for_operators_and_not_there_for_others",
    ),
    PlantedBug(
        "an operator sees their own holds instead",
        "ece_entrypoints/http/ledger/wallets.py",
        "return await _holds(UserId(user_id), caller",
        "return await _holds(caller.user_id, caller",
        "tests/http/ledger/test_wallets.py::TestWallets::test_s23_another_wallet_is_for_operators_and_not_there_for_others",
    ),
    PlantedBug(
        "facets count every listing",
        "ece_entrypoints/http/market/listings.py",
        "get_listing_facets(filter=listing_filter)",
        "get_listing_facets(filter=ListingFilter())",
        "tests/http/market/test_market.py::test_offers_are_paged_sorted_filtered_and_counted",
    ),
    PlantedBug(
        "the creator of a set is its issuer",
        "ece_entrypoints/http/cards/card_sets.py",
        "creator_id=UserId(data.creator_id) if data.creator_id else None",
        "creator_id=None",
        "tests/http/cards/test_cards.py::TestCardSets::test_name_another_creator_than_their_issuer",
    ),
    PlantedBug(
        "the highest price of a search is ignored",
        "ece_entrypoints/http/market/listings.py",
        "        price_max=price_max,",
        "        price_max=None,",
        "tests/http/market/test_market.py::test_offers_are_paged_sorted_filtered_and_counted",
    ),
    PlantedBug(
        "a declining price is shown as it was at its start",
        "ece_entrypoints/http/market/listings.py",
        "current_price=view(shown.price, Money)",
        "current_price=view(listing.pricing.price, Money)",
        "tests/http/market/test_market.py::test_a_declining_price_is_shown_as_of_now",
    ),
    PlantedBug(
        "copies are minted to the issuer",
        "ece_entrypoints/http/cards/printings.py",
        "owner_id=UserId(data.owner_id)",
        "owner_id=caller.user_id",
        "tests/http/cards/test_cards.py::TestMinting::test_gives_consecutive_serials_once_per_key",
    ),
    PlantedBug(
        "the expiry of a hold is ignored",
        "ece_entrypoints/http/ledger/holds.py",
        "        expires_at=data.expires_at,",
        "        expires_at=None,",
        "tests/http/ledger/test_holds.py::TestHolds::test_a_hold_is_placed_and_only_its_owner_sees_it",
    ),
    PlantedBug(
        "the expiry of a listing is ignored",
        "ece_entrypoints/http/market/own_listings.py",
        "        expires_at=data.expires_at,",
        "        expires_at=None,",
        "tests/http/market/test_market.py::test_a_listing_is_refused_by_name",
    ),
    PlantedBug(
        "the cards of everybody are listed",
        "ece_entrypoints/http/cards/cards.py",
        "owner_id=None if owner_id is None else UserId(owner_id)",
        "owner_id=None",
        "tests/http/cards/test_cards.py::TestCards::test_are_listed_by_their_owner",
    ),
    PlantedBug(
        "an edited royalty is lost",
        "ece_entrypoints/http/cards/card_sets.py",
        'given["royalty"] = Rate(given.pop("royalty_ppm"))',
        'given.pop("royalty_ppm")',
        "tests/http/cards/test_cards.py::TestCardSets::test_change_the_sent_fields_only",
    ),
)
