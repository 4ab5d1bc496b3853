"""The problems that ``ece doctor`` reports, and the commands that it names."""

import json
import socket

import asyncpg


def diagnoses(shown):
    return {each["name"]: each for each in json.loads(shown.stdout)["diagnoses"]}


def test_a_new_folder_passes_all_checks(ece):
    shown = ece("doctor", "--json")
    assert shown.returncode == 0
    assert json.loads(shown.stdout)["ok"] is True
    assert set(diagnoses(shown)) >= {
        "python", "packages", "data folder", "secret", "port", "postgresql", "database", "clock",
        "node",
    }  # fmt: skip
    assert "all checks passed" in ece("doctor").stdout


def test_names_the_command_for_a_secret_that_others_can_read(free_ece):
    (free_ece.folder / ".ece").mkdir()
    (free_ece.folder / ".ece" / "secret").write_bytes(bytes(32))
    (free_ece.folder / ".ece" / "secret").chmod(0o644)
    shown = free_ece("doctor", "--json")
    assert shown.returncode == 1
    assert diagnoses(shown)["secret"]["health"] == "broken"
    cure = f"chmod 600 {free_ece.folder}/.ece/secret"
    assert diagnoses(shown)["secret"]["cure"] == cure
    assert f"fix it: {cure}" in free_ece("doctor").stdout


def test_reports_a_file_in_place_of_the_data_folder(free_ece):
    (free_ece.folder / ".ece").touch()
    shown = free_ece("doctor", "--json")
    assert shown.returncode == 1
    assert diagnoses(shown)["data folder"]["health"] == "broken"


def test_a_port_in_use_is_optional_and_not_broken(ece):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        busy = ece.with_variable(ECE_PORT=str(taken.getsockname()[1]))
        shown = busy("doctor", "--json")
    assert shown.returncode == 0
    assert diagnoses(shown)["port"]["health"] == "optional"


def test_reports_an_unreachable_database(ece):
    shown = ece("doctor", "--json", "--database-url", "postgresql://ann:opensesame@127.0.0.1:1/ece")
    assert shown.returncode == 1
    assert diagnoses(shown)["database"]["health"] == "broken"
    assert "opensesame" not in shown.stdout


async def test_reports_an_empty_database_until_it_is_upgraded(ece, postgres_server):
    await postgres_server.create_database("ece_doctor")
    try:
        away = ece.with_variable(ECE_DATABASE_URL=postgres_server.url("ece_doctor"))
        before = away("doctor", "--json")
        assert before.returncode == 1
        assert diagnoses(before)["database"]["cure"] == "ece db upgrade"
        assert away("db", "upgrade").returncode == 0
        after = away("doctor", "--json")
        assert after.returncode == 0
        assert diagnoses(after)["roles"]["health"] == "optional"
        assert "ECE_MIGRATION_URL" in diagnoses(after)["roles"]["cure"]
    finally:
        await postgres_server.drop_database("ece_doctor")


async def test_reports_a_privilege_that_the_rules_do_not_grant(ece, postgres_server):
    url = await postgres_server.create_database("ece_doctor_rights")
    try:
        away = ece.with_variable(ECE_DATABASE_URL=url)
        assert away("db", "upgrade").returncode == 0
        connection = await asyncpg.connect(url)
        await connection.execute("GRANT DELETE ON ledger_entry TO ece_application")
        await connection.close()

        shown = away("doctor", "--json")

        assert shown.returncode == 1
        roles = diagnoses(shown)["roles"]
        assert roles["what"] == "ece_application has DELETE on ledger_entry"
        assert roles["cure"] == "ece db upgrade"
        assert away("db", "upgrade").returncode == 0
        assert away("doctor", "--json").returncode == 0
    finally:
        await postgres_server.drop_database("ece_doctor_rights")


async def test_reports_a_schema_that_differs_from_what_ece_migrated(ece, postgres_url):
    away = ece.with_variable(ECE_DATABASE_URL=postgres_url)
    assert diagnoses(away("doctor", "--json"))["schema"]["health"] == "good"
    connection = await asyncpg.connect(postgres_url)
    await connection.execute("DROP INDEX idempotency_record_recorded")
    await connection.close()

    shown = away("doctor", "--json")

    assert shown.returncode == 1
    assert diagnoses(shown)["schema"]["health"] == "broken"
    assert "idempotency_record_recorded is missing" in diagnoses(shown)["schema"]["what"]


def test_missing_npm_is_optional_and_not_broken(ece):
    shown = ece.with_variable(PATH="/nowhere")("doctor", "--json")
    assert shown.returncode == 0
    assert diagnoses(shown)["node"]["health"] == "optional"
