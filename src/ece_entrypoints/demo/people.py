"""Who is on the demo exchange.

Everybody there has the same password, which is no secret: it is for one's own machine alone.
"""

from typing import Final

from attrs import frozen

from ece_domain.identity import EmailAddress, Handle, Password, Role, User
from ece_entrypoints.wiring.exchange import Exchange

PASSWORD: Final = "collect-them-all"  # noqa: S105 - a secret to nobody


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
"""Whom the first purchase of a newcomer is made as."""
SHOPKEEPER: Final = Person("corner_shop")
"""Always has a card for the newcomer."""
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
    """The person's account, if they have one."""
    async with exchange.database().begin() as transaction:
        user: User | None = await transaction.users.with_email(EmailAddress(person.email))
    return user


async def registered(exchange: Exchange, person: Person) -> User:
    """The person's account, opened if they have none."""
    user: User = await known(exchange, person) or await exchange.identity.register_user()(
        email=EmailAddress(person.email),
        handle=Handle(person.name),
        password=Password(PASSWORD),
        role=person.role,
    )
    return user
