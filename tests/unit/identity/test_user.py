"""Each change of a user sets the moment of its latest change."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from ece_domain.identity import EmailAddress, Handle, PasswordHash, Role, User, UserId
from ece_domain.kernel import Reason

NOW = datetime(2026, 1, 2, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
ADMIN = UserId(uuid4())
ANN = User.register(
    UserId(uuid4()),
    email=EmailAddress("ann@example.com"),
    handle=Handle("ann"),
    password_hash=PasswordHash("none"),
    role=Role.COLLECTOR,
    now=NOW,
)
SUSPENDED = ANN.suspend(Reason("fraud"), suspended_by_id=ADMIN, now=NOW)
CHANGES = {
    "role": ANN.with_role(Role.ADMIN, changed_by_id=ADMIN, now=LATER),
    "password": ANN.with_password(PasswordHash("other"), changed_by_id=ANN.id, now=LATER),
    "hash": ANN.with_password_hash(PasswordHash("same"), LATER),
    "suspension": ANN.suspend(Reason("fraud"), suspended_by_id=ADMIN, now=LATER),
    "reinstatement": SUSPENDED.reinstate(Reason("appeal"), reinstated_by_id=ADMIN, now=LATER),
}


@pytest.mark.parametrize("changed", CHANGES.values(), ids=CHANGES)
def test_each_change_moves_the_moment_of_the_latest_change(changed):
    assert (ANN.updated_at, changed.updated_at) == (NOW, LATER)
    assert changed.registered_at == NOW
