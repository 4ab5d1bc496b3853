"""Escrow accounts of deals, and external accounts, in every store."""

import pytest

from ece_domain import ledger
from ece_domain.identity import Actor, Role, UserId
from ece_domain.kernel import ALL_TIME, USD, PageRequest
from ece_domain.ledger import (
    Account,
    Entry,
    HeldMoney,
    Hold,
    HoldId,
    HoldPurpose,
    InsufficientFunds,
    MalformedSettlement,
    MoveMoney,
    PlaceHold,
)
from tests.strategies.ledger import DEAL

from .stores import a_user, an_id, assert_sound, check, deposit, dollars, settle, usd

POOL = Account.escrow(an_id("pool"), USD)
PROVIDER = Account.external(USD, "provider")


async def balance(store, account: Account) -> int:
    async with store.begin() as transaction:
        return await transaction.books.balance_of(account)


async def test_an_escrow_account_keeps_its_balance_with_every_entry(database):
    await settle(database, "fund", deposit(dollars("ann"), 100))
    paid_in = await settle(database, "stake", MoveMoney(dollars("ann"), POOL, usd(60)))
    paid_out = await settle(database, "win", MoveMoney(POOL, dollars("bob"), usd(25)))

    assert Entry(POOL, 60, 60) in paid_in.entries
    assert Entry(POOL, -25, 35) in paid_out.entries
    assert await balance(database, POOL) == 35
    await assert_sound(database)


async def test_an_escrow_account_is_never_overdrawn(database):
    await settle(database, "fund", deposit(POOL, 60))
    with pytest.raises(InsufficientFunds) as refusal:
        await settle(database, "pay", MoveMoney(POOL, dollars("bob"), usd(61)))

    assert (refusal.value.available, refusal.value.needed) == (usd(60), usd(61))
    assert await balance(database, POOL) == 60


async def test_each_deal_has_an_account_of_its_own(database):
    await settle(database, "fund", deposit(POOL, 60))
    other = Account.escrow(an_id("another pool"), USD)
    with pytest.raises(InsufficientFunds):
        await settle(database, "pay", MoveMoney(other, dollars("bob"), usd(1)))


async def test_money_in_escrow_cannot_be_held(database):
    await settle(database, "fund", deposit(POOL, 60))
    hold = Hold(
        id=HoldId(an_id("hold")),
        deal=DEAL,
        purpose=HoldPurpose.STAKE,
        subject=HeldMoney(POOL, 1),
    )
    with pytest.raises(MalformedSettlement):
        await settle(database, "hold", PlaceHold(hold))


async def test_an_escrow_account_is_in_no_wallet(database):
    """Not even where a user has the id of the deal."""
    twin = UserId(an_id("pool"))
    await settle(database, "fund", deposit(POOL, 60))
    await settle(database, "own", deposit(Account.of_user(twin, USD), 1))

    wallet = await ledger.GetWallet(database.begin)(
        owner_id=twin, actor=Actor(twin, Role.COLLECTOR)
    )

    assert [account.balance for account in wallet.accounts] == [usd(1)]


async def test_the_counterparty_of_a_stake_is_the_escrow_account(database):
    ann = a_user("ann")
    await settle(database, "fund", deposit(dollars("ann"), 100))
    await settle(database, "stake", MoveMoney(dollars("ann"), POOL, usd(60)))

    async with database.begin() as transaction:
        page = await transaction.wallets.statement(
            Account.of_user(ann, USD), ALL_TIME, PageRequest()
        )
    assert page.items[0].counterparty == POOL


async def test_each_party_outside_has_an_account_that_may_be_negative(database):
    await settle(database, "card payment", MoveMoney(PROVIDER, dollars("ann"), usd(70)))
    await settle(database, "by hand", deposit(dollars("ann"), 5))

    assert await balance(database, PROVIDER) == -70
    assert await balance(database, Account.external(USD)) == -5
    await assert_sound(database)


async def test_the_audit_counts_escrow_accounts(database):
    await settle(database, "fund", deposit(POOL, 60))
    assert (await check(database)).accounts == 1


def test_the_rules_of_a_kind_are_stated_once():
    rules = {
        kind: (kind.keeps_balance, kind.can_be_held, kind.may_be_negative)
        for kind in ledger.AccountKind
    }
    assert rules == {
        "user": (True, True, False),
        "escrow": (True, False, False),
        "platform": (False, False, False),
        "external": (False, False, True),
    }
