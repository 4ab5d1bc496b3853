"""The content and the access rules of wallets, statements, holds and receipts."""

from collections.abc import AsyncIterator

import pytest

from ece_adapters.system import new_id
from ece_domain import ledger
from ece_domain.identity import Actor, Role, UserNotFound
from ece_domain.kernel import USD, Asset, InvalidPage, PageRequest, TimeRange
from ece_domain.ledger import (
    Account,
    HeldTotal,
    HoldNotFound,
    HoldPurpose,
    SettlementNotFound,
)
from tests.clock import SettableClock
from tests.contract.conftest import Database
from tests.contract.ledger.stores import assert_sound
from tests.teller import Teller, dollars

COLLECTOR = Role.COLLECTOR


@pytest.fixture
async def teller(database: Database, clock: SettableClock) -> AsyncIterator[Teller]:
    """Audits the ledger after every test."""
    yield Teller(database, clock)
    await assert_sound(database)


class TestWallet:
    async def test_a_user_without_accounts_has_an_empty_wallet(self, teller):
        ann = await teller.someone()
        assert await teller.wallet(ann) == ledger.Wallet(ann, ())

    async def test_an_opened_account_shows_at_zero_however_often_it_is_opened(self, teller):
        ann = await teller.someone()
        open_wallet = ledger.OpenWallet(teller.database.begin)

        first = await open_wallet(owner_id=ann, asset=USD)
        again = await open_wallet(owner_id=ann, asset=USD)

        assert first == again == ledger.Wallet(ann, (ledger.WalletAccount(dollars(0)),))

    async def test_opening_an_account_leaves_its_money_alone(self, teller):
        ann = await teller.someone(500)
        await ledger.OpenWallet(teller.database.begin)(owner_id=ann, asset=USD)
        assert (await teller.account(ann)).balance == dollars(500)

    async def test_opened_accounts_may_receive(self, teller):
        ann = await teller.someone()
        await ledger.OpenWallet(teller.database.begin)(owner_id=ann, asset=USD)
        await teller.deposit(ann, 500)
        assert (await teller.account(ann)).balance == dollars(500)

    async def test_accounts_are_listed_by_asset(self, teller):
        ann = await teller.someone(500)
        points = frozenset({Asset("ZZZ", 0), Asset("AAA", 0)})
        for asset in sorted(points, key=str, reverse=True):
            await ledger.OpenWallet(teller.database.begin, points)(owner_id=ann, asset=asset)

        wallet = await teller.wallet(ann)

        assert [str(account.asset) for account in wallet.accounts] == ["AAA/0", "USD/2", "ZZZ/0"]

    async def test_has_the_amounts_on_hold_by_purpose(self, teller):
        ann = await teller.someone(1000)
        await teller.hold(ann, 100, purpose=HoldPurpose.BID)
        await teller.hold(ann, 50, purpose=HoldPurpose.BID)
        await teller.hold(ann, 7, purpose=HoldPurpose.WITHDRAWAL)

        account = await teller.account(ann)

        assert account.held_totals == (
            HeldTotal(HoldPurpose.BID, dollars(150)),
            HeldTotal(HoldPurpose.WITHDRAWAL, dollars(7)),
        )
        assert (account.balance, account.held, account.available) == (
            dollars(1000), dollars(157), dollars(843),
        )  # fmt: skip

    async def test_s14_the_held_part_follows_captures_and_releases(self, teller):
        ann, bob = await teller.someone(1000), await teller.someone()
        captured = (await teller.hold(ann, 100)).value.id
        released = (await teller.hold(ann, 50)).value.id

        await teller.capture(captured, 30, bob)
        await teller.release(released)

        account = await teller.account(ann)
        assert (account.balance, account.held, account.available) == (
            dollars(970), dollars(70), dollars(900),
        )  # fmt: skip


class TestOpenHolds:
    async def find(self, teller, owner, page=None):
        return await ledger.ListOpenHolds(teller.database.begin)(
            owner_id=owner, page=page or PageRequest(), actor=Actor(owner, COLLECTOR)
        )

    async def test_lists_only_open_holds_newest_first(self, teller):
        ann, bob = await teller.someone(1000), await teller.someone(1000)
        money = (await teller.hold(ann, 100, minutes=5)).value
        card = await teller.listed_card(ann)
        await teller.hold(bob, 1)
        await teller.listed_card(bob)
        await teller.release((await teller.hold(ann, 1)).value.id)

        found = await self.find(teller, ann)

        assert [hold.id for hold in found.items] == [card, money.id]
        assert found.items[1] == money
        assert found.items[0].owner_id == ann
        assert found.next is None

    async def test_pages_neither_skip_nor_repeat(self, teller):
        ann = await teller.someone(1000)
        placed = [(await teller.hold(ann, cents)).value.id for cents in range(1, 6)]

        seen, page = [], PageRequest(2)
        while True:
            found = await self.find(teller, ann, page)
            seen += [hold.id for hold in found.items]
            if found.next is None:
                break
            page = PageRequest(2, found.next)

        assert seen == placed[::-1]

    @pytest.mark.parametrize("after", [(1,), ("no id",), ("a", "b")])
    async def test_refuses_to_continue_another_list(self, teller, after):
        ann = await teller.someone()
        with pytest.raises(InvalidPage):
            await self.find(teller, ann, PageRequest(2, after))


class TestStatement:
    async def test_runs_from_the_newest_with_the_balance_after_each_line(self, teller):
        ann, bob = await teller.someone(1000), await teller.someone()
        await teller.transfer(ann, bob, 300)
        await teller.withdraw(ann, 200)

        lines = await teller.statement(ann)

        assert [(line.purpose, line.change, line.balance_after) for line in lines] == [
            ("ledger.withdrawal", dollars(-200), dollars(500)),
            ("ledger.transfer", dollars(-300), dollars(700)),
            ("ledger.deposit", dollars(1000), dollars(1000)),
        ]
        assert [line.counterparty for line in lines] == [
            Account.external(USD),
            Account.of_user(bob, USD),
            Account.external(USD),
        ]
        assert {line.settled_at for line in lines} == {teller.clock()}

    async def test_shows_nothing_of_other_accounts(self, teller):
        ann, bob = await teller.someone(1000), await teller.someone(5)
        await teller.transfer(ann, bob, 300)

        lines = await teller.statement(bob)

        assert [line.change for line in lines] == [dollars(300), dollars(5)]

    async def test_names_no_counterparty_where_there_are_several(self, teller):
        ann, bob, eve = await teller.someone(10), await teller.someone(), await teller.someone()
        theirs = Account.of_user(ann, USD)
        moves = tuple(
            ledger.MoveMoney(theirs, Account.of_user(other, USD), dollars(1))
            for other in (bob, eve)
        )
        settlement = ledger.Settlement(ledger.SettlementId(new_id()), "test.share", moves)
        async with teller.database.begin() as transaction:
            transaction.ledger.settle(settlement, teller.clock())

        newest, *_ = await teller.statement(ann)

        assert (newest.change, newest.counterparty) == (dollars(-2), None)
        assert (await teller.statement(bob))[0].counterparty is None

    async def test_pages_neither_skip_nor_repeat_while_lines_are_added(self, teller):
        ann = await teller.someone()
        for cents in range(1, 8):
            await teller.deposit(ann, cents)
        read = ledger.ListStatementLines(teller.database.begin)

        seen, after = [], None
        while True:
            found = await read(
                owner_id=ann, asset=USD, page=PageRequest(3, after), actor=Actor(ann, COLLECTOR)
            )
            seen += [line.change.amount for line in found.items]
            after = found.next
            if after is None:
                break
            await teller.deposit(ann, 100)

        assert seen == [7, 6, 5, 4, 3, 2, 1]

    async def test_has_the_lines_of_a_period(self, teller):
        ann, moments = await teller.someone(), []
        for cents in (1, 2, 3):
            teller.clock.advance(hours=1)
            await teller.deposit(ann, cents)
            moments.append(teller.clock())

        async def changes(**settled):
            lines = await teller.statement(ann, settled=TimeRange(**settled))
            return [line.change.amount for line in lines]

        assert await changes(starts_at=moments[0]) == [3, 2]
        assert await changes(ends_at=moments[1]) == [1]
        assert await changes(starts_at=moments[0], ends_at=moments[2]) == [2]

    async def test_of_an_asset_that_never_moved_is_empty(self, teller):
        ann = await teller.someone(5)
        found = await ledger.ListStatementLines(teller.database.begin)(
            owner_id=ann, asset=Asset("EUR", 2), page=PageRequest(), actor=Actor(ann, COLLECTOR)
        )
        assert found.items == ()

    async def test_refuses_to_continue_another_list(self, teller):
        ann = await teller.someone()
        with pytest.raises(InvalidPage):
            await teller.statement(ann, PageRequest(2, ("text",)))


class TestS23EveryReaderIsScopedToTheOwner:
    async def read(self, teller, what, owner, reader, role):
        begin = teller.database.begin
        asked = {"owner_id": owner, "actor": Actor(reader, role)}
        if what == "wallet":
            return await ledger.GetWallet(begin)(**asked)
        if what == "holds":
            return await ledger.ListOpenHolds(begin)(page=PageRequest(), **asked)
        return await ledger.ListStatementLines(begin)(asset=USD, page=PageRequest(), **asked)

    @pytest.mark.parametrize("what", ["wallet", "holds", "statement"])
    @pytest.mark.parametrize("role", [Role.COLLECTOR, Role.MODERATOR])
    async def test_others_get_user_not_found(self, teller, what, role):
        ann, eve = await teller.someone(5), await teller.someone()
        with pytest.raises(UserNotFound):
            await self.read(teller, what, ann, eve, role)

    @pytest.mark.parametrize("what", ["wallet", "holds", "statement"])
    @pytest.mark.parametrize("role", [Role.ADMIN, Role.SERVICE])
    async def test_operators_see_everybody_who_exists(self, teller, what, role):
        ann = await teller.someone(5)
        await self.read(teller, what, ann, teller.id, role)
        with pytest.raises(UserNotFound):
            await self.read(teller, what, new_id(), teller.id, role)

    async def test_a_hold_is_for_its_owner_and_operators(self, teller):
        ann, eve = await teller.someone(5), await teller.someone()
        hold = (await teller.hold(ann, 5)).value
        read = ledger.GetHold(teller.database.begin)

        assert await read(hold_id=hold.id, actor=Actor(ann, COLLECTOR)) == hold
        assert await read(hold_id=hold.id, actor=Actor(teller.id, Role.SERVICE)) == hold
        with pytest.raises(HoldNotFound):
            await read(hold_id=hold.id, actor=Actor(eve, COLLECTOR))

    async def test_a_receipt_shows_its_parties_their_own_entries_only(self, teller):
        ann, bob, eve = await teller.someone(9), await teller.someone(), await teller.someone()
        settled = (await teller.transfer(ann, bob, 4)).value
        read = ledger.GetSettlementReceipt(teller.database.begin)

        async def balances(reader, role=COLLECTOR):
            receipt = await read(settlement_id=settled.id, actor=Actor(reader, role))
            return {entry.account.owner: entry.balance_after for entry in receipt.entries}

        assert await balances(ann) == {str(ann): 5}
        assert await balances(bob) == {str(bob): 4}
        assert await balances(teller.id, Role.ADMIN) == {str(ann): 5, str(bob): 4}
        with pytest.raises(SettlementNotFound):
            await balances(eve)

    async def test_who_took_a_card_may_read_the_receipt(self, teller):
        ann, bob, eve = await teller.someone(), await teller.someone(), await teller.someone()
        hold_id = await teller.listed_card(ann)
        async with teller.database.begin() as transaction:
            hold = await transaction.ledger.hold(hold_id)
            capture = ledger.CaptureHold(hold, ledger.MoveCard(hold.subject.card_id, ann, bob))
            settlement = ledger.Settlement(ledger.SettlementId(new_id()), "market.gift", (capture,))
            transaction.ledger.settle(settlement, teller.clock())
        read = ledger.GetSettlementReceipt(teller.database.begin)

        for party in (ann, bob):
            receipt = await read(settlement_id=settlement.id, actor=Actor(party, COLLECTOR))
            assert receipt.card_transfers == (ledger.CardTransfer(hold.subject.card_id, ann, bob),)
        with pytest.raises(SettlementNotFound):
            await read(settlement_id=settlement.id, actor=Actor(eve, COLLECTOR))
