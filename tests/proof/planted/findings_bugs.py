"""Repairs of docs/proof/findings.md undone: the test that each finding promises must fail."""

from .planting import PlantedBug

BUGS = (
    PlantedBug(
        "a log-in during a change of role keeps the old role",
        "ece_domain/identity/use_cases/log_in.py",
        """\
                transaction.users.require_unchanged(user)
""",
        """\
                pass
""",
        "tests/contract/identity/test_use_cases.py::TestChangeRole::test_is_seen_by_a_log_in_that_is_under_way",
    ),
    PlantedBug(
        "two admins who demote each other leave no admin",
        "ece_domain/identity/administration.py",
        """\
    Actor.of(locked[actor.id]).require_admin()
""",
        "",
        "tests/contract/identity/test_use_cases.py::TestChangeRole::test_of_two_admins_who_dismiss_each_other_at_once_one_remains",
    ),
    PlantedBug(
        "an expired listing makes room for a stranger",
        "ece_domain/market/use_cases/create_listing.py",
        "return earlier.seller_id == seller_id and earlier",
        "return earlier",
        "tests/contract/market/test_trading.py::test_an_expired_listing_makes_no_room_for_a_stranger",
    ),
    PlantedBug(
        "sessions are ended in a part of the statement each",
        "ece_adapters/postgres/identity/sessions.py",
        """\
        in_order = sorted(sessions, key=lambda session: session.id)
""",
        """\
        if len(sessions) > 1:
            for session in sessions:
                self.save(session)
            return
        in_order = sorted(sessions, key=lambda session: session.id)
""",
        "tests/contract/identity/test_use_cases.py::TestChangeRole::test_ends_thousands_of_sessions_of_a_user",
    ),
    PlantedBug(
        "a key with an unpaired surrogate is read",
        "ece_entrypoints/http/platform/json_body.py",
        'if b"\\\\u" in body and (faults',
        "if False and (faults",
        "tests/http/platform/test_traps.py::test_trap_06_a_key_that_no_answer_can_repeat_is_a_400",
    ),
    PlantedBug(
        "the 400 for a malformed request is read as another response",
        "ece_entrypoints/server/http_limits.py",
        """\
        else:
            self.transport.close()
""",
        """\
        else:
            super().send_400_response(msg)
""",
        "tests/e2e/test_bounded_requests.py::test_the_400_of_a_malformed_request_is_not_read_as_another_response",
    ),
    PlantedBug(
        "any number of requests is pipelined",
        "ece_entrypoints/server/http_limits.py",
        "if len(self.pipeline) >= MAX_PIPELINED:",
        "if False:",
        "tests/e2e/test_bounded_requests.py::test_the_connection_with_too_many_requests_that_wait_is_closed",
    ),
    PlantedBug(
        "an unread response stays for ever",
        "ece_entrypoints/server/http_limits.py",
        """\
        self._read_deadline = self.loop.call_later(self._timeout, self.transport.abort)
""",
        "",
        "tests/e2e/test_bounded_requests.py::test_a_client_that_does_not_read_in_time_is_disconnected",
    ),
    PlantedBug(
        "a response is written to a client that has left",
        "ece_entrypoints/server/coalesced_writes.py",
        "if not self.transport.is_closing():",
        "if True:",
        "tests/unit/server/test_coalesced_writes.py::test_nothing_is_written_to_a_client_that_has_left",
    ),
    PlantedBug(
        "a client that leaves early causes a traceback",
        "ece_entrypoints/http/platform/problems.py",
        "if error.detail == _HUNG_UP:",
        "if False:",
        "tests/http/platform/test_traps.py::test_a_client_that_leaves_in_the_middle_of_its_body_is_no_bug",
    ),
    PlantedBug(
        "a request is never completed",
        "ece_entrypoints/server/http_limits.py",
        """\
        self._deadline = self.loop.call_later(self._timeout, self.transport.close)
""",
        "",
        "tests/e2e/test_bounded_requests.py::test_a_request_that_never_ends_is_closed",
    ),
    PlantedBug(
        "headers have any size",
        "ece_entrypoints/server/http_limits.py",
        "            self._header_bytes += len(part)",
        "            self._header_bytes += 0",
        "tests/e2e/test_bounded_requests.py::test_too_much_beside_the_body_is_refused",
    ),
    PlantedBug(
        "the frames of a body have any size",
        "ece_entrypoints/server/http_limits.py",
        """\
        self._header_bytes -= len(body)
""",
        """\
        self._header_bytes = 0
""",
        "tests/e2e/test_bounded_requests.py::test_too_much_beside_the_body_is_refused",
    ),
    PlantedBug(
        "a handle accepts the Kelvin sign",
        "ece_domain/identity/handle.py",
        "text.lower() if text.isascii() else text",
        "text.lower()",
        "tests/unit/identity/test_names.py::test_refuses_a_malformed_handle",
    ),
    PlantedBug(
        "a set code accepts the Kelvin sign",
        "ece_domain/cards/card_set.py",
        "text.lower() if text.isascii() else text",
        "text.lower()",
        "tests/unit/cards/test_words.py::TestSetCodes::test_refuse_codes_that_are_not_valid_in_urls",
    ),
    PlantedBug(
        "a very long asset is repeated whole",
        "ece_domain/kernel/money.py",
        "raise InvalidAsset(given=text[:64])",
        "raise InvalidAsset(given=text)",
        "tests/unit/kernel/test_money.py::test_an_error_quotes_at_most_64_characters_of_an_invalid_asset",
    ),
    PlantedBug(
        "an error is raised that no document lists",
        "ece_domain/market/queries.py",
        '""":raises PrintingNotFound: if there is no such printing."""',
        '"""Read it."""',
        "tests/contract/sales/test_price_guides.py::test_a_printing_that_is_not_there_is_not_found",
    ),
    PlantedBug(
        "Allow does not list HEAD",
        "ece_entrypoints/http/platform/request_guard.py",
        '", ".join(sorted(with_head(route.methods)))',
        '", ".join(sorted(route.methods))',
        "tests/http/platform/test_conversation.py::test_options_name_the_methods_of_all_handlers",
    ),
    PlantedBug(
        "the Allow of a refused method does not list HEAD",
        "ece_entrypoints/http/platform/problems.py",
        "_answer(request, known(), _with_head(error.headers))",
        "_answer(request, known(), error.headers)",
        "tests/http/platform/test_conversation.py::test_an_unknown_method_names_the_allowed_ones",
    ),
    PlantedBug(
        "a connection that died in the pool is a bug",
        "ece_adapters/postgres/engine/refusals.py",
        "return told_while_idle or (",
        "return (",
        "tests/postgres/test_refusals.py::test_an_outage_is_unavailable",
    ),
    PlantedBug(
        "a connection that is closed is a bug",
        "ece_adapters/postgres/engine/refusals.py",
        "(isinstance(error, asyncpg.InterfaceError) and is_gone)",
        "False",
        "tests/postgres/test_refusals.py::test_an_outage_is_unavailable",
    ),
    PlantedBug(
        "two servers migrate one database at once",
        "ece_adapters/postgres/engine/migrations/env.py",
        """\
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('ece migration'))"))
""",
        "",
        "tests/postgres/test_migrations.py::test_concurrent_migrations_all_succeed",
    ),
    PlantedBug(
        "a database that does not respond is a bug",
        "ece_adapters/postgres/engine/refusals.py",
        """\
    OSError,
    asyncio.TimeoutError,
""",
        """\
    ConnectionError,
""",
        "tests/postgres/test_refusals.py::test_an_outage_is_unavailable",
    ),
    PlantedBug(
        "an error at the rollback hides the first one",
        "ece_adapters/postgres/engine/unit_of_work.py",
        """\
        with suppress(asyncpg.PostgresConnectionError, asyncpg.InterfaceError, OSError):
            try:""",
        """\
        with suppress(ZeroDivisionError):
            try:""",
        "tests/postgres/test_unit_of_work.py::test_an_error_at_the_rollback_does_not_hide_the_first_one",
    ),
    PlantedBug(
        "events of a transaction come in reverse",
        "ece_adapters/postgres/engine/unit_of_work.py",
        "*outbox_columns(self._events, self",
        "*outbox_columns(self._events[::-1], self",
        "tests/contract/kernel/test_event_log.py::test_events_of_a_transaction_keep_their_order",
    ),
    PlantedBug(
        "details of an error are not decoded",
        "ece_adapters/postgres/engine/refusals.py",
        "{name: _detail_of(given[name], types[name]) for name in types}",
        "given",
        "tests/contract/ledger/test_refusals.py::test_refuses_as_the_book_does",
    ),
    PlantedBug(
        "two collectors share an idempotency key",
        "ece_domain/market/use_cases/buy_listing.py",
        "IdempotentRequest.of(buyer_id, key",
        "IdempotentRequest.of(type(buyer_id)(int=1), key",
        "tests/unit/market/use_cases/test_idempotency.py::test_two_collectors_may_use_one_key",
    ),
    PlantedBug(
        "the name of an account is changed",
        "ece_domain/ledger/account.py",
        'UUID("5f0d7b1c-9c55-5b0e-8d5e-0d7c1f6b7ece")',
        'UUID("5f0d7b1c-9c55-5b0e-8d5e-0d7c1f6b7ecf")',
        "tests/unit/ledger/test_account.py::test_an_id_is_for_ever",
    ),
)
