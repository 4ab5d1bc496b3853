"""The users of an exchange, for its operator: ``ece user``.

The commands work on the database directly, as ``ece db`` does, and act as the exchange itself: so
they can create the first admin, whom nobody else could appoint.
"""

import json
import sys
from collections.abc import Awaitable, Callable
from getpass import getpass
from pathlib import Path
from typing import Annotated, Final, TypeAlias, TypeVar

from cyclopts import App, Parameter

from ece_domain.identity import Actor, EmailAddress, Handle, Password, Role, User
from ece_domain.kernel import MAX_PAGE, PageRequest, Reason
from ece_entrypoints.wiring.exchange import Exchange

from .databases import bring_up_to_date, check_up_to_date, database_of, on_exchange
from .epilogue import EXCHANGE, reads
from .exit_codes import Exit, Stopped
from .options import AsJson, DatabaseUrl, settings_with

T = TypeVar("T")

_STDIN: Final = Path("-")

PasswordFile: TypeAlias = Annotated[
    Path | None,
    Parameter(
        allow_leading_hyphen=True,
        help="A file with the password in its first line, or - for standard input."
        " Without it, the command asks in the terminal.",
    ),
]
Why: TypeAlias = Annotated[str, Parameter(name="--reason", help="Why; the event records it.")]

app = App(
    name="user", help="Create and look after the exchange's users.", help_epilogue=reads(*EXCHANGE)
)


@app.command
def create(
    handle: str,
    /,
    *,
    email: str,
    role: Role = Role.COLLECTOR,
    password_file: PasswordFile = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Create a user; the first admin of a new database, for example.

    :param handle: The public name.
    :param email: The address to log in with.
    :param role: What the user may do.
    """
    name, address = Handle(handle), EmailAddress(email)
    password = _password_from(password_file)
    settings = settings_with(database_url=database_url)
    with database_of(settings, may_create=True) as urls:
        bring_up_to_date(urls)
        on_exchange(
            urls,
            settings,
            lambda exchange: exchange.identity.register_user()(
                email=address, handle=name, password=password, role=role
            ),
        )
        print(f"created {handle}, {role}, in {urls.place}")


@app.command(name="list")
def list_users(*, database_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """List all users, newest first."""
    users = _on_existing(database_url, _all_users)
    if as_json:
        print(json.dumps({"users": list(map(_as_json, users))}))
        return
    for user in users:
        state = "suspended" if user.suspension else ""
        print(f"{user.handle!s:24} {user.role:10} {user.email!s:32} {state}".rstrip())


@app.command
def role(handle: str, role: Role, /, *, database_url: DatabaseUrl = None) -> None:
    """Give a user another role. Their sessions end.

    :param handle: The user.
    :param role: The new role.
    """

    async def change(exchange: Exchange, user: User) -> None:
        await exchange.identity.change_role()(user_id=user.id, role=role, actor=Actor.exchange())

    _on_user(database_url, handle, change)
    print(f"{handle} is {role}")


@app.command
def password(
    handle: str, /, *, password_file: PasswordFile = None, database_url: DatabaseUrl = None
) -> None:
    """Give a user another password. Their sessions end.

    :param handle: The user.
    """
    new = _password_from(password_file)

    async def change(exchange: Exchange, user: User) -> None:
        await exchange.identity.set_password()(
            user_id=user.id, password=new, actor=Actor.exchange()
        )

    _on_user(database_url, handle, change)
    print(f"{handle} has the new password")


@app.command
def suspend(handle: str, /, *, reason: Why, database_url: DatabaseUrl = None) -> None:
    """Keep a user from logging in and acting. Their sessions end.

    :param handle: The user.
    """

    async def change(exchange: Exchange, user: User) -> None:
        await exchange.identity.suspend_user()(
            user_id=user.id, reason=Reason(reason), actor=Actor.exchange()
        )

    _on_user(database_url, handle, change)
    print(f"{handle} is suspended")


@app.command
def reinstate(handle: str, /, *, reason: Why, database_url: DatabaseUrl = None) -> None:
    """End a suspension.

    :param handle: The user.
    """

    async def change(exchange: Exchange, user: User) -> None:
        await exchange.identity.reinstate_user()(
            user_id=user.id, reason=Reason(reason), actor=Actor.exchange()
        )

    _on_user(database_url, handle, change)
    print(f"{handle} may log in again")


def _on_existing(database_url: str | None, work: Callable[[Exchange], Awaitable[T]]) -> T:
    settings = settings_with(database_url=database_url)
    with database_of(settings) as urls:
        check_up_to_date(urls)
        return on_exchange(urls, settings, work)


def _on_user(
    database_url: str | None, handle: str, change: Callable[[Exchange, User], Awaitable[None]]
) -> None:
    name = Handle(handle)

    async def work(exchange: Exchange) -> None:
        async with exchange.database().begin() as transaction:
            user: User = await transaction.users.with_handle(name)
        await change(exchange, user)

    _on_existing(database_url, work)


async def _all_users(exchange: Exchange) -> list[User]:
    page, found = PageRequest(MAX_PAGE), list[User]()
    while True:
        shown = await exchange.identity.list_users()(page=page, actor=Actor.exchange())
        found += shown.items
        if shown.next is None:
            return found
        page = PageRequest(MAX_PAGE, shown.next)


def _as_json(user: User) -> dict[str, str | bool]:
    return {
        "id": str(user.id),
        "handle": str(user.handle),
        "email": str(user.email),
        "role": user.role,
        "registered_at": user.registered_at.isoformat(),
        "is_suspended": user.suspension is not None,
    }


def _password_from(file: Path | None) -> Password:
    """The password of the file, of standard input, or typed twice without an echo.

    :raises Stopped: if there is no terminal to ask in, or the two differ.
    """
    if file == _STDIN:
        return Password(sys.stdin.readline().rstrip("\r\n"))
    if file:
        return Password(
            file.read_text(encoding="utf-8", errors="surrogateescape")
            .partition("\n")[0]
            .rstrip("\r")
        )
    if not sys.stdin.isatty():
        raise Stopped("no terminal to ask for the password: use --password-file", Exit.MISUSED)
    typed = getpass("Password: ")
    if getpass("Again: ") != typed:
        raise Stopped("the two passwords differ: nothing was changed", Exit.MISUSED)
    return Password(typed)
