"""Run an idempotent request once, even if it is sent several times.

A client that got no response sends its request again with the same key. The result is stored in
the transaction of the effect, unique per actor and key, so there is one effect and one result. The
first run reads nothing: the unique key refuses a second run, which then reads the stored result.
"""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID, uuid5

from attrs import define, frozen

from .errors import Conflict, DomainError, InvalidInput
from .ports import Begin
from .returned import Returned
from .terms import Term, digest_of

_KEY = re.compile(r"[\x21-\x7e]{1,128}")


@define(slots=False)
class InvalidIdempotencyKey(InvalidInput):
    """The idempotency key is not valid."""

    code = "kernel.invalid-idempotency-key"
    cause = "A key has 1 to 128 visible ASCII characters and no spaces."
    hint = "Use a random key, such as a UUID, for each new request."


@define(slots=False)
class IdempotencyKeyReused(Conflict):
    """The idempotency key was used before, for another request."""

    code = "kernel.idempotency-key-reused"
    cause = (
        "A key belongs to the first request that was sent with it, and this request is different."
    )
    hint = "Send a new request with a new key. To retry the first request, send it unchanged."


@define(slots=False)
class RequestInFlight(Conflict):
    """The first request with this idempotency key is still running."""

    code = "kernel.request-in-flight"
    cause = "Two requests with one key never run at the same time, so that the effect happens once."
    hint = "Wait a moment, then send the same request again to get its result."


@frozen
class IdempotencyKey:
    """The client's name for one request.

    :raises InvalidIdempotencyKey: unless it is 1 to 128 visible ASCII characters.
    """

    text: str

    def __attrs_post_init__(self) -> None:
        if not _KEY.fullmatch(self.text):
            raise InvalidIdempotencyKey


@frozen
class IdempotentRequest:
    """One idempotent request: its actor, its key and a digest of its terms."""

    actor_id: UUID
    key: IdempotencyKey
    fingerprint: bytes

    @property
    def id(self) -> UUID:
        """Derived from actor and key: the cause of every event of the request."""
        return uuid5(self.actor_id, self.key.text)

    @classmethod
    def of(
        cls, actor_id: UUID, key: IdempotencyKey, what: str, *terms: Term
    ) -> "IdempotentRequest":
        """``what`` names the use case; ``terms`` are all values from the client."""
        return cls(actor_id, key, digest_of(what, *terms))


A = TypeVar("A")


class IdempotencyRecords(Protocol):
    """Stored results of requests, in the transaction of their effects."""

    async def recall(self, request: IdempotentRequest, result: type[A]) -> A | None:
        """The stored result, or None.

        :raises IdempotencyKeyReused: if the actor used the key for another request.
        """

    def record(
        self, request: IdempotentRequest, result: object | Returned[Any], kind: type[object]
    ) -> None:
        """Store the result with the transaction; it may be the ``Returned`` of one of its writes.

        :raises ConcurrentChange: at the transaction's end, if the key is taken by then.
        """

    async def prune(self, before: datetime, limit: int) -> int:
        """Delete results older than the moment, immediately. Returns their number.

        Skips results that another process is deleting at the same time.
        """


class IdempotentTransaction(Protocol):
    """A transaction that stores results of requests."""

    @property
    def idempotency_records(self) -> IdempotencyRecords: ...


@frozen
class IdempotentResult(Generic[A]):
    """The result of an idempotent request, and whether it is a replay."""

    value: A
    is_replayed: bool


T = TypeVar("T", bound=IdempotentTransaction)
K = TypeVar("K")
Reader_contra = TypeVar("Reader_contra", contravariant=True)


@frozen
class StoredAs(Generic[Reader_contra, A, K]):
    """How a result is stored: as a smaller value, from which a replay restores it.

    For a result that never changes, its id is enough.
    """

    kind: type[K]
    keep: Callable[[A], K]
    restore: Callable[[Reader_contra, K], Awaitable[A]]


async def _as_it_is(_: IdempotentTransaction, result: A) -> A:
    return result


async def run_once(
    begin: Begin[T],
    request: IdempotentRequest,
    result: type[A],
    effect: Callable[[T], Awaitable[A | Returned[A]]],
    kept: StoredAs[T, A, Any] | None = None,
) -> IdempotentResult[A]:
    """Run the effect and store its result in one transaction, or return the stored result.

    An error is not stored: the same key may be sent again when its reason is gone. This also
    resolves a connection that was lost at the commit, as the stored result shows that it happened.
    The result may be the ``Returned`` of a write, which is known at the commit and stored whole.

    :raises IdempotencyKeyReused: if the key was used for another request.
    """
    kept = kept or StoredAs(result, keep=lambda whole: whole, restore=_as_it_is)
    try:
        async with begin(actor_id=request.actor_id, cause_id=request.id) as transaction:
            value = await effect(transaction)
            to_keep = value if isinstance(value, Returned) else kept.keep(value)
            transaction.idempotency_records.record(request, to_keep, kept.kind)
    except DomainError:
        async with begin() as transaction:
            earlier = await transaction.idempotency_records.recall(request, kept.kind)
            if earlier is not None:
                return IdempotentResult(await kept.restore(transaction, earlier), is_replayed=True)
        raise
    return IdempotentResult(
        value.value if isinstance(value, Returned) else value, is_replayed=False
    )


async def run_once_if_keyed(
    begin: Begin[T],
    request: IdempotentRequest | None,
    result: type[A],
    effect: Callable[[T], Awaitable[A]],
    kept: StoredAs[T, A, Any],
    *,
    actor_id: UUID,
) -> IdempotentResult[A]:
    """``run_once`` where the client may leave out the key: then the effect just runs.

    :raises IdempotencyKeyReused: if the key was used for another request.
    """
    if request is not None:
        return await run_once(begin, request, result, effect, kept)
    async with begin(actor_id=actor_id) as transaction:
        value = await effect(transaction)
    return IdempotentResult(value, is_replayed=False)
