"""Help texts and error lines of the command line."""

import json
import re
import socket
from pathlib import Path

import pytest

from ece_adapters.postgres.engine import migrate
from ece_adapters.postgres.engine.schema_revision import NEWEST
from ece_entrypoints.cli.config import configuration_page
from ece_entrypoints.wiring.settings import Settings
from ece_entrypoints.wiring.settings_reference import described_settings

COMMANDS = ["check", "config", "db", "demo", "doctor", "import", "openapi", "serve", "user"]


def test_lists_its_commands_and_exit_codes(ece):
    shown = ece("--help")
    assert shown.returncode == 0
    for command in COMMANDS:
        assert f" {command} " in shown.stdout
    assert "Exit codes: 0 done" in shown.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(ece, command):
    shown = ece(command, "--help")
    assert shown.returncode == 0
    assert f"Usage: ece {command}" in shown.stdout
    assert "Exit codes: 0 done" in shown.stdout


@pytest.mark.parametrize("command", ["check", "db", "demo", "doctor", "import", "user"])
def test_the_help_of_a_command_names_the_settings_that_it_reads(ece, command):
    said = " ".join(ece(command, "--help").stdout.split())
    named = re.findall(r"ECE_[A-Z_]+", said.partition("Settings that it reads: ")[2])
    assert "ECE_DATABASE_URL" in named
    assert set(named) <= {one.variable for one in described_settings(Settings())}


def test_config_prints_every_setting_without_secrets(ece):
    away = ece.with_variable(ECE_DATABASE_URL="postgresql://ann:opensesame@db/ece", ECE_PORT="9")
    shown = away("config")
    assert "ECE_PORT=9  (environment; default: 8000)\n    The port" in shown.stdout
    assert "opensesame" not in shown.stdout
    printed = json.loads(away("config", "--json").stdout)["settings"]
    assert [each["variable"] for each in printed] == re.findall(
        r"^(ECE_\w+)=", shown.stdout, re.MULTILINE
    )
    (port,) = (each for each in printed if each["variable"] == "ECE_PORT")
    assert (port["value"], port["source"], port["default"]) == ("9", "environment", "8000")


def test_the_page_of_settings_and_exit_codes_is_up_to_date():
    page = Path(__file__).parents[2] / "docs" / "configuration.md"
    written = "run: ece config --markdown > docs/configuration.md"
    assert page.read_text(encoding="utf-8") == configuration_page(), written


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        (["nonsense"], "nonsense"),
        (["serve", "--nonsense"], "--nonsense"),
        (["serve", "--port", "80000"], "--port"),
        (["serve", "--store", "paper"], "--store"),
        (["db", "downgrade"], "REVISION"),
    ],
)
def test_reports_the_problem_in_one_line(ece, arguments, wrong):
    refused = ece(*arguments)
    assert refused.returncode == 2
    assert refused.stdout == ""
    assert refused.stderr.startswith("ece: ")
    assert refused.stderr.count("\n") == 1
    assert wrong in refused.stderr


def test_names_a_wrong_variable(ece):
    refused = ece.with_variable(ECE_PORT="eighty")("serve")
    assert refused.returncode == 2
    assert "ECE_PORT is 'eighty'" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_says_that_a_port_is_taken(ece):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = ece("serve", "--store", "memory", "--port", str(port))
    assert refused.returncode == 3
    assert f"cannot listen on 127.0.0.1:{port}" in refused.stderr
    assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "url",
    ["postgresql://ann:opensesame@127.0.0.1:1/ece", "nonsense", "http://[::1", "postgresql:///"],
)
def test_says_that_a_database_cannot_be_reached_without_its_password(ece, url):
    refused = ece("check", "--database-url", url)
    assert refused.returncode == 3
    assert refused.stderr.startswith("ece: cannot reach the database: ")
    assert refused.stderr.count("\n") == 1
    assert "opensesame" not in refused.stderr


def test_reports_a_secret_that_others_can_read(free_ece):
    (free_ece.folder / ".ece").mkdir()
    secret = free_ece.folder / ".ece" / "secret"
    secret.write_bytes(bytes(32))
    secret.chmod(0o644)
    refused = free_ece("serve", "--store", "memory", "--port", "0")
    assert refused.returncode == 3
    assert "make it 0600" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_prints_the_api_document_and_creates_no_files(free_ece):
    printed = free_ece("openapi")
    assert printed.returncode == 0
    assert json.loads(printed.stdout)["openapi"].startswith("3.1")
    assert list(free_ece.folder.iterdir()) == []


def test_knows_the_newest_revision_without_alembic():
    assert migrate.steps()[-1] == NEWEST
