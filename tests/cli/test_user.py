"""``ece user``, the first admin of a new database, and the published passwords of the demo."""

import json
from contextlib import asynccontextmanager
from secrets import token_hex

import pytest

from ece_domain.identity import EmailAddress, Password, WrongCredentials
from ece_entrypoints.wiring.exchange import Exchange, opened
from ece_entrypoints.wiring.settings import Settings

from .ece import PROGRAM

OLD, NEW = "correct horse battery", "staple and then some"


@pytest.fixture
async def away(free_ece, postgres_server):
    """``ece`` with an empty database on an external server."""
    name = f"ece_user_{token_hex(4)}"
    url = await postgres_server.create_database(name)
    yield free_ece.with_variable(ECE_DATABASE_URL=url, ECE_PASSWORD_COST="toy")
    await postgres_server.drop_database(name)


@asynccontextmanager
async def exchange_of(ece):
    settings = Settings(
        database_url=ece.environment["ECE_DATABASE_URL"], secret_file=ece.folder / "secret"
    )
    exchange = Exchange(settings=settings)
    async with opened(exchange):
        yield exchange


async def can_log_in(ece, name, password):
    async with exchange_of(ece) as exchange:
        try:
            await exchange.identity.log_in()(
                email=EmailAddress(f"{name}@example.com"), password=Password(password)
            )
        except WrongCredentials:
            return False
    return True


def create(ece, name, *options):
    return ece.in_shell(
        f"echo '{OLD}' | '{PROGRAM}' user create {name} --email {name}@example.com"
        f" --password-file - {' '.join(options)}"
    )


def users_of(ece):
    listed = json.loads(ece("user", "list", "--json").stdout)["users"]
    return {user["handle"]: user for user in listed}


async def test_an_operator_makes_the_first_admin_and_looks_after_users(away):
    created = create(away, "ann", "--role", "admin")
    assert created.returncode == 0, created.stderr
    assert created.stdout.startswith("created ann, admin, in PostgreSQL at ")
    assert await can_log_in(away, "ann", OLD)

    assert create(away, "bob").returncode == 0
    assert away("user", "role", "bob", "moderator").returncode == 0
    users = users_of(away)
    assert {name: user["role"] for name, user in users.items()} == {
        "ann": "admin",
        "bob": "moderator",
    }

    (away.folder / "password").write_text(f"{NEW}\n")
    assert away("user", "password", "bob", "--password-file", "password").returncode == 0
    assert await can_log_in(away, "bob", NEW)
    assert not await can_log_in(away, "bob", OLD)

    assert away("user", "suspend", "bob", "--reason", "sold what was not his").returncode == 0
    assert users_of(away)["bob"]["is_suspended"]
    assert away("user", "reinstate", "bob", "--reason", "it was his").returncode == 0
    assert not users_of(away)["bob"]["is_suspended"]


async def test_a_password_is_asked_twice_and_not_shown(away):
    arguments = ("user", "create", "ann", "--email", "ann@example.com", "--role", "admin")
    code, screen = away.in_terminal(*arguments, typed=[OLD, NEW])
    assert code == 2
    assert "differ" in screen
    code, screen = away.in_terminal(*arguments, typed=[OLD, OLD])
    assert code == 0, screen
    assert OLD not in screen
    assert await can_log_in(away, "ann", OLD)


def test_without_a_terminal_a_password_comes_from_a_file_and_never_from_a_default(away):
    refused = away("user", "create", "ann", "--email", "ann@example.com")
    assert refused.returncode == 2
    assert "--password-file" in refused.stderr
    missing = away("user", "create", "ann", "--email", "a@b.example", "--password-file", "none")
    assert missing.returncode == 3
    assert missing.stderr.count("\n") == 1
    assert away("db", "check", "--json").returncode == 1, "nothing was created"


def test_an_unknown_or_taken_name_is_refused_with_its_code(away):
    assert create(away, "ann").returncode == 0
    taken = create(away, "ann")
    assert taken.returncode == 4
    assert taken.stderr.startswith("ece: identity.")
    unknown = away("user", "role", "nobody_here", "admin")
    assert unknown.returncode == 4
    assert unknown.stderr.startswith("ece: identity.user-not-found: ")


def test_a_database_whose_demo_passwords_work_is_served_as_a_demo_alone(away):
    assert away("demo", "seed").returncode == 0
    refused = away("serve", "--port", "0")
    assert refused.returncode == 3
    assert "14 users of the demo still have its published password (curator, " in refused.stderr
    assert "ece demo close" in refused.stderr
    assert refused.stderr.count("\n") == 1
    with away.serving("--demo") as exchange:
        assert exchange.answers("/health/ready")

    assert away("demo", "close").stdout.startswith("14 demo collectors")
    with away.serving() as exchange:
        assert exchange.answers("/health/ready")


@pytest.mark.parametrize("store", ["memory", "postgres"])
def test_the_demo_is_not_served_to_other_machines(away, store):
    refused = away("serve", "--demo", "--host", "0.0.0.0", "--port", "0", "--store", store)
    assert refused.returncode == 2
    assert "the passwords of the demo are published" in refused.stderr
