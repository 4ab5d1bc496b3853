"""Hypothesis strategies of users and sessions."""

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import strategies as st

from ece_domain.identity import (
    ClientAddress,
    EmailAddress,
    Handle,
    PasswordHash,
    Role,
    Session,
    SessionId,
    Suspension,
    User,
    UserId,
)
from ece_domain.kernel import Reason

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_DIGITS = "0123456789"

uuids = st.uuids()
moments = st.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001 - see above
    timezones=st.just(UTC),
)

_atoms = st.text(_LETTERS + _LETTERS.upper() + _DIGITS + "!#$%&'*+/=?^_`{|}~-", min_size=1)
_labels = st.text(_LETTERS + _LETTERS.upper() + _DIGITS, min_size=1, max_size=20)


def _address(names: list[str], labels: list[str]) -> str:
    return ".".join(names)[:64].rstrip(".") + "@" + ".".join(labels) + ".test"


emails = st.builds(
    _address,
    st.lists(_atoms, min_size=1, max_size=4),
    st.lists(_labels, min_size=1, max_size=4),
).map(EmailAddress)

handles = st.text(_LETTERS + _DIGITS + "_", min_size=3, max_size=30).map(Handle)

reasons = (
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=500)
    .map(str.strip)
    .filter(bool)
    .map(Reason)
)
suspensions = st.builds(Suspension, reasons, moments)


def users(
    user_id: st.SearchStrategy[UUID] = uuids,
    email: st.SearchStrategy[EmailAddress] = emails,
    handle: st.SearchStrategy[Handle] = handles,
) -> st.SearchStrategy[User]:
    """Never saved, and without events."""
    return st.builds(
        User,
        version=st.just(0),
        events=st.just(()),
        id=user_id.map(UserId),
        email=email,
        handle=handle,
        password_hash=st.text(
            st.characters(codec="utf-8", exclude_characters="\0"), max_size=200
        ).map(PasswordHash),
        role=st.sampled_from(Role),
        registered_at=moments,
        updated_at=moments,
        suspension=st.none() | suspensions,
    )


def sessions(user_id: UserId) -> st.SearchStrategy[Session]:
    """Sessions of one user, never saved, open or ended, and without events."""
    digests = st.binary(min_size=32, max_size=32)
    return st.builds(
        Session,
        version=st.just(0),
        events=st.just(()),
        id=uuids.map(SessionId),
        user_id=st.just(user_id),
        family_digest=digests,
        secret_digest=digests,
        replaced_digest=st.none() | digests,
        started_at=moments,
        refreshed_at=moments,
        ended_at=st.none() | moments,
        address=st.none() | st.ip_addresses().map(lambda ip: ClientAddress(str(ip))),
    )
