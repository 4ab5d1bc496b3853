"""The errors, records and events of each use case of the ledger, on the memory store."""

from datetime import UTC, datetime, timedelta

import pytest

from ece_adapters.system import new_id
from ece_domain import ledger
from ece_domain.identity import Actor, Role, UserId, UserNotFound
from ece_domain.kernel import (
    MAX_AMOUNT,
    USD,
    AmountOutOfBounds,
    Asset,
    AssetMismatch,
    ConcurrentChange,
    IdempotencyKey,
    Money,
)
from ece_domain.ledger import (
    Account,
    AssetNotAccepted,
    Entry,
    ExpiryOutOfBounds,
    HoldExceeded,
    HoldId,
    HoldNotFound,
    HoldNotOpen,
    HoldPastExpiry,
    HoldPurpose,
    HoldState,
    InsufficientFunds,
    TransferToOneself,
)
from tests.teller import Teller, dollars

EUR = Asset("EUR", 2)
NOBODY = UserId(new_id())


def events(teller: Teller) -> list[ledger.SettlementPosted]:
    """The settlements of money so far."""
    happened = [published.event for published in teller.database.outbox]
    return [event for event in happened if event.kind.startswith("ledger.")]


def told(teller: Teller) -> tuple[str, dict[str, int], list[tuple[str, HoldId, int]]]:
    """The event of the last settlement: purpose, changes of balances, changes of holds."""
    event = events(teller)[-1]
    assert event.occurred_at == teller.clock()
    gained = {entry.owner: entry.money.amount for entry in event.entries}
    holds = [(hold.action.value, hold.hold_id, hold.money.amount) for hold in event.holds]
    return event.purpose, gained, holds


class TestDeposit:
    async def test_credits_the_user_and_debits_the_world_outside(self, teller):
        ann = await teller.someone()
        receipt = (await teller.deposit(ann, 500)).value

        assert (receipt.purpose, receipt.settled_at) == ("ledger.deposit", teller.clock())
        assert sorted(receipt.entries, key=lambda entry: entry.amount) == [
            Entry(Account.external(USD), -500, None),
            Entry(Account.of_user(ann, USD), 500, 500),
        ]

    async def test_publishes_the_deposit(self, teller):
        ann = await teller.someone()
        receipt = (await teller.deposit(ann, 500)).value
        assert [event.settlement_id for event in events(teller)] == [receipt.id]
        assert told(teller) == ("ledger.deposit", {str(ann): 500, "operator": -500}, [])

    async def test_refuses_an_asset_that_the_exchange_does_not_deal_in(self, teller):
        ann = await teller.someone()
        deposit = ledger.Deposit(teller.database.begin, teller.clock, new_id)
        with pytest.raises(AssetNotAccepted) as refused:
            await deposit(
                destination=ann,
                money=Money(5, EUR),
                actor=Actor(teller.id, Role.SERVICE),
                key=IdempotencyKey("a"),
            )
        assert refused.value.asset == "EUR/2"

    async def test_refuses_an_unknown_user(self, teller):
        with pytest.raises(UserNotFound):
            await teller.deposit(NOBODY, 5)


class TestWithdraw:
    async def test_debits_the_user_and_publishes_it(self, teller):
        ann = await teller.someone(500)
        receipt = (await teller.withdraw(ann, 200)).value

        assert Entry(Account.of_user(ann, USD), -200, 300) in receipt.entries
        assert events(teller)[-1].settlement_id == receipt.id
        assert told(teller) == ("ledger.withdrawal", {str(ann): -200, "operator": 200}, [])

    async def test_refuses_more_than_is_available(self, teller):
        ann = await teller.someone(500)
        with pytest.raises(InsufficientFunds) as refused:
            await teller.withdraw(ann, 501)
        assert (refused.value.available, refused.value.needed) == (dollars(500), dollars(501))

    async def test_a_refusal_leaves_no_event(self, teller):
        ann = await teller.someone(500)
        before = events(teller)
        with pytest.raises(InsufficientFunds):
            await teller.withdraw(ann, 501)
        assert events(teller) == before


class TestTransfer:
    async def test_the_source_sees_its_own_entry_alone(self, teller):
        ann, bob = await teller.someone(500), await teller.someone(70)
        receipt = (await teller.transfer(ann, bob, 30)).value
        (entry,) = receipt.entries
        assert (entry.account.owner, entry.balance_after) == (str(ann), 470)

    async def test_publishes_the_transfer(self, teller):
        ann, bob = await teller.someone(500), await teller.someone()
        receipt = (await teller.transfer(ann, bob, 30)).value
        assert events(teller)[-1].settlement_id == receipt.id
        assert told(teller) == ("ledger.transfer", {str(ann): -30, str(bob): 30}, [])

    async def test_refuses_a_transfer_to_oneself(self, teller):
        ann = await teller.someone(500)
        with pytest.raises(TransferToOneself):
            await teller.transfer(ann, ann, 30)

    async def test_refuses_an_unknown_user(self, teller):
        ann = await teller.someone(500)
        with pytest.raises(UserNotFound):
            await teller.transfer(ann, NOBODY, 30)
        assert (await teller.account(ann)).balance == dollars(500)

    async def test_refuses_an_asset_that_the_giver_has_nothing_of(self, teller):
        ann, bob = await teller.someone(500), await teller.someone()
        transfer = ledger.Transfer(teller.database.begin, teller.clock, new_id)
        with pytest.raises(InsufficientFunds) as refused:
            await transfer(
                source=ann, destination=bob, money=Money(5, EUR), key=IdempotencyKey("a")
            )
        assert refused.value.available == Money(0, EUR)


class TestOpenWallet:
    async def test_refuses_an_asset_that_the_exchange_does_not_deal_in(self, teller):
        ann = await teller.someone()
        with pytest.raises(AssetNotAccepted) as refused:
            await ledger.OpenWallet(teller.database.begin)(owner_id=ann, asset=EUR)
        assert refused.value.asset == "EUR/2"

    async def test_refuses_an_unknown_user(self, teller):
        with pytest.raises(UserNotFound):
            await ledger.OpenWallet(teller.database.begin)(owner_id=NOBODY, asset=USD)


class TestPlaceMoneyHold:
    async def test_places_a_hold_on_a_part_of_the_balance_and_publishes_it(self, teller):
        ann = await teller.someone(500)
        hold = (await teller.hold(ann, 200, minutes=5)).value

        assert hold.subject == ledger.HeldMoney(Account.of_user(ann, USD), 200)
        assert (hold.state, hold.remaining, hold.owner_id) == (HoldState.OPEN, 200, ann)
        assert told(teller) == ("ledger.hold", {}, [("placed", hold.id, 200)])
        (placed,) = events(teller)[-1].holds
        assert (placed.owner_id, placed.purpose) == (ann, "reservation")
        assert placed.expires_at == teller.clock() + timedelta(minutes=5)

    @pytest.mark.parametrize("minutes", [-1, 0, 366 * 24 * 60 + 1])
    async def test_refuses_an_expiry_in_the_past_or_too_far_ahead(self, teller, minutes):
        ann = await teller.someone(500)
        with pytest.raises(ExpiryOutOfBounds) as refused:
            await teller.hold(ann, 200, minutes=minutes)
        assert refused.value.max_expires_at == teller.clock() + timedelta(days=366)

    async def test_refuses_the_last_moment_of_time(self, teller):
        ann = await teller.someone(500)
        place = ledger.PlaceMoneyHold(teller.database.begin, teller.clock, new_id)
        with pytest.raises(ExpiryOutOfBounds):
            await place(
                owner_id=ann,
                money=dollars(1),
                purpose=HoldPurpose.BID,
                expires_at=datetime.max.replace(tzinfo=UTC),
                actor=Actor(ann, Role.SERVICE),
                key=IdempotencyKey("a"),
            )

    async def test_a_hold_may_last_for_366_days(self, teller):
        ann = await teller.someone(500)
        await teller.hold(ann, 200, minutes=366 * 24 * 60)


class TestCaptureMoneyHold:
    async def test_hands_over_a_part_and_keeps_the_rest_held(self, teller):
        ann, bob = await teller.someone(500), await teller.someone()
        hold = (await teller.hold(ann, 200)).value

        receipt = (await teller.capture(hold.id, 150, bob)).value

        assert Entry(Account.of_user(ann, USD), -150, 350) in receipt.entries
        assert Entry(Account.of_user(bob, USD), 150, 150) in receipt.entries
        assert (await teller.account(ann)).held == dollars(50)
        assert events(teller)[-1].settlement_id == receipt.id
        gained = {str(ann): -150, str(bob): 150}
        assert told(teller) == ("ledger.capture", gained, [("captured", hold.id, 150)])

    async def test_without_a_taker_the_money_leaves_the_exchange(self, teller):
        ann = await teller.someone(500)
        hold = (await teller.hold(ann, 200)).value
        receipt = (await teller.capture(hold.id, 200, None)).value
        assert Entry(Account.external(USD), 200, None) in receipt.entries

    async def test_refuses_more_than_is_left(self, teller):
        ann, bob = await teller.someone(500), await teller.someone()
        hold = (await teller.hold(ann, 200)).value
        await teller.capture(hold.id, 150, bob)
        with pytest.raises(HoldExceeded) as refused:
            await teller.capture(hold.id, 51, bob)
        assert (refused.value.remaining, refused.value.needed) == (dollars(50), dollars(51))

    async def test_s10_refuses_a_hold_that_has_ended(self, teller):
        ann, bob = await teller.someone(500), await teller.someone()
        hold = (await teller.hold(ann, 200)).value
        await teller.release(hold.id)
        with pytest.raises(HoldNotOpen):
            await teller.capture(hold.id, 1, bob)

    async def test_refuses_a_hold_past_its_expiry(self, teller):
        ann, bob = await teller.someone(500), await teller.someone()
        hold = (await teller.hold(ann, 200, minutes=1)).value
        teller.clock.advance(minutes=1)
        with pytest.raises(HoldPastExpiry):
            await teller.capture(hold.id, 1, bob)

    async def test_refuses_to_hand_it_to_the_one_it_is_held_of(self, teller):
        ann = await teller.someone(500)
        hold = (await teller.hold(ann, 200)).value
        with pytest.raises(TransferToOneself):
            await teller.capture(hold.id, 1, ann)

    async def test_refuses_an_unknown_user(self, teller):
        ann = await teller.someone(500)
        hold = (await teller.hold(ann, 200)).value
        with pytest.raises(UserNotFound):
            await teller.capture(hold.id, 1, NOBODY)

    async def test_refuses_another_asset(self, teller):
        ann, bob = await teller.someone(500), await teller.someone()
        hold = (await teller.hold(ann, 200)).value
        capture = ledger.CaptureMoneyHold(teller.database.begin, teller.clock, new_id)
        with pytest.raises(AssetMismatch):
            await capture(
                hold_id=hold.id,
                money=Money(1, EUR),
                destination=bob,
                actor=Actor(bob, Role.SERVICE),
                key=IdempotencyKey("a"),
            )


class TestReleaseMoneyHold:
    async def test_releases_the_remainder_and_publishes_it(self, teller):
        ann, bob = await teller.someone(500), await teller.someone()
        hold = (await teller.hold(ann, 200)).value
        await teller.capture(hold.id, 150, bob)

        released = (await teller.release(hold.id)).value

        assert (released.state, released.captured) == (HoldState.RELEASED, 150)
        assert (await teller.account(ann)).available == dollars(350)
        assert told(teller) == ("ledger.release", {}, [("released", hold.id, 50)])

    async def test_s9_refuses_a_second_release(self, teller):
        ann = await teller.someone(500)
        hold = (await teller.hold(ann, 200)).value
        await teller.release(hold.id)
        with pytest.raises(HoldNotOpen):
            await teller.release(hold.id)


@pytest.mark.parametrize("what", ["release", "capture"])
class TestHoldsThatAreNotMoney:
    async def ask(self, teller, what, hold_id):
        if what == "release":
            await teller.release(hold_id)
        else:
            await teller.capture(hold_id, 1, NOBODY)

    async def test_refuses_a_hold_that_was_never_placed(self, teller, what):
        with pytest.raises(HoldNotFound):
            await self.ask(teller, what, HoldId(new_id()))

    async def test_leaves_held_cards_to_those_who_deal_in_them(self, teller, what):
        ann = await teller.someone()
        hold_id = await teller.listed_card(ann)
        with pytest.raises(HoldNotFound) as refused:
            await self.ask(teller, what, hold_id)
        assert refused.value.hold_id == hold_id


class TestExpireHolds:
    async def test_publishes_the_expired_hold(self, teller):
        ann = await teller.someone(500)
        hold = (await teller.hold(ann, 200, minutes=1)).value
        teller.clock.advance(minutes=1)

        await teller.expire()

        assert told(teller) == ("ledger.expiry", {}, [("expired", hold.id, 200)])

    @pytest.mark.parametrize(
        "refusal", [ConcurrentChange(), HoldNotOpen(hold_id=new_id(), state=HoldState.CAPTURED)]
    )
    async def test_skips_a_hold_that_is_being_changed(self, teller, monkeypatch, refusal):
        monkeypatch.setattr("ece_domain.ledger.use_cases.expire_holds.BATCH", 1)
        ann = await teller.someone(500)
        await teller.hold(ann, 200, minutes=1)
        teller.clock.advance(minutes=1)

        def refuse(*_: object) -> None:
            raise refusal

        monkeypatch.setattr("ece_adapters.memory.ledger.ledger.MemoryLedger.settle", refuse)

        assert await teller.expire() == 0

    async def test_reads_at_most_a_hundred_at_a_time(self, teller, monkeypatch):
        asked = []

        async def past_expiry(_wallets: object, _purposes: object, _now: object, limit: int):
            asked.append(limit)
            return []

        monkeypatch.setattr(
            "ece_adapters.memory.ledger.wallets.MemoryWallets.past_expiry", past_expiry
        )

        assert await teller.expire() == 0
        assert asked == [100]


@pytest.mark.parametrize("cents", [0, -1, MAX_AMOUNT + 1, 2**64])
class TestAmounts:
    async def test_every_use_case_refuses_an_amount_out_of_bounds(self, teller, cents):
        ann, bob = await teller.someone(500), await teller.someone()
        hold = (await teller.hold(ann, 200)).value
        before = events(teller)
        for refused in (
            lambda: teller.deposit(ann, cents),
            lambda: teller.withdraw(ann, cents),
            lambda: teller.transfer(ann, bob, cents),
            lambda: teller.hold(ann, cents),
            lambda: teller.capture(hold.id, cents, bob),
        ):
            with pytest.raises(AmountOutOfBounds):
                await refused()
        assert events(teller) == before
