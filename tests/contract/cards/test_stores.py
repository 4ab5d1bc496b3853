"""The contract of every store of sets, printings and cards."""

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings

from ece_adapters.memory import MemoryDatabase
from ece_adapters.system import new_id
from ece_domain.cards import (
    AlreadyImported,
    Card,
    CardId,
    CardNotFound,
    CardSet,
    CardSetChanges,
    CardSetCreated,
    CardSetId,
    CardSetNotFound,
    CertificateTaken,
    Grade,
    Origin,
    Printing,
    PrintingExists,
    PrintingId,
    PrintingNotFound,
    PrintRunFixed,
    SetCode,
    SetCodeTaken,
)
from ece_domain.identity import UserId
from ece_domain.kernel import ConcurrentChange, Rate
from tests.clock import SettableClock
from tests.contract.cards.conftest import RELEASE, printing_details
from tests.strategies.cards import assessments, card_sets, designs, printings, releases
from tests.strategies.identity import moments

on_one_database = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ANN, BOB = UserId(new_id()), UserId(new_id())
NOW = SettableClock().moment


def a_set(code="one", origin=None):
    created = CardSet.create(
        CardSetId(new_id()),
        code=SetCode(code),
        issuer_id=ANN,
        creator_id=ANN,
        royalty=Rate(0),
        release=RELEASE,
        now=NOW,
    )
    return evolve(created, origin=origin)


def a_printing(card_set, number="001", origin=None):
    return Printing(
        id=PrintingId(new_id()),
        card_set_id=card_set.id,
        details=printing_details(number),
        rarity_rank=1,
        created_at=NOW,
        updated_at=NOW,
        origin=origin,
    )


def a_card(printing, serial=1, **more):
    return Card(
        id=CardId(new_id()),
        printing_id=printing.id,
        serial=serial,
        **{"owner_id": ANN, "minted_to_id": ANN, "minted_at": NOW, "updated_at": NOW, **more},
    )


def fresh(aggregate, **more):
    """The same with a new id and origin, as the examples share one database."""
    own = new_id()
    if aggregate.origin:
        more["origin"] = evolve(aggregate.origin, key=own.hex)
    return evolve(aggregate, id=own, **more)


async def save(database, *, sets=(), printed=(), minted=()):
    async with database.begin() as transaction:
        for card_set in sets:
            transaction.card_sets.save(card_set)
        transaction.printings.save(*printed)
        if minted:
            await transaction.cards.add(minted)


async def save_card(database, card):
    async with database.begin() as transaction:
        transaction.cards.save(card)


async def saved_printing(database):
    card_set = a_set(f"set-{new_id()}")
    printing = a_printing(card_set)
    await save(database, sets=[card_set])
    await save(database, printed=[printing])
    return printing


async def saved_card(database):
    card = a_card(await saved_printing(database))
    await save(database, minted=[card])
    return card.saved


async def card_in(database, card):
    async with database.begin() as transaction:
        return await transaction.cards.get(card.id)


async def outbox_of(database):
    if isinstance(database, MemoryDatabase):
        return [published.event.kind for published in database.outbox]
    async with database.begin() as transaction:
        rows = await transaction.unit.fetch("SELECT kind FROM outbox ORDER BY number")
    return [row["kind"] for row in rows]


class TestSets:
    @on_one_database
    @given(card_set=card_sets, release=releases)
    async def test_are_loaded_as_they_were_saved(self, database, card_set, release):
        card_set = fresh(card_set, code=SetCode(new_id().hex))
        await save(database, sets=[card_set])
        edited = evolve(
            card_set.saved, release=release, royalty=Rate(77), issuer_id=BOB, creator_id=ANN
        )
        await save(database, sets=[edited])

        async with database.begin() as transaction:
            assert await transaction.card_sets.get(card_set.id) == edited.saved
            assert await transaction.card_sets.with_code(card_set.code) == edited.saved

    async def test_are_found_by_the_source_they_came_from(self, database):
        ours = a_set("ours", Origin("our-game", "A"))
        theirs = a_set("theirs", Origin("their-game", "A"))
        await save(database, sets=[ours, theirs, a_set("nobodys")])

        async with database.begin() as transaction:
            assert await transaction.card_sets.of_source("our-game") == {"A": ours.saved}

    async def test_that_were_never_saved_are_not_found(self, database):
        async with database.begin() as transaction:
            with pytest.raises(CardSetNotFound):
                await transaction.card_sets.get(CardSetId(new_id()))
            with pytest.raises(CardSetNotFound):
                await transaction.card_sets.with_code(SetCode("nowhere"))

    async def test_refuse_a_stale_save(self, database):
        card_set = a_set()
        await save(database, sets=[card_set])
        await save(database, sets=[card_set.saved])

        with pytest.raises(ConcurrentChange):
            await save(database, sets=[card_set.saved])
        with pytest.raises(ConcurrentChange):
            await save(database, sets=[card_set])

    async def test_refuse_a_code_and_an_origin_that_are_taken(self, database):
        origin = Origin("game", "A")
        await save(database, sets=[a_set("one", origin)])

        with pytest.raises(SetCodeTaken):
            await save(database, sets=[a_set("one", origin)])
        with pytest.raises(AlreadyImported):
            await save(database, sets=[a_set("two", origin)])

    async def test_leave_nothing_behind_when_the_transaction_fails(self, database):
        with pytest.raises(SetCodeTaken):
            await save(database, sets=[a_set("one"), a_set("one")])

        async with database.begin() as transaction:
            with pytest.raises(CardSetNotFound):
                await transaction.card_sets.with_code(SetCode("one"))
        assert await outbox_of(database) == []

    async def test_publish_their_events_in_order(self, database):
        card_set = a_set()
        await save(database, sets=[card_set])
        await save(database, sets=[card_set.saved.edit(CardSetChanges(royalty=Rate(1)), now=NOW)])

        assert await outbox_of(database) == [CardSetCreated.kind, "cards.card-set-edited"]


class TestPrintings:
    @on_one_database
    @given(first=printings(new_id()), details=designs)
    async def test_are_loaded_as_they_were_saved(self, database, first, details):
        card_set = a_set(f"set-{new_id()}")
        printing = fresh(first, card_set_id=card_set.id)
        await save(database, sets=[card_set], printed=[printing])
        edited = evolve(
            printing.saved, details=details, rarity_rank=9, print_run=max(1, printing.minted_count)
        )
        await save(database, printed=[edited])

        async with database.begin() as transaction:
            assert await transaction.printings.get(printing.id) == edited.saved
            if printing.origin:
                ours = await transaction.printings.of_source(printing.origin.source)
                assert ours[printing.origin.key] == edited.saved

    async def test_that_were_never_saved_are_not_found(self, database):
        async with database.begin() as transaction:
            with pytest.raises(PrintingNotFound):
                await transaction.printings.get(PrintingId(new_id()))

    async def test_refuse_a_stale_save(self, database):
        printing = await saved_printing(database)
        await save(database, printed=[printing.saved])

        with pytest.raises(ConcurrentChange):
            await save(database, printed=[printing.saved])
        with pytest.raises(ConcurrentChange):
            await save(database, printed=[printing])

    async def test_refuse_a_place_and_an_origin_that_are_taken(self, database):
        card_set, origin = a_set(), Origin("game", "A")
        await save(database, sets=[card_set], printed=[a_printing(card_set, "001", origin)])

        with pytest.raises(PrintingExists):
            await save(database, printed=[a_printing(card_set, "001")])
        with pytest.raises(AlreadyImported):
            await save(database, printed=[a_printing(card_set, "002", origin)])

    async def test_may_swap_their_numbers(self, database):
        card_set = a_set()
        one, two = a_printing(card_set, "001"), a_printing(card_set, "002")
        await save(database, sets=[card_set], printed=[one, two])
        swapped = [evolve(one.saved, details=two.details), evolve(two.saved, details=one.details)]
        await save(database, printed=swapped)

        async with database.begin() as transaction:
            assert (await transaction.printings.get(one.id)).details.number == "002"

    async def test_give_up_the_place_that_they_leave(self, database):
        card_set = a_set()
        one = a_printing(card_set, "001")
        await save(database, sets=[card_set], printed=[one])
        await save(database, printed=[evolve(one.saved, details=printing_details("009"))])

        await save(database, printed=[a_printing(card_set, "001")])

    async def test_are_saved_all_or_none(self, database):
        card_set = a_set()
        one = a_printing(card_set, "001")
        await save(database, sets=[card_set])
        with pytest.raises(PrintingExists):
            await save(database, printed=[one, a_printing(card_set, "001")])

        async with database.begin() as transaction:
            with pytest.raises(PrintingNotFound):
                await transaction.printings.get(one.id)

    async def test_keep_their_places_when_a_change_is_refused(self, database):
        card_set = a_set()
        one, two = a_printing(card_set, "001"), a_printing(card_set, "002")
        await save(database, sets=[card_set], printed=[one, two])
        moved = evolve(one.saved, details=printing_details("003"))
        stale = evolve(two, details=printing_details("004"))
        with pytest.raises(ConcurrentChange):
            await save(database, printed=[moved, stale])

        for number in ("001", "002"):
            with pytest.raises(PrintingExists):
                await save(database, printed=[a_printing(card_set, number)])

    @pytest.mark.parametrize("print_run", [11, None])
    async def test_keep_the_print_run_of_which_copies_exist(self, database, print_run):
        card_set = a_set()
        printing = evolve(a_printing(card_set), print_run=10, minted_count=1)
        await save(database, sets=[card_set], printed=[printing])

        with pytest.raises(PrintRunFixed):
            await save(database, printed=[evolve(printing.saved, print_run=print_run)])
        await save(database, printed=[evolve(printing.saved, print_run=9)])


class TestCards:
    @on_one_database
    @given(
        assessment=assessments,
        later=assessments,
        minted_at=moments,
        updated_at=moments,
    )
    async def test_are_loaded_as_they_were_saved(
        self, database, assessment, later, minted_at, updated_at
    ):
        card = a_card(
            await saved_printing(database),
            serial=7,
            minted_at=minted_at,
            assessment=_own(assessment),
        )
        await save(database, minted=[card])
        assert await card_in(database, card) == card.saved

        reassessed = evolve(card.saved, assessment=_own(later), updated_at=updated_at)
        await save_card(database, reassessed)
        assert await card_in(database, card) == reassessed.saved

    async def test_that_were_never_minted_are_not_found(self, database):
        async with database.begin() as transaction:
            with pytest.raises(CardNotFound):
                await transaction.cards.get(CardId(new_id()))

    async def test_refuse_a_serial_that_is_taken(self, database):
        printing = await saved_printing(database)
        await save(database, minted=[a_card(printing, 1), a_card(printing, 2)])

        with pytest.raises(ConcurrentChange):
            await save(database, minted=[a_card(printing, 3), a_card(printing, 2)])
        await save(database, minted=[a_card(printing, 3)])

    async def test_refuse_a_stale_save(self, database):
        card = await saved_card(database)
        await save_card(database, card)

        with pytest.raises(ConcurrentChange):
            await save_card(database, card)

    async def test_refuse_a_save_after_a_change_of_the_ledger(self, database):
        card = await saved_card(database)

        with pytest.raises(ConcurrentChange):
            await save_card(database, evolve(card, owner_id=BOB))
        with pytest.raises(ConcurrentChange):
            await save_card(database, evolve(card, is_held=True))

    async def test_refuse_a_certificate_that_another_card_has(self, database):
        one, two = await saved_card(database), await saved_card(database)
        await save_card(database, evolve(one, assessment=Grade("PSA", "9", "12345678")))

        with pytest.raises(CertificateTaken):
            await save_card(database, evolve(two, assessment=Grade("PSA", "8", "12345678")))
        await save_card(database, evolve(two, assessment=Grade("BGS", "8", "12345678")))

    async def test_keep_a_certificate_that_a_later_grade_replaced(self, database):
        one, two = await saved_card(database), await saved_card(database)
        graded = evolve(one, assessment=Grade("PSA", "9", "12345678"))
        await save_card(database, graded)
        regraded = evolve(graded.saved, assessment=Grade("PSA", "9", "87654321"))
        await save_card(database, regraded)

        with pytest.raises(CertificateTaken):
            await save_card(database, evolve(two, assessment=Grade("PSA", "8", "12345678")))
        await save_card(database, evolve(regraded.saved, assessment=graded.assessment))

    async def test_refuse_a_certificate_that_is_taken_when_they_are_minted(self, database):
        one = await saved_card(database)
        nine = Grade("PSA", "9", "12345678")
        await save_card(database, evolve(one, assessment=nine))

        with pytest.raises(CertificateTaken):
            await save(database, minted=[a_card(await saved_printing(database), assessment=nine)])

    async def test_may_be_added_before_the_printing_that_the_transaction_saves_later(
        self, database
    ):
        card_set = a_set()
        printing = a_printing(card_set)
        card = a_card(printing)
        async with database.begin() as transaction:
            await transaction.cards.add([card])
            transaction.printings.save(printing)
            transaction.card_sets.save(card_set)

        assert await card_in(database, card) == card.saved


def _own(assessment):
    """The same with a new certificate, as the examples share one database."""
    if isinstance(assessment, Grade):
        return evolve(assessment, certificate=new_id().hex[-20:])
    return assessment
