from collections import Counter
from itertools import pairwise

from ece_adapters.genesis import FINISHES, RARITIES, printings


def test_numbers_three_hundred_printings_without_a_gap():
    assert [printing.number for printing in printings()] == list(range(1, 301))


def test_gives_every_printing_a_name_of_its_own():
    assert len({printing.name for printing in printings()}) == 300


def test_makes_the_same_set_from_the_same_seed_and_another_from_another():
    assert printings(7) == printings(7)
    assert printings(7) != printings(8)


def test_builds_a_pyramid_of_rarities():
    counts = Counter(printing.rarity for printing in printings())

    assert [counts[rarity.code] for rarity in RARITIES] == [120, 84, 54, 30, 12]


def test_prints_the_rarer_in_smaller_runs():
    for frequent, rare in pairwise(RARITIES):
        assert min(frequent.print_runs) > max(rare.print_runs)

    runs = {rarity.code: rarity.print_runs for rarity in RARITIES}
    assert all(printing.print_run in runs[printing.rarity] for printing in printings())


def test_gives_every_family_the_same_number_of_printings():
    assert set(Counter(printing.family for printing in printings()).values()) == {50}


def test_finishes_every_legendary_as_foil_and_most_commons_as_regular():
    finishes = Counter((printing.rarity, printing.finish) for printing in printings())

    assert finishes["legendary", "foil"] == 12
    assert finishes["common", "regular"] > 90
    assert {finish for _, finish in finishes} == set(FINISHES)


def test_has_rules_a_saying_and_about_a_dozen_artists():
    made = printings()

    assert all(printing.text == f"{printing.rules} {printing.flavor}" for printing in made)
    assert not any("{" in printing.text for printing in made)
    assert len({printing.artist for printing in made}) == 12
