"""An outage is told as an outage, in whichever state the driver was when it came."""

import asyncpg
import pytest

from ece_adapters.postgres.engine.batch import Batch
from ece_adapters.postgres.engine.refusals import refusal_for
from ece_domain.kernel import ConcurrentChange, DomainError, TimedOut, Unavailable

UNAVAILABLE = [
    # The server died while the connection waited in the pool.
    asyncpg.InternalClientError("cannot switch to state 11; another operation (2) is in progress"),
    asyncpg.InterfaceError("connection is closed"),
    asyncpg.InterfaceError("cannot perform operation: underlying connection is closed"),
    asyncpg.InterfaceError(
        "cannot call Connection.fetch(): connection has been released back to the pool"
    ),
    asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
    asyncpg.CannotConnectNowError("the database system is starting up"),
    asyncpg.AdminShutdownError("terminating connection due to administrator command"),
    asyncpg.TooManyConnectionsError("sorry, too many clients already"),
    asyncpg.DiskFullError("could not extend file"),
    ConnectionRefusedError(),
    # It does not respond at all.
    TimeoutError(),
]


@pytest.mark.parametrize("error", UNAVAILABLE, ids=lambda error: f"{type(error).__name__}: {error}")
def test_an_outage_is_unavailable(error: Exception):
    assert isinstance(refusal_for(error, Batch()), Unavailable)


@pytest.mark.parametrize(
    ("error", "refusal"),
    [
        (asyncpg.SerializationError("could not serialize"), ConcurrentChange),
        (asyncpg.DeadlockDetectedError("deadlock detected"), ConcurrentChange),
        (asyncpg.QueryCanceledError("due to statement timeout"), TimedOut),
    ],
)
def test_contention_and_slowness_are_told_apart(error: Exception, refusal: type[DomainError]):
    assert type(refusal_for(error, Batch())) is refusal


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.UndefinedTableError("relation does not exist"),
        asyncpg.InterfaceError("the server expects 2 arguments for this query, 1 was passed"),
        asyncpg.InternalClientError("unexpected"),
        ZeroDivisionError(),
    ],
)
def test_a_bug_is_no_outage(error: Exception):
    assert refusal_for(error, Batch()) is None
