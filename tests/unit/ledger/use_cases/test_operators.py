"""The domain refuses operators' use cases to other roles, also without an entrypoint."""

from typing import Any

import pytest

from ece_adapters.system import new_id, now
from ece_domain import ledger
from ece_domain.identity import OPERATORS, Actor, Role, RoleNotAllowed, UserId
from ece_domain.kernel import IdempotencyKey
from ece_domain.ledger import HoldId, HoldPurpose
from tests.teller import dollars

OTHERS = sorted(set(Role) - OPERATORS)


def never(**_: object) -> Any:
    raise AssertionError("the store was asked")


PORTS = (never, now, new_id)
ANN, HOLD, KEY = UserId(new_id()), HoldId(new_id()), IdempotencyKey("once")
HELD = {"owner_id": ANN, "purpose": HoldPurpose.PLEDGE, "expires_at": None}
VERBS = {
    "deposit": (ledger.Deposit(*PORTS), {"destination": ANN}),
    "withdraw": (ledger.Withdraw(*PORTS), {"owner_id": ANN}),
    "place": (ledger.PlaceMoneyHold(*PORTS), HELD),
    "capture": (ledger.CaptureMoneyHold(*PORTS), {"hold_id": HOLD, "destination": ANN}),
    "release": (ledger.ReleaseMoneyHold(*PORTS), {"hold_id": HOLD}),
    "audit": (ledger.AuditLedger(never), {}),
}
"""Each use case with its arguments, except money and key."""


@pytest.mark.parametrize("role", OTHERS)
@pytest.mark.parametrize("verb", VERBS)
async def test_other_roles_are_refused_before_the_store_is_read(verb, role):
    use_case, content = VERBS[verb]
    money = {} if verb in {"release", "audit"} else {"money": dollars(5)}
    key = {} if verb == "audit" else {"key": KEY}
    with pytest.raises(RoleNotAllowed) as refused:
        await use_case(**content, **money, **key, actor=Actor(ANN, role))

    assert refused.value.required == ("admin", "service")


async def test_a_collector_cannot_create_money(teller):
    ann = await teller.someone()
    ports = teller.database.begin, teller.clock, new_id
    with pytest.raises(RoleNotAllowed):
        await ledger.Deposit(*ports)(
            destination=ann, money=dollars(5), actor=Actor(ann, Role.COLLECTOR), key=KEY
        )

    assert (await teller.wallet(ann)).accounts == ()
