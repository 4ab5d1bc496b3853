"""The access matrix: every route, by the role of the caller and the owner of the resource.

The rows come from the application's route table, so every new route is included. The expected
response is derived from the route's declaration and the owner of the resource. Small tables list
the exceptions; a route that needs an entry fails until somebody decides.
"""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final, TypeAlias

from attrs import frozen
from litestar.routes import HTTPRoute

from ece_domain.identity import OPERATORS, Role
from ece_entrypoints.http.platform.auth import access_of
from tests.hostile.inspector import DOCUMENT
from tests.hostile.town import UNKNOWN, Belongings, Town
from tests.http.conftest import Person

PRIVATE: Final = {"user_id", "hold_id", "sale_id", "settlement_id"}
"""For their owner and operators; 404 for everybody else."""
OWN_ONLY: Final = {"session_id"}
"""For their owner alone: to everybody else, operators too, they do not exist."""
ISSUED: Final = {"code", "printing_id"}
"""Run by the issuer of the card set, and by admins."""
FOR_OTHERS: Final = {"buyListing"}
"""Changes for others than the owner, with any role."""
OWN_REFUSED: Final = {"changeRole": 403, "suspendUser": 403}
"""Changes that nobody may make to themselves."""
NEVER_LET_IN: Final = {"reinstateUser"}
"""Conflicts for everybody of the matrix: none of them is suspended."""
CREDENTIALS: Final = {"logIn", "refreshSession", "changePassword"}
"""Routes that refuse everybody of the matrix, because the credentials are in the body."""

NOBODYS: Final = {"handle_or_id": "nobody_here", "code": "no-such-set"}
MALFORMED: Final = {"handle_or_id": "no%20body", "code": "no%20set"}
IN_BODIES: Final = {
    "destination_id": "user_id",
    "owner_id": "user_id",
    "issuer_id": "user_id",
    "card_id": "card_id",
}
LET_IN: Final = frozenset(HTTPStatus) - {401, 403, 404, 405} - set(range(500, 600))

Kind: TypeAlias = str
"""The owner of the resource: ``own``, ``others``, ``unknown``, ``malformed`` or ``none``."""


@frozen
class Row:
    """One method of one route."""

    method: str
    path: str
    id: str
    roles: frozenset[Role] | None
    parameters: frozenset[str]
    has_ids_in_body: bool

    @property
    def kinds(self) -> tuple[Kind, ...]:
        if self.parameters or self.has_ids_in_body:
            return ("own", "others", "unknown", "malformed")
        return ("none",)

    def statuses(self, role: Role | None, kind: Kind) -> frozenset[int] | set[int]:  # noqa: PLR0911 - a table
        """The allowed responses of the cell."""
        if kind == "malformed" and self.parameters - set(MALFORMED):
            return {404}  # an unknown path, for every caller
        if self.roles is not None and role not in self.roles:
            return {401 if role is None else 403}
        if kind == "malformed":
            return {400, 404} if self.parameters else {400}
        if kind == "unknown":
            return {404} if self.parameters else {404, 409}
        if kind == "others" and not self.is_open_to(role):
            return {403, 404} if self.parameters else {409}
        if kind == "own" and self.id in OWN_REFUSED:
            return {OWN_REFUSED[self.id]}
        return LET_IN | ({401} if self.id in CREDENTIALS else set())

    def is_open_to(self, role: Role | None) -> bool:
        """Whether the role may access resources of others."""
        if self.parameters & OWN_ONLY:
            return False
        if self.parameters & PRIVATE:
            return role in OPERATORS
        if self.method == "GET" or self.id in FOR_OTHERS:
            return True
        if self.parameters & ISSUED and role is Role.ADMIN:
            return True
        is_for_roles = self.roles is not None and self.roles != frozenset(Role)
        return is_for_roles or (not self.parameters and self.id != "createListing")


def rows(town: Town) -> Iterator[Row]:
    for route in town.app.routes:
        assert isinstance(route, HTTPRoute), f"{route.path} is no HTTP: it needs a matrix too"
        for handler, _ in route.route_handler_map.values():
            if handler.fn.__name__ == "options_handler":
                continue
            access = access_of(handler)
            assert access is not None, f"{route.path} does not say who may call it"
            (method,) = handler.http_methods
            operation = str(handler.operation_id) if handler.operation_id else route.path
            body = example_of(method, route.path_format)
            yield Row(
                method=method,
                path=route.path_format,
                id=operation,
                roles=access.roles,
                parameters=frozenset(route.path_parameters),
                has_ids_in_body=bool(set(body or ()) & set(IN_BODIES)),
            )


def example_of(method: str, path: str) -> dict[str, Any] | None:
    """The example body of the document, with values that fit the existing objects."""
    operation = DOCUMENT["paths"].get(path, {}).get(method.lower(), {})
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return None
    example: dict[str, Any] = content["example"]
    excluded = {"expires_at", "decline", "creator_id", "print_run"}
    return {name: value for name, value in example.items() if name not in excluded}


@frozen
class People:
    """A user of each role with one resource of each kind, and a stranger with the same."""

    of_role: Mapping[Role, Person]
    stranger: Person
    belongings: Mapping[Role | None, Belongings]
    """The resources by role; those of the stranger are under None."""

    @classmethod
    def settle(cls, town: Town, stranger: Role = Role.COLLECTOR) -> "People":
        of_role = {role: town.sign_up(f"the_{role}", role) for role in Role}
        bank, boss = of_role[Role.SERVICE], of_role[Role.ADMIN]
        other = town.sign_up("stranger", stranger)
        belongings: dict[Role | None, Belongings] = {
            role: town.furnish(person, f"the_{role}", bank, boss)
            for role, person in of_role.items()
        }
        belongings[None] = town.furnish(other, "stranger", bank, boss)
        return cls(of_role, other, belongings)

    def value(self, name: str, role: Role | None, kind: Kind) -> str:
        """The value of a parameter in a cell."""
        if kind == "unknown":
            return NOBODYS.get(name, str(UNKNOWN))
        if kind == "malformed":
            return MALFORMED.get(name, "not-an-id")
        return str(getattr(self.belongings[role if kind == "own" else None], name))


def ask(town: Town, people: People, row: Row, role: Role | None, kind: Kind) -> Any:
    values = {name: people.value(name, role, kind) for name in row.parameters}
    path = row.path.format_map(values)
    by = None if role is None else people.of_role[role]
    body = example_of(row.method, row.path)
    for field, name in IN_BODIES.items():
        if body is not None and field in body:
            whose = "others" if field == "to" or role is None else "own"
            body[field] = people.value(name, role, whose if row.parameters else kind)
    headers = {"If-Match": town.tag_of(path)}
    query = {"asset": "USD/2"} if row.path.endswith("/statement") else None
    return town.send(row.method, path, by, json=body, headers=headers, params=query)
