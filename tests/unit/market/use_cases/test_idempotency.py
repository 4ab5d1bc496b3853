"""An idempotency key belongs to one request of one user, with all its terms."""

from functools import partial
from uuid import UUID

import pytest

from ece_domain.kernel import IdempotencyKey, IdempotencyKeyReused, IdempotentRequest
from tests.contract.market.stall import Stall, usd


async def pairs(stall: Stall) -> list[tuple[partial, partial]]:
    """Pairs of requests of one user that differ in one term."""
    seller, buyer = await stall.someone(), await stall.someone(50_000)
    cards = [await stall.card(seller) for _ in range(4)]
    kept, sold, other = [await stall.listing(seller) for _ in range(3)]
    expiry = stall.clock.moment.replace(hour=23)
    create_listing, buy, cancel = stall.answer_list, stall.buy, stall.cancel
    return [
        (partial(create_listing, cards[0], seller), partial(create_listing, cards[3], seller)),
        (partial(create_listing, cards[1], seller), partial(create_listing, cards[1], seller, 999)),
        (
            partial(create_listing, cards[2], seller),
            partial(create_listing, cards[2], seller, expires_at=expiry),
        ),
        (partial(cancel, kept, seller), partial(cancel, other, seller)),
        (partial(buy, sold, buyer), partial(buy, other, buyer)),
        (partial(buy, other, buyer), partial(buy, other, buyer, max_price=usd(1_000))),
    ]


async def test_whatever_differs_is_another_request(stall):
    for number, (first, second) in enumerate(await pairs(stall)):
        await first(key=f"pair-{number}")
        with pytest.raises(IdempotencyKeyReused):
            await second(key=f"pair-{number}")


async def test_two_collectors_may_use_one_key(stall):
    for _ in range(2):
        seller, buyer = await stall.someone(), await stall.someone(5_000)
        card, other = await stall.card(seller), await stall.card(seller)
        for_sale = (await stall.answer_list(card, seller, key="listing")).value
        kept = await stall.listing(seller, card=other)

        sale = await stall.buy(for_sale, buyer, key="purchase")
        cancelled = await stall.cancel(kept, seller, key="cancellation")

        assert (sale.is_replayed, sale.value.buyer_id) == (False, buyer)
        assert (cancelled.is_replayed, cancelled.value.id) == (False, kept.id)


async def test_an_answer_is_found_by_the_name_of_its_use_case(stall):
    """The names never change: a request that is repeated after an upgrade is the same request."""
    seller, buyer, price = await stall.someone(), await stall.someone(5_000), usd(1_000)
    card, expiry = await stall.card(seller), stall.clock.moment.replace(hour=23)
    listed = await stall.answer_list(card, seller, expires_at=expiry, key="list")
    bought = await stall.buy(listed.value, buyer, max_price=price, key="buy")
    kept = await stall.listing(seller)
    cancelled = await stall.cancel(kept, seller, key="cancel")

    for actor, key, what, content, kind, answer in (
        (
            seller,
            "list",
            "market.create-listing",
            (card, (price, None), expiry),
            UUID,
            listed.value.id,
        ),
        (
            buyer,
            "buy",
            "market.buy-listing",
            (bought.value.origin.id, price),
            UUID,
            bought.value.id,
        ),
        (seller, "cancel", "market.cancel-listing", (kept.id,), UUID, cancelled.value.id),
    ):
        request = IdempotentRequest.of(actor, IdempotencyKey(key), what, *content)
        async with stall.database.begin() as transaction:
            assert await transaction.idempotency_records.recall(request, kind) == answer
