"""Imports of card sets are atomic, and a repeated import changes nothing."""

import pytest
from attrs import evolve

from ece_adapters.system import new_id
from ece_domain import cards
from ece_domain.cards import (
    CardSetRecord,
    ImportReport,
    InvalidImport,
    PrintingExists,
    PrintingFilter,
    PrintingRecord,
    PrintingsImported,
    RarityDefinition,
    SetCode,
    SetCodeTaken,
)
from ece_domain.cards.use_cases import import_card_sets
from ece_domain.identity import RoleNotAllowed
from ece_domain.kernel import PageRequest, Rate
from tests.contract.cards.conftest import RELEASE, printing_details
from tests.contract.cards.test_stores import outbox_of

COAST = CardSetRecord(key="C", code=SetCode("coast"), release=RELEASE)
HILLS = CardSetRecord(key="H", code=SetCode("hills"), release=RELEASE)


def a_record(key, number="1", card_set="C", **more):
    return PrintingRecord(key=key, card_set=card_set, details=printing_details(number, **more))


SOURCE = [COAST, a_record("c1", "1"), a_record("c2", "2"), HILLS, a_record("h1", card_set="H")]


@pytest.fixture
def take(world):
    use_case = cards.ImportCardSets(world.database.begin, world.clock, new_id)

    async def take(*records, source="game", actor=world.as_admin):
        return await use_case(source=source, records=iter(records), actor=actor)

    return take


async def printings_of(world):
    search = cards.SearchPrintings(world.database.begin)
    found = await search(filter=PrintingFilter(), page=PageRequest(100))
    return found.page.items


async def test_makes_sets_and_printings(world, take):
    report = await take(*SOURCE)
    made = await printings_of(world)

    assert report == ImportReport(sets_created=2, printings_created=3)
    assert sorted((printing.set_code, printing.number) for printing in made) == [
        ("coast", "1"),
        ("coast", "2"),
        ("hills", "1"),
    ]
    assert {printing.print_run for printing in made} == {None}


async def test_twice_changes_nothing(world, take):
    await take(*SOURCE)
    before, events = await printings_of(world), await outbox_of(world.database)
    report = await take(*SOURCE)

    assert report == ImportReport(sets_unchanged=2, printings_unchanged=3)
    assert await printings_of(world) == before
    assert await outbox_of(world.database) == events


async def test_applies_changes_of_the_source_and_keeps_edits_of_the_issuer(world, take):
    await take(*SOURCE)
    show_set = cards.GetCardSet(world.database.begin)
    coast = await show_set(code=COAST.code)
    await cards.EditCardSet(world.database.begin, world.clock)(
        code=COAST.code,
        changes=cards.CardSetChanges(royalty=Rate(10_000)),
        actor=world.as_admin,
        expected_version=coast.version,
    )
    renamed = evolve(COAST, release=evolve(RELEASE, name="Coast, revised"))
    report = await take(renamed, a_record("c1", "1", rules="Draw."), a_record("c2", "2"))

    assert report == ImportReport(sets_changed=1, printings_changed=1, printings_unchanged=1)
    changed = await show_set(code=COAST.code)
    assert (changed.release.name, changed.royalty) == ("Coast, revised", Rate(10_000))
    assert {printing.rules for printing in await printings_of(world)} == {"", "Draw."}


async def test_publishes_one_event_per_set(world, take):
    await take(*SOURCE)
    kinds = await outbox_of(world.database)
    assert kinds.count(PrintingsImported.kind) == 2
    assert kinds.count("cards.printing-added") == 0


async def test_reports_repeated_keys_and_numbers_and_loses_nothing(world, take):
    records = [COAST, a_record("c1", "1"), a_record("c1", "1"), a_record("c1#2", "2")]
    report = await take(*records)

    assert report.printings_created == 3
    assert [(warning.name, warning.key) for warning in report.warnings] == [
        ("repeated-key", "c1"),
        ("repeated-number", "c1"),
        ("repeated-key", "c1#2"),
    ]
    variants = sorted((p.number, p.variant) for p in await printings_of(world))
    assert variants == [("1", ""), ("1", "2"), ("2", "")]
    assert (await take(*records)).printings_unchanged == 3


async def test_moves_a_printing_to_the_set_that_its_source_names(world, take):
    await take(COAST, HILLS, a_record("c1"))
    report = await take(COAST, HILLS, a_record("c1", card_set="H"))

    assert report.printings_changed == 1
    assert [printing.set_code for printing in await printings_of(world)] == ["hills"]


@pytest.mark.parametrize(
    ("records", "key"),
    [
        ([COAST, a_record("c1"), COAST], "C"),
        ([a_record("c1"), COAST], "c1"),
        ([COAST, a_record("c1"), a_record("c2", "2", rarity="mythic")], "c2"),
    ],
)
async def test_a_record_that_breaks_a_rule_is_named_and_nothing_is_imported(
    world, take, records, key
):
    with pytest.raises(InvalidImport) as refused:
        await take(*records)

    assert refused.value.key == key
    assert await printings_of(world) == ()
    page = await cards.ListCardSets(world.database.begin)(page=PageRequest())
    assert page.items == ()


async def edit_set(world, **changes):
    coast = await cards.GetCardSet(world.database.begin)(code=COAST.code)
    await cards.EditCardSet(world.database.begin, world.clock)(
        code=COAST.code,
        changes=cards.CardSetChanges(**changes),
        actor=world.as_admin,
        expected_version=coast.version,
    )


async def edit_printing(world, number, /, **changes):
    """Edit the only printing of this number."""
    async with world.database.begin() as transaction:
        printings = await transaction.printings.of_source("game")
    [printing] = [each for each in printings.values() if each.details.number == number]
    await cards.EditPrinting(world.database.begin, world.clock)(
        printing_id=printing.id,
        changes=cards.PrintingChanges(**changes),
        actor=world.as_admin,
        expected_version=printing.version,
    )


async def release_of(world):
    return (await cards.GetCardSet(world.database.begin)(code=COAST.code)).release


def coast_with(**changes):
    return evolve(COAST, release=evolve(RELEASE, **changes))


COMMON, RARE = RELEASE.rarities
EPIC = RarityDefinition("epic", "Epic", 3)


class TestEdits:
    """Edits of the issuer after an import survive the next import."""

    async def test_stay_where_the_source_did_not_change(self, world, take):
        await take(*SOURCE)
        await edit_printing(world, "2", rules="Draw two cards.", rarity="rare")
        await edit_set(
            world,
            name="The Coast",
            rarities=(evolve(COMMON, label="Plentiful"), RARE, EPIC),
        )
        before, events = await printings_of(world), await outbox_of(world.database)
        report = await take(*SOURCE)

        assert report == ImportReport(sets_unchanged=2, printings_unchanged=3)
        assert await printings_of(world) == before
        assert (await release_of(world)).rarities == (
            evolve(COMMON, label="Plentiful"),
            RARE,
            EPIC,
        )
        assert await outbox_of(world.database) == events

    async def test_of_one_field_of_a_set_leave_the_others_to_the_source(self, world, take):
        await take(COAST)
        await edit_set(world, name="The Coast", rarities=(*RELEASE.rarities, EPIC))
        scarce = evolve(RARE, label="Scarce")
        report = await take(coast_with(declared_count=99, rarities=(COMMON, scarce)))

        assert (report.sets_changed, report.warnings) == (1, ())
        release = await release_of(world)
        assert (release.name, release.declared_count) == ("The Coast", 99)
        assert release.rarities == (COMMON, scarce, EPIC)

    async def test_stay_where_the_source_changed_too_and_the_report_names_them_once(
        self, world, take
    ):
        await take(*SOURCE)
        await edit_printing(world, "2", rules="Draw two cards.")
        await edit_set(world, name="The Coast", rarities=(evolve(COMMON, label="Plentiful"), RARE))
        changed = [
            coast_with(name="Coastline", rarities=(evolve(COMMON, label="Usual"), RARE)),
            a_record("c1", "1", rules="Burn."),
            a_record("c2", "2", rules="Draw 2 cards."),
        ]
        report = await take(*changed)

        assert [(warning.name, warning.key) for warning in report.warnings] == [
            ("kept-edit", "C"),
            ("kept-edit", "C"),
            ("kept-edit", "c2"),
        ]
        assert (report.printings_changed, report.printings_unchanged) == (1, 1)
        assert report.sets_unchanged == 1
        release = await release_of(world)
        assert (release.name, release.rarities[0].label) == ("The Coast", "Plentiful")
        rules = {printing.rules for printing in await printings_of(world)}
        assert rules == {"Burn.", "Draw two cards.", ""}
        assert await take(*changed) == ImportReport(sets_unchanged=1, printings_unchanged=2)

    async def test_that_equal_the_new_source_are_no_conflict(self, world, take):
        await take(*SOURCE)
        await edit_printing(world, "2", rules="Draw.")
        await edit_set(world, name="The Coast")
        changed = [coast_with(name="The Coast"), a_record("c2", "2", rules="Draw.")]

        assert await take(*changed) == ImportReport(sets_unchanged=1, printings_unchanged=1)
        later = [coast_with(name="Coast"), a_record("c2", "2", rules="Draw again.")]
        assert await take(*later) == ImportReport(sets_changed=1, printings_changed=1)

    async def test_that_took_the_number_of_a_new_record_make_it_a_variant(self, world, take):
        await take(COAST, a_record("c1", "1"))
        await edit_printing(world, "1", number="2")
        report = await take(COAST, a_record("c1", "1"), a_record("c2", "2"))

        assert [(warning.name, warning.key) for warning in report.warnings] == [
            ("repeated-number", "c2")
        ]
        found = {(printing.number, printing.variant) for printing in await printings_of(world)}
        assert found == {("2", ""), ("2", "2")}


class TestRarities:
    async def test_with_a_rank_that_the_issuer_used_get_the_nearest_free_one(self, world, take):
        await take(COAST)
        await edit_set(
            world, rarities=(*RELEASE.rarities, EPIC, RarityDefinition("promo", "Promo", 4))
        )
        mythic = RarityDefinition("mythic", "Mythic", 3)
        records = [
            coast_with(rarities=(*RELEASE.rarities, mythic)),
            a_record("c1", rarity="mythic"),
        ]
        report = await take(*records)

        assert report.printings_created == 1
        [warning] = report.warnings
        assert (warning.name, warning.key) == ("rank-taken", "C")
        assert warning.what == "rarity mythic gets rank 2: 3 is that of epic"
        assert evolve(mythic, rank=2) in (await release_of(world)).rarities
        assert await take(*records) == ImportReport(sets_unchanged=1, printings_unchanged=1)

    async def test_keep_their_ranks_and_stay_when_the_source_drops_them(self, world, take):
        await take(COAST, a_record("c1", rarity="rare"))
        records = [coast_with(rarities=(evolve(COMMON, rank=2),)), a_record("c2", "2")]
        report = await take(*records)

        assert [(warning.name, warning.what) for warning in report.warnings] == [
            ("kept-rank", "rarity common keeps rank 1: it has 2 there"),
            ("kept-definition", "rarity rare stays: the source has it no more"),
        ]
        assert report.printings_created == 1
        assert (await release_of(world)).rarities == RELEASE.rarities
        assert (await take(*records)).warnings == ()

    async def test_that_the_issuer_added_first_keep_their_label_and_rank(self, world, take):
        await take(COAST)
        await edit_set(world, rarities=(*RELEASE.rarities, EPIC))
        report = await take(
            coast_with(rarities=(*RELEASE.rarities, RarityDefinition("epic", "EPIC", 9)))
        )

        assert [warning.name for warning in report.warnings] == ["kept-rank", "kept-edit"]
        assert EPIC in (await release_of(world)).rarities


async def test_refuses_taken_codes(world, take):
    await world.create_set("coast")
    with pytest.raises(SetCodeTaken):
        await take(*SOURCE)
    assert await printings_of(world) == ()


async def add_by_hand(world, number):
    await cards.AddPrinting(world.database.begin, world.clock, new_id)(
        card_set=COAST.code, details=printing_details(number, name="Ours"), actor=world.as_admin
    )


def skipped(report):
    return [warning.key for warning in report.warnings if warning.name == "number-taken"]


class TestTakenPlaces:
    """An import skips only records with the number, finish and variant of another printing."""

    async def test_a_new_record_in_the_place_of_a_printing_added_by_hand(self, world, take):
        await take(COAST)
        await add_by_hand(world, "1")
        records = [COAST, a_record("c1", "1"), a_record("c2", "2"), a_record("c3", "1")]
        report = await take(*records)

        assert (report.printings_created, report.printings_skipped) == (2, 1)
        assert skipped(report) == ["c1"]
        found = {(p.number, p.variant, p.name == "Ours") for p in await printings_of(world)}
        assert found == {("1", "", True), ("1", "2", False), ("2", "", False)}
        again = await take(*records)
        assert (again.printings_unchanged, skipped(again)) == (2, ["c1"])

    async def test_a_record_that_moves_to_the_place_of_a_printing_added_by_hand(self, world, take):
        await take(COAST, a_record("c1", "1"))
        await add_by_hand(world, "2")
        moved = [COAST, a_record("c1", "2", rules="Draw."), a_record("c2", "1")]
        report = await take(*moved)

        assert (report.printings_created, report.printings_changed) == (0, 0)
        assert skipped(report) == ["c1", "c2"]
        found = {(p.number, p.rules, p.name == "Ours") for p in await printings_of(world)}
        assert found == {("1", "", False), ("2", "", True)}

    async def test_a_skipped_record_is_imported_once_its_place_is_free(self, world, take):
        await take(COAST, a_record("c1", "1"))
        await add_by_hand(world, "2")
        moved = [COAST, a_record("c1", "2")]
        assert skipped(await take(*moved)) == ["c1"]
        [ours] = [each for each in await printings_of(world) if each.number == "2"]
        await cards.EditPrinting(world.database.begin, world.clock)(
            printing_id=ours.id,
            changes=cards.PrintingChanges(number="9"),
            actor=world.as_admin,
            expected_version=1,
        )

        assert await take(*moved) == ImportReport(sets_unchanged=1, printings_changed=1)

    async def test_a_new_record_in_the_place_of_one_that_the_source_dropped(self, world, take):
        await take(COAST, a_record("c1", "1"))
        report = await take(COAST, a_record("c9", "1"), a_record("c2", "2"))

        assert (report.printings_created, skipped(report)) == (1, ["c9"])
        assert {p.number for p in await printings_of(world)} == {"1", "2"}

    async def test_a_printing_added_at_the_same_moment_is_not_overwritten(
        self, world, take, monkeypatch
    ):
        await take(COAST)
        await add_by_hand(world, "1")

        def see_nothing(importing, others):
            pass

        monkeypatch.setattr(import_card_sets._Importing, "skip_taken_places", see_nothing)
        with pytest.raises(PrintingExists):
            await take(COAST, a_record("c1", "1"))


async def test_is_for_admins(world, take):
    with pytest.raises(RoleNotAllowed):
        await take(*SOURCE, actor=world.as_ann)
