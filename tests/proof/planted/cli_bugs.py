"""Bugs of the commands."""

from .planting import PlantedBug

BUGS = (
    PlantedBug(
        "doctor succeeds whatever is broken",
        "ece_entrypoints/cli/doctor.py",
        "return Exit.FOUND_WRONG if broken else Exit.DONE",
        "return Exit.DONE",
        "tests/cli/test_doctor.py::test_names_the_command_for_a_secret_that_others_can_read",
    ),
    PlantedBug(
        "check succeeds whatever is violated",
        "ece_entrypoints/cli/check.py",
        "return Exit.FOUND_WRONG if checked.violations else Exit.DONE",
        "return Exit.DONE",
        "tests/cli/test_database.py::test_check_names_every_violation",
    ),
    PlantedBug(
        "check leaves the listings out",
        "ece_entrypoints/cli/check.py",
        "violations=(*audited.violations, *misdescribed)",
        "violations=audited.violations",
        "tests/cli/test_database.py::test_check_names_a_listing_of_another_condition",
    ),
    PlantedBug(
        "the clock of the database is not compared",
        "ece_entrypoints/cli/diagnosis.py",
        "if apart > _MAX_DRIFT:",
        "if False:",
        "tests/cli/test_diagnosis.py::test_a_database_of_another_time_is_broken",
    ),
    PlantedBug(
        "a clock that is years behind is good",
        "ece_entrypoints/cli/diagnosis.py",
        "if now < _EARLIEST_DATE:",
        "if False:",
        "tests/cli/test_diagnosis.py::test_a_clock_that_is_years_behind_is_broken",
    ),
    PlantedBug(
        "the issuer of an import is ignored",
        "ece_entrypoints/cli/import_cards.py",
        "_issuer(exchange, Handle(issuer)) if issuer else _archive(exchange)",
        "_archive(exchange)",
        "tests/cli/test_import.py::test_an_unknown_issuer_is_refused",
    ),
    PlantedBug(
        "warnings about the package are lost",
        "ece_entrypoints/cli/import_cards.py",
        "warnings=(*package.warnings, *report.warnings)",
        "warnings=report.warnings",
        "tests/cli/test_import.py::test_the_report_names_warnings_and_what_was_done",
    ),
    PlantedBug(
        "a killed embedded server stays away",
        "ece_entrypoints/cli/serve.py",
        "if not server.is_running:",
        "if False:",
        "tests/cli/test_serve.py::test_restarts_the_embedded_postgresql_when_it_was_killed",
    ),
    PlantedBug(
        "the server outlives its parent",
        "ece_entrypoints/cli/serve.py",
        """\
    if stop_with_parent:
""",
        """\
    if False:
""",
        "tests/cli/test_serve.py::test_all_processes_end_when_the_parent_is_killed",
    ),
    PlantedBug(
        "doctor does not compare the schema",
        "ece_entrypoints/cli/diagnosis.py",
        """\
        yield _schema(url)
""",
        "",
        "tests/cli/test_doctor.py::test_reports_a_schema_that_differs_from_what_ece_migrated",
    ),
    PlantedBug(
        "a part of the schema that is gone is no drift",
        "ece_adapters/postgres/engine/schema_drift.py",
        """\
        *(_phrase(each, "is missing") for each in sorted(expected.keys() - actual.keys())),
""",
        "",
        "tests/postgres/test_schema_drift.py::test_a_change_of_the_schema_by_hand_is_named",
    ),
    PlantedBug(
        "the password is part of the place that check names",
        "ece_entrypoints/cli/databases.py",
        "address.netloc.rpartition('@')[2]",
        "address.netloc",
        "tests/cli/test_unusable.py::test_check_names_the_exchange_that_it_checked",
    ),
    PlantedBug(
        "a database of a newer version is migrated",
        "ece_entrypoints/cli/databases.py",
        "if revision is not None and revision > NEWEST:",
        "if False:",
        "tests/cli/test_database.py::test_refuses_a_database_of_a_newer_version",
    ),
    PlantedBug(
        "db check succeeds on an old schema",
        "ece_entrypoints/cli/db.py",
        "return Exit.DONE if revision == NEWEST else Exit.FOUND_WRONG",
        "return Exit.DONE",
        "tests/cli/test_database.py::test_upgrades_and_downgrades_an_empty_database",
    ),
    PlantedBug(
        "an upgrade does not restore privileges",
        "ece_entrypoints/cli/db.py",
        "bring_up_to_date(urls, even_if_newest=True)",
        "bring_up_to_date(urls)",
        "tests/cli/test_doctor.py::test_reports_a_privilege_that_the_rules_do_not_grant",
    ),
)
