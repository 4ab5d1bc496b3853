"""Parts that are not wired, not started, or wired to the wrong part."""

from .planting import PlantedBug

BUGS = (
    PlantedBug(
        "no background job is started",
        "ece_entrypoints/http/platform/use_case_plugin.py",
        "running_jobs(periodic_jobs_of(self.exchange))",
        "running_jobs(())",
        "tests/http/platform/test_background.py::test_the_application_runs_every_job",
    ),
    PlantedBug(
        "payouts are finished by no job",
        "ece_entrypoints/jobs/periodic_jobs.py",
        '"finish payouts", exchange.ledger.finish_group_payouts()',
        '"finish payouts", exchange.ledger.expire_holds()',
        "tests/unit/jobs/test_periodic_jobs.py::test_every_use_case_that_takes_no_arguments_is_a_job",
    ),
    PlantedBug(
        "listings are expired by no job",
        "ece_entrypoints/jobs/periodic_jobs.py",
        "expire_listings_and_log(exchange.market.expire_listings())",
        "exchange.ledger.expire_holds()",
        "tests/unit/jobs/test_periodic_jobs.py::test_every_use_case_that_takes_no_arguments_is_a_job",
    ),
    PlantedBug(
        "events wait for an hour",
        "ece_entrypoints/jobs/periodic_jobs.py",
        "exchange.sequence_events(), interval_seconds=1)",
        "exchange.sequence_events(), interval_seconds=3600)",
        "tests/unit/jobs/test_periodic_jobs.py::test_whoever_waits_for_a_job_waits_for_seconds",
    ),
    PlantedBug(
        "revoked sessions are not watched",
        "ece_entrypoints/http/platform/use_case_plugin.py",
        """\
            self.exchange.identity.revoked_sessions().watching(),
""",
        "",
        "tests/http/platform/test_background.py::test_a_token_of_a_session_that_another_process_ended_is_refused",
    ),
    PlantedBug(
        "passwords always have the toy cost",
        "ece_entrypoints/wiring/identity.py",
        "_COSTS[settings.password_cost]",
        "crypto.TOY_COST",
        "tests/http/platform/test_settings.py::test_passwords_are_hashed_at_the_standard_cost_unless_the_settings_say_toy",
    ),
    PlantedBug(
        "own listings come from the replica",
        "ece_entrypoints/wiring/market.py",
        "single(market.ListMyListings, begin=begin,",
        "single(market.ListMyListings, begin=begin_public_read,",
        "tests/architecture/test_wiring.py::test_only_public_lists_come_from_the_replica",
    ),
    PlantedBug(
        "public listings come from the primary",
        "ece_entrypoints/wiring/market.py",
        "single(market.SearchListings, begin=begin_public_read,",
        "single(market.SearchListings, begin=begin,",
        "tests/architecture/test_wiring.py::test_only_public_lists_come_from_the_replica",
    ),
    PlantedBug(
        "tokens of the other secret are refused",
        "ece_entrypoints/wiring/identity.py",
        "crypto.KeyRing.derived_from, secret, other_secrets",
        "crypto.KeyRing.derived_from, secret",
        "tests/http/platform/test_settings.py::test_a_token_outlives_the_secret_that_signed_it_while_the_other_is_named",
    ),
    PlantedBug(
        "refreshed sessions of the other secret are lost",
        "ece_entrypoints/wiring/identity.py",
        "crypto.KeyedSuccession.derived_from, secret, other_secrets",
        "crypto.KeyedSuccession.derived_from, secret",
        "tests/http/platform/test_settings.py::test_a_lost_refresh_is_answered_again_while_the_secret_is_replaced",
    ),
    PlantedBug(
        "tokens are verified against other revoked sessions",
        "ece_entrypoints/wiring/identity.py",
        "given(token_keys), given(revoked_sessions), clock",
        "given(token_keys), given(single(RecentlyRevoked, begin, clock)), clock",
        "tests/http/identity/test_identity.py::TestSessions::test_a_log_out_revokes_all_tokens_of_the_session",
    ),
    PlantedBug(
        "results are kept for hours instead of days",
        "ece_entrypoints/wiring/exchange.py",
        "providers.Factory(timedelta, days=",
        "providers.Factory(timedelta, hours=",
        "tests/architecture/test_wiring.py::test_settings_reach_the_parts_that_they_are_for",
    ),
    PlantedBug(
        "the number of connections is ignored",
        "ece_entrypoints/wiring/exchange.py",
        """\
connections=settings.provided.database_connections,
            new_id=new_id""",
        "new_id=new_id",
        "tests/architecture/test_wiring.py::test_settings_reach_the_parts_that_they_are_for",
    ),
    PlantedBug(
        "the pooler is ignored",
        "ece_entrypoints/wiring/exchange.py",
        """\
            pooler=settings.provided.database_pooler,
""",
        "",
        "tests/architecture/test_wiring.py::test_settings_reach_the_parts_that_they_are_for",
    ),
    PlantedBug(
        "a replica may be written to",
        "ece_entrypoints/wiring/exchange.py",
        """\
            is_read_only=True,
""",
        "",
        "tests/architecture/test_wiring.py::test_settings_reach_the_parts_that_they_are_for",
    ),
    PlantedBug(
        "refreshes are not limited",
        "ece_entrypoints/wiring/rate_limits.py",
        '_limit("refresh", settings.rate_limit_refresh)',
        "None",
        "tests/architecture/test_wiring.py::test_settings_reach_the_parts_that_they_are_for",
    ),
    PlantedBug(
        "conflicts are not retried",
        "ece_entrypoints/http/platform/use_case_plugin.py",
        "made.append(RetryOnConflict(provider(), random.uniform))",
        "made.append(provider())",
        "tests/architecture/test_wiring.py::test_every_use_case_of_a_handler_is_retried_on_a_conflict",
    ),
)
