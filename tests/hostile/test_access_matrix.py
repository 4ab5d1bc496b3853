"""Every route, called by every role with own, others', unknown and malformed ids."""

from collections import Counter

import pytest
from litestar.routes import HTTPRoute

from ece_domain.identity import OPERATORS, Role
from tests.hostile.access import CREDENTIALS, NEVER_LET_IN, People, ask, rows
from tests.hostile.town import UNKNOWN, Town
from tests.tally import Tally


def test_every_role_can_call_exactly_the_allowed_routes(town: Town, tally: Tally):
    """All cells are tried, and all failures reported together."""
    wrong, let_in, cells = [], Counter[str](), 0
    table = [row for row in rows(town) if row.path.startswith("/v1")]
    for row in table:
        town.empty()
        people = People.settle(town)
        for role in (None, *Role):
            for kind in row.kinds:
                if role is None and kind == "own":
                    continue
                answer = ask(town, people, row, role, kind)
                cells += 1
                let_in[row.id] += answer.is_success
                if answer.status_code not in row.statuses(role, kind):
                    wrong.append(f"{row.id} {role} {kind}: {answer.status_code} {answer.text}")
        assert not town.violations(), row.id
    assert not wrong, "\n".join(wrong)
    assert not [
        row.id for row in table if not let_in[row.id] and row.id not in CREDENTIALS | NEVER_LET_IN
    ]
    tally.count("cells of the access matrix", cells, at_least=650)


def test_routes_outside_the_api_are_read_only(town: Town):
    outside = [row for row in rows(town) if not row.path.startswith("/v1")]
    assert outside
    for row in outside:
        assert (row.method in {"GET", "HEAD"}, row.roles) == (True, None), row
        path = row.path.format_map(dict.fromkeys(row.parameters, "none"))
        assert town.send(row.method, path).status_code in {200, 302, 404}, row


def test_a_method_that_an_address_does_not_have_is_refused(town: Town):
    boss = town.sign_up("boss", Role.ADMIN)
    for route in town.app.routes:
        assert isinstance(route, HTTPRoute)
        path = route.path_format.format_map(dict.fromkeys(route.path_parameters, str(UNKNOWN)))
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "MADE-UP"} - route.methods:
            answer = town.send(method, path, boss)
            assert answer.status_code in {404, 405}, (method, path, answer.text)
            if answer.status_code == 405:
                assert method not in answer.headers["Allow"], (method, path)


@pytest.mark.parametrize("role", [None, *Role])
def test_the_matrix_finds_a_private_resource_that_is_public(town: Town, role: Role | None):
    """A wallet that anybody may read would be found: 404 is all that a stranger may get."""
    (row,) = [row for row in rows(town) if row.id == "getWallet"]
    statuses = row.statuses(role, "others")
    assert (200 in statuses) == (role in OPERATORS)
