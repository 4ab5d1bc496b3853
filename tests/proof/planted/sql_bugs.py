"""Bugs in the schema and its functions that the races of test_planted_in_sql.py do not look for."""

from .planting import PlantedBug

BUGS = (
    PlantedBug(
        "the print run is not checked",
        "ece_adapters/postgres/engine/migrations/0001_first_slice/cards.up.sql",
        """\
,
    CONSTRAINT cards_printing_run CHECK (minted BETWEEN 0 AND coalesce(print_run, minted))""",
        "",
        "tests/postgres/test_second_line.py::test_every_check_of_the_schema_is_listed_here",
    ),
    PlantedBug(
        "a card has half a grade",
        "ece_adapters/postgres/engine/migrations/0001_first_slice/cards.up.sql",
        "IN ((0, 0), (2, 0), (0, 3))",
        "IN ((0, 0), (2, 0), (0, 3), (0, 2))",
        "tests/postgres/test_second_line.py::test_a_check_refuses_the_rows_that_it_is_for",
    ),
    PlantedBug(
        "more is held than there is",
        "ece_adapters/postgres/engine/migrations/0001_first_slice/ledger.up.sql",
        "CHECK (0 <= held AND held <= balance)",
        "CHECK (0 <= held)",
        "tests/postgres/test_second_line.py::test_a_check_refuses_the_rows_that_it_is_for",
    ),
    PlantedBug(
        "a card is under two holds",
        "ece_adapters/postgres/engine/migrations/0001_first_slice/ledger.up.sql",
        "CREATE UNIQUE INDEX ledger_hold_card_once",
        "CREATE INDEX ledger_hold_card_once",
        "tests/postgres/test_second_line.py::test_a_card_is_under_one_open_hold_at_a_time",
    ),
    PlantedBug(
        "a declining price is rounded down",
        "ece_adapters/postgres/market/functions/market_price_at.sql",
        """\
            + trunc(extract(epoch FROM falls_until - falls_from) * 1000000) - 1,
""",
        """\
            ,
""",
        "tests/contract/market/test_browsing.py::test_a_price_between_two_cents_is_rounded_up_wherever_it_is_compared",
    ),
    PlantedBug(
        "the earlier of two opposite sales still counts",
        "ece_adapters/postgres/sales/functions/sales_mark_back_and_forth.sql",
        "            AND is_counted;",
        "            AND NOT is_counted;",
        "tests/contract/sales/test_price_guides.py::test_follows_real_sales_and_offers",
    ),
    PlantedBug(
        "opposite sales are looked for in fewer days",
        "ece_adapters/postgres/sales/functions/sales_mark_back_and_forth.sql",
        """\
BETWEEN NEW.sold_at - interval '2160 hours' AND NEW.sold_at + interval '2160 hours'
    ) THEN""",
        """\
BETWEEN NEW.sold_at - interval '2159 hours' AND NEW.sold_at + interval '2160 hours'
    ) THEN""",
        "tests/contract/sales/test_price_guides.py::test_opposite_sales_within_90_days_are_left_out",
    ),
    PlantedBug(
        "the balance of the first closing counts",
        "ece_adapters/postgres/ledger/functions/ledger_rolled_up_balance.sql",
        "ORDER BY closing_number DESC",
        "ORDER BY closing_number",
        "tests/contract/ledger/test_closings.py::test_a_settlement_that_commits_after_a_closing_is_in_the_next_one",
    ),
    PlantedBug(
        "another context captures a part of a hold",
        "ece_adapters/postgres/ledger/functions/ledger_settle.sql",
        """\
AND left_as[i] = 'open'
                AND context = acting""",
        "AND left_as[i] = 'open'",
        "tests/contract/ledger/test_owned_holds.py::test_another_context_finds_no_such_hold",
    ),
    PlantedBug(
        "a hold expires early",
        "ece_adapters/postgres/ledger/functions/ledger_settle.sql",
        """\
                    AND (left_as[i] <> 'expired' OR expires_at <= p_now)
""",
        "",
        "tests/contract/ledger/test_refusals.py::test_refuses_as_the_book_does",
    ),
    PlantedBug(
        "a hold counts as a transfer of its card",
        "ece_adapters/postgres/ledger/functions/ledger_settle.sql",
        "CASE from_owners[i] WHEN to_owners[i] THEN 0 ELSE 1 END",
        "1",
        "tests/contract/market/test_trading.py::test_a_buyer_sells_the_card_on",
    ),
    PlantedBug(
        "an event has the time of the server",
        "ece_adapters/postgres/ledger/functions/ledger_settle.sql",
        "event_cause, p_now, event",
        "event_cause, now(), event",
        "tests/postgres/test_event_columns.py::test_the_columns_of_every_event_repeat_its_payload",
    ),
    PlantedBug(
        "a settlement has the time of the server",
        "ece_adapters/postgres/ledger/functions/ledger_settle.sql",
        "VALUES (p_id, p_purpose, p_digest, p_now)",
        "VALUES (p_id, p_purpose, p_digest, now())",
        "tests/contract/ledger/test_wallets.py::TestStatement::test_runs_from_the_newest_with_the_balance_after_each_line",
    ),
    PlantedBug(
        "an event tells what a hold captured instead of what it gave back",
        "ece_adapters/postgres/ledger/functions/ledger_settle.sql",
        "to_jsonb(remainder)",
        "to_jsonb(captures[i])",
        "tests/contract/ledger/test_settlement_posted.py::test_has_the_released_amount_of_the_stored_hold",
    ),
    PlantedBug(
        "what is held is told as available",
        "ece_adapters/postgres/ledger/functions/ledger_check_account.sql",
        "'available', ledger_money(account.balance - account.held, p_asset)",
        "'available', ledger_money(account.balance, p_asset)",
        "tests/contract/ledger/test_scars.py::test_s08_holds_count_in_the_balance_check",
    ),
    PlantedBug(
        "positions follow ids",
        "ece_adapters/postgres/engine/functions/event_log_assign.sql",
        "row_number() OVER (ORDER BY number)",
        "row_number() OVER (ORDER BY id DESC)",
        "tests/contract/kernel/test_event_log.py::test_events_of_a_transaction_keep_their_order",
    ),
    PlantedBug(
        "the print run of the only copy is raised",
        "ece_adapters/postgres/engine/migrations/0001_first_slice/cards_triggers.up.sql",
        "OLD.minted > 0",
        "OLD.minted > 1",
        "tests/contract/cards/test_stores.py::TestPrintings::test_keep_the_print_run_of_which_copies_exist",
    ),
    PlantedBug(
        "a settlement can be changed",
        "ece_adapters/postgres/engine/migrations/0001_first_slice/ledger_triggers.up.sql",
        """\
BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_settlement
""",
        """\
BEFORE DELETE OR TRUNCATE ON ledger_settlement
""",
        "tests/contract/ledger/test_invariants.py::test_rows_of_the_ledger_cannot_be_changed",
    ),
    PlantedBug(
        "the id of an ended hold is free again",
        "ece_adapters/postgres/ledger/functions/ledger_settle.sql",
        "IF NOT FOUND OR EXISTS (SELECT FROM ledger_ended_hold WHERE id = placed[i]) THEN",
        "IF NOT FOUND THEN",
        "tests/contract/ledger/test_owned_holds.py::test_a_hold_is_found_in_every_state_and_its_id_is_never_free_again",
    ),
    PlantedBug(
        "a platform account cannot pay its last unit",
        "ece_adapters/postgres/ledger/functions/ledger_check_platform_account.sql",
        "IF balance + p_amount < 0 THEN",
        "IF balance + p_amount <= 0 THEN",
        "tests/contract/ledger/test_closings.py::test_a_platform_account_pays_no_more_than_it_has",
    ),
    PlantedBug(
        "a balance beyond the limit is a bug",
        "ece_adapters/postgres/ledger/functions/ledger_settle.sql",
        """\
                    AND balance + amounts[i] <= 1000000000000000000
""",
        "",
        "tests/contract/ledger/test_refusals.py::test_an_account_holds_the_limit_and_no_more",
    ),
)
