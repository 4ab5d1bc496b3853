"""Bugs of the memory store that PostgreSQL does not share."""

from .planting import PlantedBug

BUGS = (
    PlantedBug(
        "events of printings are lost in memory",
        "ece_adapters/memory/cards/printings.py",
        "            self._unit.publish(*printing.events)",
        "            pass",
        "tests/contract/cards/test_events.py::test_each_change_of_a_set_or_printing_is_told_once_and_in_order",
    ),
    PlantedBug(
        "the royalty goes to the issuer in memory",
        "ece_adapters/memory/market/listings.py",
        "Royalty(card_set.creator_id,",
        "Royalty(card_set.issuer_id,",
        "tests/contract/market/test_trading.py::test_a_card_changes_hands_with_its_money",
    ),
    PlantedBug(
        "a limit allows one more than its quota",
        "ece_adapters/memory/engine/rate_limiter.py",
        "(limit.quota - 1), _NOTHING)",
        "limit.quota, _NOTHING)",
        "tests/contract/kernel/test_rate_limiter.py::test_allows_the_quota_at_once_and_no_more",
    ),
    PlantedBug(
        "a card shown was minted to its owner in memory",
        "ece_adapters/memory/cards/catalog.py",
        "minted_to_id=card.minted_to_id",
        "minted_to_id=card.owner_id",
        "tests/contract/cards/test_history.py::test_a_card_was_minted_to_its_first_owner_whoever_has_it_now",
    ),
    PlantedBug(
        "a log keeps what was rolled back",
        "ece_adapters/memory/engine/table.py",
        """\
        self._undo_log.on_undo(self._rows.pop)
""",
        "",
        "tests/contract/kernel/test_transactions.py::test_a_refusal_undoes_what_the_transaction_had_applied_before",
    ),
    PlantedBug(
        "a removed row stays removed after a rollback",
        "ece_adapters/memory/engine/table.py",
        """\
            before = self._rows.pop(key)
            self._undo_log.on_undo(lambda: self._rows.__setitem__(key, before))""",
        "            self._rows.pop(key)",
        "tests/contract/cards/test_stores.py::TestPrintings::test_keep_their_places_when_a_change_is_refused",
    ),
    PlantedBug(
        "an origin is sold twice",
        "ece_adapters/memory/sales/sales.py",
        "if sale.id in self._tables.sales or sale.origin in self._tables.by_origin:",
        "if sale.id in self._tables.sales:",
        "tests/contract/sales/test_round_trips.py::test_an_origin_has_at_most_one_sale",
    ),
    PlantedBug(
        "a card is saved though its owner changed",
        "ece_adapters/memory/cards/cards.py",
        """\
        self._unit.later(lambda: self._check_ownership(card), row=row)
""",
        "",
        "tests/contract/cards/test_stores.py::TestCards::test_refuse_a_save_after_a_change_of_the_ledger",
    ),
    PlantedBug(
        "a listing is not overdue at its expiry",
        "ece_adapters/memory/market/listings.py",
        "and listing.expires_at <= now",
        "and listing.expires_at < now",
        "tests/contract/market/test_trading.py::test_the_sweep_frees_cards_at_their_expiry",
    ),
    PlantedBug(
        "an expired listing is the lowest ask in memory",
        "ece_adapters/memory/market/market_reader.py",
        "listing.printing_id == printing_id and listing.state_at(now) is",
        "listing.printing_id == printing_id and listing.state is",
        "tests/contract/sales/test_price_guides.py::test_follows_real_sales_and_offers",
    ),
    PlantedBug(
        "a handle given up stays taken",
        "ece_adapters/memory/identity/users.py",
        "            claims.remove(before.handle.text)",
        "            pass",
        "tests/contract/identity/test_stores.py::TestStores::test_free_the_names_that_a_user_releases",
    ),
    PlantedBug(
        "a settlement is not told",
        "ece_adapters/memory/ledger/ledger.py",
        """\
        self._unit.publish_now(settlement_posted(settlement, plan, now, remaining))
""",
        "",
        "tests/contract/ledger/test_settlement_posted.py::test_has_the_change_of_each_owners_balance",
    ),
    PlantedBug(
        "all sales count for the level",
        "ece_adapters/memory/sales/sales_history.py",
        "fees.enough_sales))",
        "None))",
        "tests/contract/sales/test_receipts.py::test_sales_beyond_the_highest_level_are_not_counted",
    ),
    PlantedBug(
        "a card under a hold is shown as free",
        "ece_adapters/memory/cards/cards.py",
        "is_held=card_ownership.hold_id is not None",
        "is_held=False",
        "tests/contract/market/test_trading.py::test_a_listing_sets_its_card_aside_and_a_cancellation_frees_it",
    ),
    PlantedBug(
        "half of a refused transaction stays",
        "ece_adapters/memory/engine/unit_of_work.py",
        """\
            self.undo_log.undo()
            raise""",
        "            raise",
        "tests/contract/kernel/test_transactions.py::test_a_refusal_undoes_what_the_transaction_had_applied_before",
    ),
    PlantedBug(
        "a lock outlives a refused transaction",
        "ece_adapters/memory/engine/database.py",
        """\
        finally:
            unit.end()""",
        """\
        except ZeroDivisionError:
            raise
        unit.end()""",
        "tests/contract/kernel/test_transactions.py::test_a_row_is_free_again_after_a_refusal_and_after_a_cancellation",
    ),
)
