"""The reader of pokemon-tcg-pocket-database."""

import json
from datetime import date

import pytest

from ece_adapters.card_packages import BrokenPackage, CardPackage, read_tcg_pocket
from ece_domain.cards import (
    CardSetRecord,
    PackageWarning,
    PrintingDetails,
    RarityDefinition,
    SetCode,
)

from .invented import (
    encoded,
    packed,
    pocket,
    pocket_cards,
    pocket_rates,
    pocket_sets,
    printings_of,
    unpacked,
)


@pytest.fixture
def read(tmp_path):
    def unpack_and_read(**changed: object) -> CardPackage:
        return read_tcg_pocket(unpacked(encoded(pocket(**changed)), tmp_path))

    return unpack_and_read


def changed_card(nth: int, **changes: object) -> list[object]:
    cards = pocket_cards()
    cards[nth] |= changes
    return cards


def changed_set(**changes: object) -> object:
    card_sets = pocket_sets()
    card_sets["Z"][0] |= changes
    return card_sets


def test_a_sound_package_has_no_quirks(read):
    assert read().warnings == ()


def test_a_tarball_reads_like_the_folder(read, tmp_path):
    assert read_tcg_pocket(packed(encoded(pocket()), tmp_path / "z.tgz")) == read()


def test_each_set_comes_before_its_printings(read):
    keys = [record.key for record in read().records]
    assert keys == ["Z1", "Z1/1", "Z1/2", "PROMO-Z", "PROMO-Z/1"]


def test_a_set_keeps_name_date_and_count(read):
    first, promo = (record for record in read().records if isinstance(record, CardSetRecord))
    assert first.code == SetCode("ptcgp-z1")
    assert first.release.name == "Green Beginnings"
    assert first.release.released_on == date(2030, 1, 31)
    assert first.release.declared_count == 2
    assert promo.code == SetCode("ptcgp-promo-z")
    assert promo.release.released_on is None


def test_rarities_have_their_labels_and_the_order_of_their_scarcity(read):
    release = read().records[0].release
    assert release.rarities == (
        RarityDefinition("C", "Common", 10),
        RarityDefinition("UR", "Crown Rare", 110),
    )


def test_a_card_becomes_a_printing(read):
    details = PrintingDetails(
        number="1", name="Mossling", rarity="C", finish="regular", image="mossling.webp"
    )
    assert read().records[1].details == details


def test_printings_are_ordered_by_number(read):
    cards = [{**pocket_cards()[0], "number": number} for number in (10, 9, 1)]
    numbers = [printing.details.number for printing in printings_of(read(cards=cards))]
    assert numbers == ["1", "9", "10"]


def test_a_set_without_a_count_is_reported(read):
    package = read(sets=changed_set(count=None))
    what = "it does not say how many printings it has; there are 2"
    assert package.warnings == (PackageWarning("set-without-count", "Z1", what),)
    assert package.records[0].release.declared_count is None


def test_a_wrong_count_is_reported_and_imported(read):
    package = read(sets=changed_set(count=5))
    what = "it says that it has 5 printings; there are 2"
    assert package.warnings == (PackageWarning("wrong-set-count", "Z1", what),)
    assert package.records[0].release.declared_count == 5


def test_a_pack_that_the_set_does_not_list_is_reported(read):
    (warning,) = read(cards=changed_card(0, packs=["Fern", "Moss"])).warnings
    assert (warning.name, warning.key) == ("unlisted-pack", "Z1/Moss")


def test_rates_that_do_not_sum_to_a_hundred_are_reported_in_parts_per_million(read):
    rates = pocket_rates()
    rates["Z1"]["Regular Pack"]["slots"]["2"] = {"C": 99.959, "UR": 0.04}
    what = "rates do not sum to 100 % in slot 2: 999990 ppm"
    assert read(pullRates=rates).warnings == (
        PackageWarning("rates-not-whole", "Z1/Regular Pack", what),
    )


def test_rates_that_sum_to_a_hundred_only_in_decimals_are_fine(read):
    rates = pocket_rates()
    rates["Z1"]["Regular Pack"]["slots"]["1"] = {"C": 99.7, "UR": 0.1} | dict.fromkeys("ab", 0.1)
    assert [warning.name for warning in read(pullRates=rates).warnings] == [
        "rates-of-unknown-rarity"
    ]


def test_pull_rates_that_do_not_sum_to_100_percent_are_reported(read):
    rates = pocket_rates()
    rates["Z1"]["Regular Pack"]["appearance_rate"] = 99.95
    what = "its packs' odds sum to 999500 ppm"
    assert read(pullRates=rates).warnings == (PackageWarning("rates-not-whole", "Z1", what),)


def test_rates_of_unknown_rarities_and_sets_are_reported(read):
    rates = pocket_rates()
    rates["Z1"]["Regular Pack"]["slots"]["1"] = {"RF": 50, "CF": 50}
    rates["Z9"] = pocket_rates()["Z1"]
    unknown = "it has rates of unknown rarities: CF, RF"
    assert read(pullRates=rates).warnings == (
        PackageWarning("rates-of-unknown-rarity", "Z1/Regular Pack", unknown),
        PackageWarning("rates-of-unknown-set", "Z9", "there is no such set"),
    )


@pytest.mark.parametrize("rate", ["-0.1", "100.1", "1E-10", "1E999999999", '"sNaN"'])
def test_a_rate_that_is_no_share_is_refused(tmp_path, rate):
    rates = b'{"Z1": {"Regular Pack": {"appearance_rate": 100, "slots": {"1": {"C": %s}}}}}'
    files = encoded(pocket()) | {"dist/pullRates.json": rates % rate.encode()}
    message = r"pullRates\.json, Z1, \[\.\.\.\]: a rate is 0 to 100 %, with nine decimals at most"
    with pytest.raises(BrokenPackage, match=message):
        read_tcg_pocket(unpacked(files, tmp_path))


CARDS = "dist/cards.json"
BROKEN = {
    "unknown set": (
        {"cards": changed_card(1, set="Z9")},
        f"{CARDS}, 2. entry (Fernwyrm ex): dist/sets.json has no set Z9",
    ),
    "unknown rarity": (
        {"cards": changed_card(1, rarity="QQ")},
        f"{CARDS}, 2. entry (Fernwyrm ex): dist/rarities.json has no rarity QQ",
    ),
    "rarity of unknown scarcity": (
        {"rarities": {"QQ": {"label": "Odd"}}},
        "dist/rarities.json: unknown rarity QQ, of unknown scarcity",
    ),
    "field missing": (
        {"cards": [{"set": "Z1", "number": 1, "name": "Mossling"}]},
        f"{CARDS}, 1. entry (Mossling): Object missing required field `rarity`",
    ),
    "number of the wrong type": (
        {"cards": changed_card(2, number="1")},
        f"{CARDS}, 3. entry (Gift Mossling), number: Expected `int`, got `str`",
    ),
    "number out of range": (
        {"cards": changed_card(0, number=0)},
        f"{CARDS}, 1. entry (Mossling), number: Expected `int` >= 1",
    ),
    "card that is none": (
        {"cards": [*pocket_cards(), 7]},
        f"{CARDS}, 4. entry: Expected `object`, got `int`",
    ),
    "name that is empty": (
        {"cards": changed_card(0, name="")},
        f"{CARDS}, 1. entry (): cards.invalid-text",
    ),
    "control character": (
        {"cards": changed_card(0, name="Moss\x1b[2Jling")},
        f"{CARDS}, 1. entry (Moss?[2Jling): cards.invalid-text",
    ),
    "not a list": ({"cards": {}}, f"{CARDS}: Expected `array`, got `object`"),
    "set code": (
        {"sets": changed_set(code="Z_1")},
        "dist/sets.json, Z_1: cards.invalid-set-code",
    ),
    "set twice": (
        {"sets": {"Z": pocket_sets()["Z"], "Y": pocket_sets()["Z"]}},
        "card set Z1: Z1 has its code ptcgp-z1 already",
    ),
    "set without a name": (
        {"sets": changed_set(name={"de": "Anfang"})},
        "dist/sets.json, Z, 1. entry (Z1), name: Object missing required field `en`",
    ),
    "date": (
        {"sets": changed_set(releaseDate="2030-02-31")},
        "dist/sets.json, Z, 1. entry (Z1), releaseDate: Invalid RFC3339",
    ),
    "count": ({"sets": changed_set(count=0)}, "dist/sets.json, Z1: cards.invalid-count"),
    "rates": (
        {"pullRates": {"Z1": {"Regular Pack": {"appearance_rate": 100}}}},
        "dist/pullRates.json, Z1, [...]: Object missing required field `slots`",
    ),
}


@pytest.mark.parametrize(("changed", "message"), BROKEN.values(), ids=BROKEN)
def test_an_error_names_its_place(read, changed, message):
    with pytest.raises(BrokenPackage) as caught:
        read(**changed)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def broken_json(text: bytes, tmp_path) -> str:
    files = encoded(pocket()) | {CARDS: text}
    with pytest.raises(BrokenPackage) as caught:
        read_tcg_pocket(unpacked(files, tmp_path))
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (b'[\n  {"set": "Z1",}\n]', "line 2 column"),
        (b"[\n", "line 2 column 1"),
        (b"", "line 1 column 1"),
        (b"[]\n\n  x", "line 3 column 3"),
        (b'[\n{"name": "M\xff"}]', "line 2 column 12: not UTF-8"),
    ],
)
def test_json_that_is_none_is_named_by_line_and_column(tmp_path, text, place):
    assert broken_json(text, tmp_path).startswith(f"{CARDS}: {place}")


def test_a_file_that_was_cut_short_is_named_by_its_end(tmp_path):
    text = json.dumps(pocket_cards(), indent=2).encode()
    assert broken_json(text[:-3], tmp_path).startswith(f"{CARDS}: line 26 column 3")


def test_json_that_is_nested_too_deeply_is_refused(tmp_path):
    deep = b'[{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}]"
    assert CARDS in broken_json(deep, tmp_path)
