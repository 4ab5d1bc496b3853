"""Creating and editing sets and printings."""

import pytest
from attrs import evolve

from ece_adapters.genesis.printing_art import GenesisArt
from ece_adapters.system import new_id
from ece_domain import cards
from ece_domain.cards import (
    ArtNotFound,
    CardSetChanges,
    CardSetNotFound,
    DefinitionFixed,
    FinishDefinition,
    InvalidCount,
    NotTheIssuer,
    PrintingChanges,
    PrintingExists,
    PrintingId,
    PrintingNotFound,
    PrintRunExceeded,
    PrintRunFixed,
    RarityDefinition,
    RoyaltyTooHigh,
    SetCode,
    SetCodeTaken,
    UnknownDefinition,
)
from ece_domain.identity import RoleNotAllowed, UserId, UserNotFound
from ece_domain.kernel import (
    ConcurrentChange,
    IdempotencyKey,
    IdempotencyKeyReused,
    PageRequest,
    Rate,
)
from tests.contract.cards.conftest import RELEASE, printing_details

CODE = SetCode("moonlit")


@pytest.fixture
def edit_set(world):
    return cards.EditCardSet(world.database.begin, world.clock)


@pytest.fixture
def edit_printing(world):
    return cards.EditPrinting(world.database.begin, world.clock)


class TestCreatingASet:
    async def test_shows_it_under_its_code(self, world):
        created = await world.create_set()
        shown = await cards.GetCardSet(world.database.begin)(code=CODE)

        assert shown == created
        assert (shown.issuer_id, shown.creator_id, shown.royalty) == (
            world.issuer,
            world.issuer,
            Rate(0),
        )

    async def test_a_repeated_request_creates_one_and_gets_it_as_it_was_new(self, world):
        create = cards.CreateCardSet(world.database.begin, world.clock, new_id)
        asked = {
            "code": CODE,
            "release": RELEASE,
            "issuer_id": world.issuer,
            "actor": world.as_admin,
            "key": IdempotencyKey("once"),
        }
        first = await create(**asked)
        edit = cards.EditCardSet(world.database.begin, world.clock)
        changes = cards.CardSetChanges(name="Renamed")
        await edit(code=CODE, changes=changes, actor=world.as_issuer, expected_version=None)

        again = await create(**asked)

        assert (first.is_replayed, again.is_replayed) == (False, True)
        assert again.value == first.value
        with pytest.raises(IdempotencyKeyReused):
            await create(**{**asked, "royalty": Rate(1)})

    async def test_is_for_admins(self, world):
        create = cards.CreateCardSet(world.database.begin, world.clock, new_id)
        with pytest.raises(RoleNotAllowed):
            await create(code=CODE, release=RELEASE, issuer_id=world.ann, actor=world.as_ann)

    async def test_refuses_an_issuer_or_creator_who_is_no_user(self, world):
        create = cards.CreateCardSet(world.database.begin, world.clock, new_id)
        nobody = UserId(new_id())
        with pytest.raises(UserNotFound):
            await create(code=CODE, release=RELEASE, issuer_id=nobody, actor=world.as_admin)
        with pytest.raises(UserNotFound):
            await create(
                code=CODE,
                release=RELEASE,
                issuer_id=world.ann,
                creator_id=nobody,
                actor=world.as_admin,
            )

    async def test_refuses_a_code_that_is_taken(self, world):
        await world.create_set()
        with pytest.raises(SetCodeTaken):
            await world.create_set()

    async def test_lists_all_sets_by_code_page_by_page(self, world):
        for code in ("c", "a", "b"):
            await world.create_set(code)
        list_sets = cards.ListCardSets(world.database.begin)
        first = await list_sets(page=PageRequest(2))
        second = await list_sets(page=PageRequest(2, first.next))

        listed = [card_set.code.text for card_set in (*first.items, *second.items)]
        assert listed == ["a", "b", "c"]
        assert second.next is None


class TestEditingASet:
    async def test_changes_the_given_fields_and_keeps_the_rest(self, world, edit_set):
        created = await world.create_set()
        release = evolve(
            RELEASE,
            name="Moonlit Shore",
            rarities=(*RELEASE.rarities, RarityDefinition("epic", "Epic", 3)),
        )
        edited = await edit_set(
            code=CODE,
            changes=CardSetChanges(
                name=release.name, rarities=release.rarities, royalty=Rate(50_000)
            ),
            actor=world.as_issuer,
            expected_version=1,
        )

        assert edited == evolve(created, version=2, release=release, royalty=Rate(50_000))
        assert await cards.GetCardSet(world.database.begin)(code=CODE) == edited

    async def test_lowers_its_royalty(self, world, edit_set):
        await world.create_set()
        for version, ppm in ((1, 50_000), (2, 10_000), (3, 0)):
            await edit_set(
                code=CODE,
                changes=CardSetChanges(royalty=Rate(ppm)),
                actor=world.as_issuer,
                expected_version=version,
            )
            saved = await cards.GetCardSet(world.database.begin)(code=CODE)
            assert saved.royalty == Rate(ppm)

    @pytest.mark.parametrize(
        ("changed", "refusal"),
        [
            ({"rarities": RELEASE.rarities[:1]}, DefinitionFixed),
            (
                {"finishes": (FinishDefinition("plain", "Plain", 9), RELEASE.finishes[1])},
                DefinitionFixed,
            ),
        ],
    )
    async def test_keeps_definitions_that_printings_refer_to(
        self, world, edit_set, changed, refusal
    ):
        await world.create_set()
        with pytest.raises(refusal):
            await edit_set(
                code=CODE,
                changes=CardSetChanges(**changed),
                actor=world.as_issuer,
                expected_version=1,
            )

    async def test_refuses_others_stale_copies_and_high_royalties(self, world, edit_set):
        await world.create_set()
        right = {
            "code": CODE,
            "changes": CardSetChanges(royalty=Rate(0)),
            "actor": world.as_issuer,
            "expected_version": 1,
        }
        with pytest.raises(NotTheIssuer):
            await edit_set(**{**right, "actor": world.as_ann})
        with pytest.raises(ConcurrentChange):
            await edit_set(**{**right, "expected_version": 7})
        with pytest.raises(RoyaltyTooHigh):
            await edit_set(**{**right, "changes": CardSetChanges(royalty=Rate(100_001))})
        with pytest.raises(CardSetNotFound):
            await edit_set(**{**right, "code": SetCode("nowhere")})
        await edit_set(**{**right, "actor": world.as_admin})


class TestPrintings:
    @pytest.mark.parametrize("image", ["http://a.example/1.png", "//a.example/1.png", "data:,a"])
    async def test_keep_their_image_if_an_edit_names_one_that_is_unsafe(
        self, world, edit_printing, image
    ):
        await world.create_set()
        printing = await world.add(printing_details(image="art/1.png"))
        with pytest.raises(cards.InvalidImage):
            await edit_printing(
                printing_id=printing.id,
                changes=PrintingChanges(image=image),
                actor=world.as_issuer,
                expected_version=1,
            )
        shown = await cards.GetPrinting(world.database.begin)(printing_id=printing.id)
        assert shown.image == "art/1.png"

    async def test_are_shown_with_their_set(self, world):
        await world.create_set()
        printing = await world.add(
            printing_details(artist="Ida Lund", image="art/1.png"), print_run=50
        )
        shown = await cards.GetPrinting(world.database.begin)(printing_id=printing.id)

        assert (shown.set_code, shown.set_name) == ("moonlit", "Moonlit Coast")
        assert (shown.name, shown.artist, shown.image) == ("Tide Wyrm", "Ida Lund", "art/1.png")
        assert (shown.print_run, shown.minted_count, shown.version) == (50, 0, 1)

    async def test_refuse_unknown_sets_and_definitions(self, world):
        with pytest.raises(CardSetNotFound):
            await world.add(printing_details())
        await world.create_set()
        with pytest.raises(UnknownDefinition):
            await world.add(printing_details(rarity="mythic"))
        with pytest.raises(UnknownDefinition):
            await world.add(printing_details(finish="gold"))
        with pytest.raises(InvalidCount):
            await world.add(printing_details(), print_run=0)

    async def test_refuse_the_same_number_finish_and_variant_twice(self, world):
        await world.create_set()
        await world.add(printing_details())
        with pytest.raises(PrintingExists):
            await world.add(printing_details(name="Another"))
        await world.add(printing_details(finish="foil"))
        await world.add(printing_details(variant="alternative art"))

    async def test_a_repeated_request_adds_one_and_gets_it_as_it_was_new(self, world):
        await world.create_set()
        add = cards.AddPrinting(world.database.begin, world.clock, new_id)
        asked = {
            "card_set": CODE,
            "details": printing_details(),
            "print_run": 5,
            "actor": world.as_issuer,
            "key": IdempotencyKey("once"),
        }
        first = await add(**asked)
        await world.mint(first.value, 2)

        again = await add(**asked)

        assert (first.is_replayed, again.is_replayed) == (False, True)
        assert again.value == first.value
        with pytest.raises(IdempotencyKeyReused):
            await add(**{**asked, "print_run": 6})

    async def test_are_added_by_the_issuer_alone(self, world):
        await world.create_set()
        add = cards.AddPrinting(world.database.begin, world.clock, new_id)
        with pytest.raises(NotTheIssuer):
            await add(card_set=CODE, details=printing_details(), actor=world.as_ann)

    async def test_are_edited_by_the_issuer(self, world, edit_printing):
        await world.create_set()
        printing = await world.add(printing_details(artist="Ida Lund"))
        right = {
            "printing_id": printing.id,
            "changes": PrintingChanges(
                number="002", name="Tide Dragon", rarity="rare", print_run=3
            ),
            "actor": world.as_issuer,
            "expected_version": 1,
        }
        with pytest.raises(NotTheIssuer):
            await edit_printing(**{**right, "actor": world.as_ann})
        with pytest.raises(ConcurrentChange):
            await edit_printing(**{**right, "expected_version": 2})
        with pytest.raises(UnknownDefinition):
            await edit_printing(**{**right, "changes": PrintingChanges(rarity="mythic")})
        with pytest.raises(PrintingNotFound):
            await edit_printing(**{**right, "printing_id": PrintingId(new_id())})

        edited = await edit_printing(**right)
        assert edited == await cards.GetPrinting(world.database.begin)(printing_id=printing.id)
        assert (edited.number, edited.name, edited.rarity) == ("002", "Tide Dragon", "rare")
        assert (edited.artist, edited.print_run, edited.version) == ("Ida Lund", 3, 2)
        async with world.database.begin() as transaction:
            assert (await transaction.printings.get(printing.id)).rarity_rank == 5

    async def test_keep_a_print_run_that_holds_all_copies(self, world, edit_printing):
        await world.create_set()
        printing = await world.add(printing_details(), print_run=5)
        await world.mint(printing, 3)
        with pytest.raises(PrintRunExceeded):
            await edit_printing(
                printing_id=printing.id,
                changes=PrintingChanges(print_run=2),
                actor=world.as_issuer,
                expected_version=2,
            )

    @pytest.mark.parametrize("print_run", [6, None])
    async def test_refuse_to_raise_or_remove_a_print_run_of_which_copies_exist(
        self, world, edit_printing, print_run
    ):
        await world.create_set()
        printing = await world.add(printing_details(), print_run=5)
        await world.mint(printing, 1)
        with pytest.raises(PrintRunFixed) as refused:
            await edit_printing(
                printing_id=printing.id,
                changes=PrintingChanges(print_run=print_run),
                actor=world.as_issuer,
                expected_version=2,
            )
        assert (refused.value.print_run, refused.value.minted) == (5, 1)

    @pytest.mark.parametrize(("print_run", "later"), [(5, 4), (None, 7)])
    async def test_lower_or_close_the_print_run_while_copies_exist(
        self, world, edit_printing, print_run, later
    ):
        await world.create_set()
        printing = await world.add(printing_details(), print_run=print_run)
        await world.mint(printing, 3)
        edited = await edit_printing(
            printing_id=printing.id,
            changes=PrintingChanges(print_run=later),
            actor=world.as_issuer,
            expected_version=2,
        )
        assert (edited.print_run, edited.minted_count) == (later, 3)

    async def test_raise_a_print_run_before_the_first_copy(self, world, edit_printing):
        await world.create_set()
        printing = await world.add(printing_details(), print_run=5)
        edited = await edit_printing(
            printing_id=printing.id,
            changes=PrintingChanges(print_run=None),
            actor=world.as_issuer,
            expected_version=1,
        )
        assert edited.print_run is None


async def test_an_edit_is_one_transaction_and_keeps_unset_fields(world):
    await world.create_set()
    printing = await world.add(printing_details(artist="Ida Lund"), print_run=5)
    begun = []

    def begin(**origin):
        begun.append(origin)
        return world.database.begin(**origin)

    edited = await cards.EditPrinting(begin, world.clock)(
        printing_id=printing.id,
        changes=PrintingChanges(name="Tide Dragon"),
        actor=world.as_issuer,
        expected_version=1,
    )
    renamed = await cards.EditCardSet(begin, world.clock)(
        code=CODE,
        changes=CardSetChanges(name="Moonlit Shore"),
        actor=world.as_issuer,
        expected_version=1,
    )

    assert len(begun) == 2
    assert (edited.name, edited.artist, edited.print_run) == ("Tide Dragon", "Ida Lund", 5)
    assert renamed.release == evolve(RELEASE, name="Moonlit Shore")


class TestArt:
    async def test_is_the_drawing_of_the_image_reference(self, world):
        await world.create_set()
        printing = await world.add(printing_details(image="genesis:1:17"))
        drawing = await self.show(world)(printing_id=printing.id)

        assert drawing == GenesisArt().artwork_of("genesis:1:17")
        assert drawing.content.startswith(b"<svg")

    @pytest.mark.parametrize("image", [None, "art/1.png", "genesis:1:301", "genesis:1:0"])
    async def test_is_not_found_for_other_images(self, world, image):
        await world.create_set()
        printing = await world.add(printing_details(image=image))
        with pytest.raises(ArtNotFound):
            await self.show(world)(printing_id=printing.id)

    @staticmethod
    def show(world):
        return cards.GetPrintingArt(world.database.begin, GenesisArt())
