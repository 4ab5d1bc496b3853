"""Access is still refused when one of its two layers is disabled.

The *route guard* checks roles before the handler runs. The *domain* checks the owner and the
actor's role. Routes that one layer protects alone are listed here with a reason: a new route with
one layer fails until somebody decides that it is enough.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any, Final, TypeAlias

import pytest
from attrs import evolve
from litestar import Request

from ece_domain.identity import Claims, Role, TokenVerifier
from ece_entrypoints.http.platform import request_guard
from ece_entrypoints.http.platform.auth import Access, identify
from tests.hostile.access import OWN_REFUSED, Kind, People, Row, ask, rows
from tests.hostile.town import Town
from tests.tally import Tally

_OWNERS = "for every role: whose it is, the domain alone knows"
_ISSUERS = "for every role: who issues a card set, the domain alone knows"
THE_DOOR_ALONE: Final[dict[str, str]] = {}
"""Nothing: use cases that are not for every role check the actor's role."""
THE_DOMAIN_ALONE: Final = {
    "createPrinting": _ISSUERS,
    "cancelListing": _OWNERS,
    "updateCardSet": _ISSUERS,
    "updatePrinting": _ISSUERS,
    "listHolds": _OWNERS,
    "getHold": _OWNERS,
    "getSale": _OWNERS,
    "getSettlement": _OWNERS,
    "listStatement": _OWNERS,
    "getWallet": _OWNERS,
    "createListing": _OWNERS,
    "mintCards": _ISSUERS,
    "updateListing": _OWNERS,
    "assessCondition": _OWNERS,
    "endSession": _OWNERS,
}
CARD_NOT_OWNED: Final = "ledger.card-not-owned"
"""Refusals of the domain other than 403 and 404."""
ANY_ROLE: Final = Access(frozenset(Role))

Identify: TypeAlias = Callable[[Request[Any, Any, Any], TokenVerifier, Access], None]


def test_the_domain_turns_away_whom_the_door_let_in(
    town: Town, monkeypatch: pytest.MonkeyPatch, tally: Tally
):
    refused, open_to = try_what_is_refused(town, monkeypatch, lambda _: let_in)
    tally.count("cells refused with the door open", refused, at_least=45)
    assert open_to.keys() == THE_DOOR_ALONE.keys()


def test_the_door_turns_away_whom_the_domain_would_let_in(
    town: Town, monkeypatch: pytest.MonkeyPatch, tally: Tally
):
    """Disable the domain's checks: every caller counts as the owner, and as an admin."""

    def taken_for_the_owner(people: People) -> Identify:
        def mistake(
            request: Request[Any, Any, Any], verifier: TokenVerifier, access: Access
        ) -> None:
            identify(request, verifier, access)
            if access.roles is not None:
                claims: Claims = request.scope["user"]
                owner = evolve(claims, user_id=people.stranger.id, role=Role.ADMIN)
                request.scope["user"] = owner

        return mistake

    refused, open_to = try_what_is_refused(town, monkeypatch, taken_for_the_owner)
    tally.count("cells refused with a domain that is mistaken", refused, at_least=30)
    assert open_to.keys() == THE_DOMAIN_ALONE.keys()


def test_a_role_hears_the_same_from_the_door_and_from_the_domain(
    town: Town, monkeypatch: pytest.MonkeyPatch, tally: Tally
):
    compared = 0
    for row in rows(town):
        if row.roles in {None, ANY_ROLE.roles}:
            continue
        town.empty()
        people = People.settle(town)
        for role in frozenset(Role) - row.roles:
            by_door = ask(town, people, row, role, row.kinds[0]).json()
            with monkeypatch.context() as patch:
                patch.setattr(request_guard, "identify", let_in)
                by_domain = ask(town, people, row, role, row.kinds[0]).json()
            assert by_door["code"] == "identity.role-not-allowed"
            assert by_door == by_domain
            compared += 1
    tally.count("refusals of a role that both layers told alike", compared, at_least=15)


def let_in(request: Request[Any, Any, Any], verifier: TokenVerifier, access: Access) -> None:
    """Disable the route guard: every role may call."""
    identify(request, verifier, access if access.roles is None else ANY_ROLE)


def try_what_is_refused(
    town: Town, monkeypatch: pytest.MonkeyPatch, door: Callable[[People], Identify]
) -> tuple[int, Counter[str]]:
    """The number of refused cells with this guard, and the open operations."""
    refused, open_to = 0, Counter[str]()
    for row in rows(town):
        if not row.path.startswith("/v1"):
            continue
        town.empty()
        people = People.settle(town, stranger=Role.ADMIN)
        with monkeypatch.context() as patch:
            patch.setattr(request_guard, "identify", door(people))
            for role, kind in refused_in(row):
                answer = ask(town, people, row, role, kind)
                if answer.status_code in {403, 404} or CARD_NOT_OWNED in answer.text:
                    refused += 1
                else:  # what gets in may still meet a rule of the business
                    open_to[row.id] += 1
    return refused, open_to


def refused_in(row: Row) -> list[tuple[Role, Kind]]:
    """The cells of existing resources that the role must not access."""
    return [
        (role, kind)
        for role in Role
        for kind in row.kinds
        if kind in {"own", "others", "none"}
        if not row.statuses(role, kind) & {200, 201, 204}
        and not (kind == "own" and row.id in OWN_REFUSED)
    ]
