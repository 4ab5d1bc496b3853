"""The reader of @flesh-and-blood/cards."""

import json
from itertools import permutations

import pytest

from ece_adapters.card_packages import BrokenPackage, CardPackage
from ece_adapters.card_packages.flesh_and_blood import cards_to_records
from ece_domain.cards import PackageWarning, PrintingDetails, SetCode

from .invented import blood_card, printings_of


def read(*cards: object) -> CardPackage:
    return cards_to_records(json.dumps(cards).encode())


def design_of(**changed: object) -> PrintingDetails:
    (printing,) = printings_of(read(blood_card(**changed)))
    return printing.details


def test_a_printing_keeps_all_that_is_printed_on_it():
    assert design_of() == PrintingDetails(
        number="ZZZ001",
        name="Zephyr Kick (Blue)",
        rarity="super-rare",
        finish="regular",
        artist="Ada Inkwell",
        rules="**Go again**",
        image="ZZZ001",
    )


def test_a_card_without_pitch_has_no_colour_in_its_name():
    assert design_of(pitch=None).name == "Zephyr Kick"


@pytest.mark.parametrize(("pitch", "color"), [(1, "Red"), (2, "Yellow"), (3, "Blue")])
def test_cards_of_one_name_differ_by_their_color(pitch, color):
    assert design_of(pitch=pitch).name == f"Zephyr Kick ({color})"


def test_foiling_is_the_finish():
    finishes = {foil: design_of(printing={"foiling": foil}).finish for foil in ("Cold", "Gold")}
    assert finishes == {"Cold": "cold-foil", "Gold": "gold-foil"}


def test_the_variant_has_edition_treatments_and_the_rest_of_the_key():
    printing = {
        "print": "ZZZ001-First-Cold-Full Art-Back",
        "edition": "First",
        "foiling": "Cold",
        "treatments": ["Alternate Art", "Full Art"],
    }
    assert design_of(printing=printing).variant == "First Edition, Alternate Art, Full Art, Back"


def test_several_artists_share_the_line():
    assert design_of(printing={"artists": ["Ada Inkwell", "Bo Brush"]}).artist == (
        "Ada Inkwell, Bo Brush"
    )


def test_a_set_has_a_code_from_its_name_and_the_rarities_from_the_most_frequent_on():
    card_set = read(blood_card(printing={"set": "Zest: Bo & Été"})).records[0]
    assert card_set.code == SetCode("fab-zest-bo-ete")
    ranks = [rarity.rank for rarity in card_set.release.rarities]
    assert ranks == sorted(ranks)
    assert card_set.release.rarity("fabled").rank > card_set.release.rarity("common").rank


def test_a_long_set_name_is_cut_to_a_code():
    name = "The Exceedingly Long-Winded Deck of Grandmother Zephyr"
    card_set = read(blood_card(printing={"set": name})).records[0]
    assert card_set.code == SetCode("fab-the-exceedingly-long-winded-deck-of")


def test_printings_with_the_same_key_have_a_stable_order():
    printings = [
        blood_card(printing={"artists": [artist], "treatments": treatments})["printings"][0]
        for artist, treatments in [("A", ["Full Art"]), ("B", ["Full Art"]), ("A", [])]
    ]
    orders = {
        printings_of(read(blood_card(printings=given))) for given in permutations(printings, 3)
    }
    assert len(orders) == 1
    assert len(orders.pop()) == 3


def test_white_space_around_a_text_is_left_out_and_reported():
    package = read(blood_card(functionalText="**Go again** \n"))
    assert package.records[1].details.rules == "**Go again**"
    what = "a text begins or ends in white space, which is left out"
    assert package.warnings == (PackageWarning("padded-text", "zephyr-kick-blue", what),)


@pytest.mark.parametrize("artists", [[], [""]])
def test_a_printing_without_an_artist_is_reported(artists):
    package = read(blood_card(printing={"artists": artists}))
    assert package.records[1].details.artist == ""
    assert [warning.name for warning in package.warnings] == ["no-artist"]


def test_a_printing_without_an_image_is_reported():
    card = blood_card()
    del card["printings"][0]["image"]
    package = read(card)
    assert package.records[1].details.image is None
    assert [(warning.name, warning.key) for warning in package.warnings] == [("no-image", "ZZZ001")]


PLACE = "card zephyr-kick-blue, printing ZZZ001"
ENTRY = "dist/index.js, 1. entry (zephyr-kick-blue)"
BROKEN = {
    "unknown rarity": ({"printing": {"rarity": "Mythic"}}, f"{PLACE}: unknown rarity Mythic"),
    "unknown foiling": ({"printing": {"foiling": "Tin"}}, f"{PLACE}: unknown foiling Tin"),
    "unknown pitch": ({"pitch": 4}, f"{ENTRY}, pitch: Invalid enum value 4"),
    "no print": ({"printings": [{}]}, f"{ENTRY}, printings[0]: Object missing required field"),
    "wrong type": ({"printing": {"set": 1}}, f"{ENTRY}, printings[0].set: Expected `str`"),
    "no number": ({"printing": {"identifier": ""}}, f"{PLACE}: cards.invalid-text"),
    "set without letters": ({"printing": {"set": "\t"}}, "card set ?: cards.invalid"),
}


@pytest.mark.parametrize(("changed", "message"), BROKEN.values(), ids=BROKEN)
def test_an_error_names_its_place(changed, message):
    with pytest.raises(BrokenPackage) as caught:
        read(blood_card(**changed))
    assert str(caught.value).startswith(message)


def test_two_sets_with_the_same_code_are_refused():
    cards = [blood_card(printing={"set": name}) for name in ("Zest!", "Zest?")]
    with pytest.raises(BrokenPackage, match=r"Zest\?: Zest! has its code fab-zest already"):
        read(*cards)


def test_the_names_of_sets_with_one_code_are_harmless_to_a_terminal():
    cards = [blood_card(printing={"set": name}) for name in ("Zest", "Zest\u202e!")]
    with pytest.raises(BrokenPackage) as caught:
        read(*cards)
    assert str(caught.value) == "card set Zest?!: Zest has its code fab-zest already"
