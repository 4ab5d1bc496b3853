"""The users of the demo exchange.

All have the same, published password: use the demo on your own machine only.
"""

from typing import Final

from attrs import frozen

from ece_domain.identity import EmailAddress, Handle, Password, Role, User
from ece_entrypoints.wiring.exchange import Exchange

PASSWORD: Final = "collect-them-all"  # noqa: S105 - published on purpose


@frozen
class Person:
    name: str
    role: Role = Role.COLLECTOR

    @property
    def email(self) -> str:
        return f"{self.name}@demo.example"


CURATOR: Final = Person("curator", Role.ADMIN)
"""Issues Genesis and runs the exchange."""
NEWCOMER: Final = Person("ada")
"""The buyer of the printed ``curl`` line."""
SHOPKEEPER: Final = Person("corner_shop")
"""Always has a listing for the printed ``curl`` line."""
COLLECTORS: Final = (
    NEWCOMER,
    *map(
        Person,
        ("boris", "carmen", "daniel", "elena", "farid", "greta", "hugo", "ines", "jonas", "keiko"),
    ),
    Person("lucia"),
)
PEOPLE: Final = (CURATOR, SHOPKEEPER, *COLLECTORS)


async def known(exchange: Exchange, person: Person) -> User | None:
    """The person's account, or None."""
    async with exchange.database().begin() as transaction:
        user: User | None = await transaction.users.with_email(EmailAddress(person.email))
    return user


async def registered(exchange: Exchange, person: Person) -> User:
    """The person's account, registered if there is none."""
    user: User = await known(exchange, person) or await exchange.identity.register_user()(
        email=EmailAddress(person.email),
        handle=Handle(person.name),
        password=Password(PASSWORD),
        role=person.role,
    )
    return user


async def with_published_password(exchange: Exchange) -> list[User]:
    """The demo's users who could log in with the published password now."""
    passwords = exchange.identity.passwords()
    found: list[User] = []
    for person in PEOPLE:
        user = await known(exchange, person)
        if user is None or user.suspension is not None:
            continue
        if await passwords.verify(Password(PASSWORD), user.password_hash):
            found.append(user)
    return found
