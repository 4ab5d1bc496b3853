"""An idempotency key belongs to one request with all its terms."""

from functools import partial
from uuid import UUID

import pytest

from ece_domain.kernel import IdempotencyKey, IdempotencyKeyReused, IdempotentRequest
from ece_domain.ledger import HoldPurpose
from tests.teller import Teller, dollars


async def pairs(teller: Teller) -> list[tuple[partial, partial]]:
    """Pairs of requests that differ in one term."""
    ann, bob, cara = [await teller.someone(500) for _ in range(3)]
    one, other = [(await teller.hold(ann, 100)).value.id for _ in range(2)]
    deposit, withdraw, transfer = teller.deposit, teller.withdraw, teller.transfer
    hold = partial(teller.hold, ann, purpose=HoldPurpose.BID)
    capture, release = teller.capture, teller.release
    return [
        (partial(deposit, ann, 5), partial(deposit, bob, 5)),
        (partial(deposit, ann, 5), partial(deposit, ann, 6)),
        (partial(withdraw, ann, 5), partial(withdraw, bob, 5)),
        (partial(withdraw, ann, 5), partial(withdraw, ann, 6)),
        (partial(transfer, ann, bob, 5), partial(transfer, ann, cara, 5)),
        (partial(transfer, ann, bob, 5), partial(transfer, ann, bob, 6)),
        (partial(hold, 5), partial(hold, 6)),
        (partial(hold, 5), partial(hold, 5, minutes=5)),
        (partial(hold, 5), partial(hold, 5, purpose=HoldPurpose.PLEDGE)),
        (partial(hold, 5), partial(teller.hold, bob, 5, purpose=HoldPurpose.BID)),
        (partial(capture, one, 5, bob), partial(capture, other, 5, bob)),
        (partial(capture, one, 5, bob), partial(capture, one, 6, bob)),
        (partial(capture, one, 5, bob), partial(capture, one, 5, cara)),
        (partial(release, one), partial(release, other)),
    ]


async def test_whatever_differs_is_another_request(teller):
    for number, (first, second) in enumerate(await pairs(teller)):
        await first(key=f"pair-{number}")
        with pytest.raises(IdempotencyKeyReused):
            await second(key=f"pair-{number}")


async def test_an_answer_is_found_by_the_name_of_its_use_case(teller):
    """The names never change: a request that is repeated after an upgrade is the same request."""
    ann, bob = await teller.someone(500), await teller.someone()
    hold = (await teller.hold(ann, 5, key="hold", by=ann)).value
    deposit = (await teller.deposit(ann, 5, key="deposit", by=ann)).value
    withdrawal = (await teller.withdraw(ann, 5, key="withdraw", by=ann)).value
    transfer = (await teller.transfer(ann, bob, 5, key="transfer")).value
    capture = (await teller.capture(hold.id, 1, bob, key="capture", by=ann)).value
    await teller.release(hold.id, key="release", by=ann)
    five, purpose = dollars(5), HoldPurpose.RESERVATION

    for key, what, content, answer in (
        ("hold", "ledger.place-hold", (ann, five, purpose, None), hold.id),
        ("deposit", "ledger.deposit", (ann, five), deposit.id),
        ("withdraw", "ledger.withdraw", (ann, five), withdrawal.id),
        ("transfer", "ledger.transfer", (bob, five), transfer.id),
        ("capture", "ledger.capture-hold", (hold.id, dollars(1), bob), capture.id),
        ("release", "ledger.release-hold", (hold.id,), hold.id),
    ):
        request = IdempotentRequest.of(ann, IdempotencyKey(key), what, *content)
        async with teller.database.begin() as transaction:
            assert await transaction.idempotency_records.recall(request, UUID) == answer
