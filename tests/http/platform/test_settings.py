"""The settings, the secret on disk, and the lines of the log."""

import io
import json
import os
from pathlib import Path

import pytest
import structlog
from attrs import evolve
from dependency_injector import providers

from ece_adapters.system import SecretTooOpen, new_id, read_or_make_secret, read_secrets
from ece_domain.identity import Password
from ece_entrypoints.http.platform.app import create_app
from ece_entrypoints.wiring.exchange import Exchange
from ece_entrypoints.wiring.settings import InvalidSettings, PasswordCost, Settings, Store
from ece_entrypoints.wiring.settings_reference import MASK, described_settings
from tests.clock import SettableClock
from tests.http.conftest import client_of, exchange_of, headers_of, person


def test_the_environment_sets(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ECE_STORE", "memory")
    monkeypatch.setenv("ECE_PORT", "9000")
    monkeypatch.setenv("ECE_SECRET_FILE", "/run/ece/secret")
    settings = Settings.from_environment()
    assert (settings.store, settings.port) == (Store.memory, 9000)
    assert settings.secret_file == Path("/run/ece/secret")


@pytest.mark.parametrize(
    ("variable", "value", "text"),
    [
        ("ECE_STORE", "paper", "ECE_STORE is 'paper': it must be one of memory, postgres"),
        ("ECE_PORT", "eighty", "ECE_PORT is 'eighty': it must be a whole number"),
        ("ECE_ACCESS_LOG", "maybe", "ECE_ACCESS_LOG is 'maybe': it must be true or false"),
        ("ECE_WORKERS", "0", "ECE_WORKERS must be >= 1: 0"),
        (
            "ECE_DATABSE_URL",
            "postgresql://ece:pw@db/ece",
            "ECE_DATABSE_URL is not a setting: did you mean ECE_DATABASE_URL?",
        ),
        ("ECE_X", "", "ECE_X is not a setting: ece config lists all settings"),
    ],
)
def test_a_wrong_or_unknown_setting_is_named_with_what_is_valid(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, text: str
):
    monkeypatch.setenv(variable, value)
    with pytest.raises(InvalidSettings) as refused:
        Settings.from_environment()
    assert str(refused.value) == text


def test_every_setting_has_a_meaning_and_a_default():
    for described in described_settings(Settings(), {}):
        assert described.meaning.endswith("."), described.variable
        assert described.source == "default"


def test_the_description_of_a_setting_shows_its_source_and_no_secret():
    settings = Settings(port=9000, database_url="postgresql://ece:pw@db/ece")
    environment = {"ECE_PORT": "9000", "ECE_DATABASE_URL": settings.database_url}
    described = {one.variable: one for one in described_settings(settings, environment)}
    assert (described["ECE_PORT"].value, described["ECE_PORT"].source) == ("9000", "environment")
    assert described["ECE_DATABASE_URL"].value == MASK
    assert described["ECE_HOST"].source == "default"


def test_the_url_of_the_database_is_not_shown():
    assert "pw" not in repr(Settings(database_url="postgresql://ece:pw@db/ece"))


def test_a_secret_is_made_once(tmp_path: Path):
    path = tmp_path / "folder" / "secret"
    made = read_or_make_secret(path)
    assert len(made) == 32
    assert read_or_make_secret(path) == made
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_two_installations_have_two_secrets(tmp_path: Path):
    assert read_or_make_secret(tmp_path / "a") != read_or_make_secret(tmp_path / "b")


def test_other_secrets_are_read_and_never_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    paths = [tmp_path / "a", tmp_path / "b"]
    monkeypatch.setenv("ECE_OTHER_SECRET_FILES", ":".join(map(str, paths)))
    settings = Settings.from_environment()
    with pytest.raises(FileNotFoundError):
        read_secrets(settings.other_secret_files)
    made = tuple(map(read_or_make_secret, paths))
    assert read_secrets(settings.other_secret_files) == made


async def test_a_token_outlives_the_secret_that_signed_it_while_the_other_is_named(
    tmp_path: Path, clock: SettableClock
):
    """It is refused when the secret is removed, on each server that an operator changed."""
    old, new = tmp_path / "secret", tmp_path / "new"
    token = headers_of(before := exchange_of(tmp_path, clock), user := person(before))
    read_or_make_secret(new)
    for others, code in ((old,), "identity.user-not-found"), ((), "identity.invalid-token"):
        settings = evolve(before.settings(), secret_file=new, other_secret_files=others)
        server = Exchange(settings=settings, clock=providers.Object(clock))
        async with client_of(create_app(server)) as client:
            answer = await client.get("/v1/me", headers=token)
        assert answer.json()["code"] == code, user


async def test_a_lost_refresh_is_answered_again_while_the_secret_is_replaced(
    tmp_path: Path, clock: SettableClock
):
    read_or_make_secret(tmp_path / "new")
    before = exchange_of(tmp_path, clock)
    others = before.settings().secret_file
    after = Exchange(
        settings=evolve(
            before.settings(), secret_file=tmp_path / "new", other_secret_files=(others,)
        ),
        clock=providers.Object(clock),
        database=providers.Object(before.database()),
    )
    log_in = {"email": "ann@example.com", "password": "correct horse battery"}
    async with client_of(create_app(before)) as client:
        await client.post("/v1/users", json={**log_in, "handle": "ann"})
        session = (await client.post("/v1/sessions", json=log_in)).json()
        shown = {"refresh_token": session["refresh_token"]}
        lost = (await client.post("/v1/sessions/refresh", json=shown)).json()
    async with client_of(create_app(after)) as client:
        again = await client.post("/v1/sessions/refresh", json=shown)
    assert again.status_code == 200, again.text
    assert again.json()["refresh_token"] == lost["refresh_token"]


async def test_passwords_are_hashed_at_the_standard_cost_unless_the_settings_say_toy(
    tmp_path: Path,
):
    password = Password("correct horse battery")
    standard = Exchange(settings=Settings(store=Store.memory, secret_file=tmp_path / "secret"))
    hashed = await standard.identity.passwords().hash(password)
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")

    toy = Exchange(
        settings=Settings(
            store=Store.memory, secret_file=tmp_path / "secret", password_cost=PasswordCost.toy
        )
    )
    assert "m=8,t=1,p=1" in await toy.identity.passwords().hash(password)


@pytest.mark.skipif(os.name != "posix", reason="needs permissions of files")
def test_a_secret_that_others_may_read_is_refused(tmp_path: Path):
    path = tmp_path / "secret"
    read_or_make_secret(path)
    path.chmod(0o640)
    with pytest.raises(SecretTooOpen):
        read_or_make_secret(path)


def test_a_short_secret_is_refused(tmp_path: Path):
    path = tmp_path / "secret"
    path.touch(0o600)
    path.write_bytes(b"x" * 31)
    with pytest.raises(SecretTooOpen):
        read_or_make_secret(path)


def test_ids_are_ordered_and_of_version_7():
    made = [new_id() for _ in range(1000)]
    assert made == sorted(set(made))
    assert {each.version for each in made} == {7}


async def test_the_log_has_a_line_for_each_answer_and_no_secrets(
    tmp_path: Path, clock: SettableClock
):
    app = create_app(exchange_of(tmp_path, clock, access_log=True))
    with structlog.testing.capture_logs() as lines:
        async with client_of(app) as client:
            await client.post(
                "/v1/sessions?secret=1",
                json={"email": "ann@example.com", "password": "tr0ub4dor and 3"},
                headers={"Authorization": "Bearer abc"},
            )
    (line,) = lines
    assert (line["method"], line["path"], line["status"]) == ("POST", "/v1/sessions", 400)
    assert line["ms"] > 0
    assert not [word for word in ("tr0ub4dor", "secret", "abc", "ann@") if word in str(line)]


def test_a_line_of_the_log_is_json(logged: io.BytesIO):
    with structlog.contextvars.bound_contextvars(request_id="r1"):
        bug = ZeroDivisionError("by zero")
        structlog.get_logger().error("unexpected", path="/v1", exc_info=bug)
        structlog.get_logger().debug("unheard")
    (line,) = logged.getvalue().splitlines()
    told = json.loads(line)
    assert (told["event"], told["level"], told["request_id"]) == ("unexpected", "error", "r1")
    assert "by zero" in str(told["exception"])


def test_a_logged_bug_has_its_place_and_no_secrets(logged: io.BytesIO):
    def fail(password: str) -> None:
        raise ZeroDivisionError

    try:
        fail("hunter2")
    except ZeroDivisionError as error:
        structlog.get_logger().error("unexpected", exc_info=error)
    (line,) = logged.getvalue().splitlines()
    (bug,) = json.loads(line)["exception"]
    assert bug["exc_type"] == "ZeroDivisionError"
    assert bug["frames"][-1]["name"] == "fail"
    assert b"hunter2" not in line
