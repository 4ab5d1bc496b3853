"""Every store raises the same errors as the book, with the same fields."""

import pytest

from ece_domain.kernel import MAX_AMOUNT, USD, Money
from ece_domain.ledger import BalanceLimit, PlaceHold, Settlement, SettlementId
from ece_domain.ledger.storage import MAX_BALANCE
from tests.strategies.ledger import NOON
from tests.strategies.ledger_cases import (
    ANNA,
    ANNAS,
    BELAS,
    BID,
    BOOK,
    CARD,
    LISTING,
    REFUSALS,
    WORLD,
    pay,
)

from .stores import an_id, assert_sound, deposit, mint, settle


@pytest.mark.parametrize("name", REFUSALS)
async def test_refuses_as_the_book_does(database, name):
    move, refusal = REFUSALS[name]
    await mint(database, ANNA, CARD)
    await settle(database, "setting", deposit(ANNAS, 100), PlaceHold(BID), PlaceHold(LISTING))
    with pytest.raises(refusal) as by_the_book:
        BOOK.settle(Settlement(SettlementId(an_id("any")), "test.settle", (move,)), NOON)

    with pytest.raises(refusal) as by_the_store:
        await settle(database, "refused", move)

    assert by_the_store.value.details == by_the_book.value.details
    await assert_sound(database)


async def test_an_account_holds_the_limit_and_no_more(database):
    highest = [pay(WORLD, BELAS, MAX_AMOUNT)] * (MAX_BALANCE // MAX_AMOUNT)
    await settle(database, "all there is", *highest)

    with pytest.raises(BalanceLimit) as refusal:
        await settle(database, "one more", pay(WORLD, BELAS, 1))

    assert refusal.value.details == {"max_balance": Money(MAX_BALANCE, USD)}
    await assert_sound(database)
