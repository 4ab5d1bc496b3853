"""Maps errors of PostgreSQL and asyncpg to errors of the domain."""

import asyncio
import re
from collections.abc import Callable
from typing import Any

import asyncpg
import msgspec
from attrs import fields

from ece_domain.kernel import (
    Asset,
    ConcurrentChange,
    DomainError,
    LockTimeout,
    Money,
    RequestInFlight,
    TimedOut,
    Unavailable,
)

from .batch import Batch

REQUIRED_ROWS_MISSING = "EC001"
"""SQLSTATE of ``require_rows``: the message is the index of the guarded part."""
DOMAIN_REFUSAL = "EC002"
"""SQLSTATE of a domain error raised by an SQL function: message = code, detail = fields as JSON."""

CONSTRAINTS: dict[str, Callable[[], DomainError]] = {}
"""The domain error for a violated constraint, by the constraint's name."""

_IDEMPOTENCY_RELATIONS = {"idempotency_record", "idempotency_record_pkey"}
_LOCKED_RELATION = re.compile(r'in relation "(\w+)"')

_CONTENTION = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
_OUTAGE = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    OSError,
    asyncio.TimeoutError,
)


def refusal_for(error: BaseException, batch: Batch) -> DomainError | None:
    """The domain's error for a database error, or None if it is a bug."""
    if isinstance(error, asyncpg.LockNotAvailableError):
        return _lock_timeout(error)
    if isinstance(error, _CONTENTION):
        return ConcurrentChange()
    if isinstance(error, asyncpg.QueryCanceledError):
        return TimedOut()  # the server ended the statement; the connection stays usable
    if isinstance(error, _OUTAGE) or _is_lost_connection(error):
        return Unavailable(what="database")
    if isinstance(error, asyncpg.PostgresError):
        return _refusal_of_the_statement(error, batch)
    return None


def _refusal_of_the_statement(error: asyncpg.PostgresError, batch: Batch) -> DomainError | None:
    refusal = CONSTRAINTS.get(error.constraint_name or "")
    if refusal is not None:
        return refusal()
    if error.sqlstate == REQUIRED_ROWS_MISSING:
        return batch.refusal_of(int(str(error)))
    if error.sqlstate == DOMAIN_REFUSAL:
        return _named_refusal(error.message, error.detail or "{}")
    return None


def _lock_timeout(error: asyncpg.LockNotAvailableError) -> DomainError:
    """The error's context names the table of the locked row."""
    found = _LOCKED_RELATION.search(error.context or "")
    if found is None:
        return LockTimeout(what="table")
    if found[1] in _IDEMPOTENCY_RELATIONS:
        return RequestInFlight()
    return LockTimeout(what=found[1].replace("_", " "))


def _is_lost_connection(error: BaseException) -> bool:
    # The server closed an idle connection, which leaves asyncpg in an unexpected state.
    told_while_idle = isinstance(error, asyncpg.InternalClientError) and (
        "cannot switch to" in str(error)
    )
    # A connection that the server closed leaves the pool, even during a transaction.
    is_gone = "clos" in str(error) or "released back to the pool" in str(error)
    return told_while_idle or (isinstance(error, asyncpg.InterfaceError) and is_gone)


def _named_refusal(code: str, details: str) -> DomainError:
    error = _by_code()[code]
    types = {field.name: field.type for field in fields(error)}
    given = msgspec.json.decode(details)
    return error(**{name: _detail_of(given[name], types[name]) for name in types})


def _detail_of(given: Any, kind: Any) -> object:  # noqa: ANN401 - JSON, and the type of a field
    if kind is Money:
        return Money(given["amount"], Asset.parse(given["asset"]))
    return msgspec.convert(given, kind)


def _by_code() -> dict[str, type[DomainError]]:
    found: dict[str, type[DomainError]] = {}
    waiting = [DomainError]
    while waiting:
        for error in waiting.pop().__subclasses__():
            waiting.append(error)
            if "code" in vars(error):
                found[error.code] = error
    return found
