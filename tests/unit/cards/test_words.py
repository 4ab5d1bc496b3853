"""The rules of texts, codes, conditions and grades, and of search words."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from ece_adapters.memory.cards.trigrams import similarity
from ece_domain.cards import (
    CONDITIONS,
    CardSet,
    CardSetId,
    Condition,
    ConditionScale,
    FinishDefinition,
    Grade,
    InvalidCount,
    InvalidDefinitions,
    InvalidGrade,
    InvalidImage,
    InvalidSetCode,
    InvalidText,
    Printing,
    PrintingDetails,
    PrintingFilter,
    PrintingId,
    PrintRunExceeded,
    RarityDefinition,
    Release,
    RoyaltyTooHigh,
    SetCode,
    TooManyWords,
    UnknownCondition,
    UnknownDefinition,
)
from ece_domain.cards.storage import name_key, number_key, words_of
from ece_domain.identity import UserId
from ece_domain.kernel import Rate
from tests.strategies.cards import designs, releases
from tests.strategies.identity import uuids

_ID = UUID(int=1)
NOW = datetime(2026, 1, 2, tzinfo=UTC)
DESIGN = PrintingDetails(number="1", name="Tide Wyrm", rarity="common", finish="plain")
RELEASE = Release(
    name="Coast",
    rarities=(RarityDefinition("common", "C", 1),),
    finishes=(FinishDefinition("plain", "P", 1),),
)


class TestTexts:
    @pytest.mark.parametrize(
        "name", ["", " x", "x ", "a\nb", "a\0b", "a\x9fb", "\ud800", "n" * 201]
    )
    def test_refuse_texts_that_are_not_one_line(self, name):
        with pytest.raises(InvalidText) as refused:
            evolve(DESIGN, name=name)
        assert (refused.value.field, refused.value.longest) == ("name", 200)

    def test_have_several_lines_only_where_rules_are_written(self):
        assert evolve(DESIGN, rules="Draw.\nDraw again.").rules == "Draw.\nDraw again."
        with pytest.raises(InvalidText):
            evolve(DESIGN, rules="tab\tbed")
        with pytest.raises(InvalidText):
            evolve(DESIGN, rules="x" * 4001)

    def test_an_image_may_be_missing_and_not_empty(self):
        assert evolve(DESIGN, image=None).image is None
        with pytest.raises(InvalidText):
            evolve(DESIGN, image="")

    @pytest.mark.parametrize(
        "image",
        [
            "https://cards.example/a.png?x=1:2",
            "art/1.png",
            "/art/1.png",
            "1 2.webp",
            "genesis:1:17",
        ],
    )
    def test_an_image_is_https_a_path_or_a_drawing(self, image):
        assert evolve(DESIGN, image=image).image == image

    @pytest.mark.parametrize(
        "image",
        [
            "http://cards.example/a.png",
            "HTTPS://cards.example/a.png",
            "https://",
            "https://cards.example/a b",
            "//cards.example/a.png",
            "/\\cards.example/a.png",
            "\\\\cards.example\\a.png",
            "javascript:alert(1)",
            "data:image/svg+xml,<svg/>",
            "file:///etc/passwd",
            "genesis:1",
            "genesis:1:17:2",
            "/",
        ],
    )
    def test_an_image_is_nothing_that_a_page_runs_or_loads_in_clear(self, image):
        with pytest.raises(InvalidImage):
            evolve(DESIGN, image=image)


class TestSetCodes:
    def test_are_in_lower_case(self):
        assert str(SetCode("Flesh-And-1HP")) == "flesh-and-1hp"

    @pytest.mark.parametrize("code", ["", "-", "a-", "a--b", "a b", "ä", "\u212aay", "a" * 41])
    def test_refuse_codes_that_are_not_valid_in_urls(self, code):
        with pytest.raises(InvalidSetCode):
            SetCode(code)


class TestReleases:
    @pytest.mark.parametrize(
        "rarities",
        [
            (),
            (RarityDefinition("a", "A", 1), RarityDefinition("a", "B", 2)),
            (RarityDefinition("a", "A", 1), RarityDefinition("b", "B", 1)),
            tuple(RarityDefinition(f"{n}", "A", n) for n in range(101)),
        ],
    )
    def test_refuse_traits_without_an_order(self, rarities):
        with pytest.raises(InvalidDefinitions):
            evolve(RELEASE, rarities=rarities)

    @pytest.mark.parametrize("rank", [-1, 10_001])
    def test_refuse_ranks_out_of_bounds(self, rank):
        with pytest.raises(InvalidDefinitions):
            RarityDefinition("a", "A", rank)

    @pytest.mark.parametrize("count", [0, 1_000_001])
    def test_refuse_impossible_counts(self, count):
        with pytest.raises(InvalidCount):
            evolve(RELEASE, declared_count=count)

    @given(releases)
    def test_find_each_of_their_traits(self, release):
        for rarity in release.rarities:
            assert release.rarity(rarity.code) == rarity
        for finish in release.finishes:
            assert release.finish(finish.code) == finish
        with pytest.raises(UnknownDefinition):
            release.rarity("x" * 41)
        with pytest.raises(UnknownDefinition):
            release.finish("x" * 41)

    @given(uuids)
    def test_royalties_are_at_most_a_tenth(self, anybody):
        card_set = CardSet(
            id=CardSetId(anybody),
            code=SetCode("x"),
            issuer_id=UserId(anybody),
            creator_id=UserId(anybody),
            royalty=Rate(100_000),
            release=RELEASE,
            created_at=NOW,
            updated_at=NOW,
        )
        with pytest.raises(RoyaltyTooHigh):
            evolve(card_set, royalty=Rate(100_001))


class TestPrintRuns:
    @pytest.mark.parametrize("print_run", [0, -1, 1_000_000_001])
    def test_are_positive_and_bounded(self, print_run):
        with pytest.raises(InvalidCount):
            self.printing(print_run=print_run)

    def test_hold_all_copies(self):
        assert self.printing(print_run=3, minted_count=3).minted_count == 3
        with pytest.raises(PrintRunExceeded):
            self.printing(print_run=3, minted_count=4)

    @staticmethod
    def printing(**more):
        return Printing(
            id=PrintingId(_ID),
            card_set_id=CardSetId(_ID),
            details=DESIGN,
            rarity_rank=1,
            created_at=NOW,
            updated_at=NOW,
            **more,
        )


# Facts of the two marketplaces' public grading guides, the best condition first.
PUBLISHED_SCALES = {
    "tcgplayer": ["NM", "LP", "MP", "HP", "DM"],
    "cardmarket": ["MT", "NM", "EX", "GD", "LP", "PL", "PO"],
}


class TestConditions:
    def test_are_those_that_the_marketplaces_publish(self):
        ours = {scale.value: list(steps) for scale, steps in CONDITIONS.items()}
        assert ours == PUBLISHED_SCALES

    def test_the_same_code_is_not_the_same_wear_on_another_scale(self):
        american = Condition(ConditionScale.TCGPLAYER, "LP")
        european = Condition(ConditionScale.CARDMARKET, "LP")

        assert american != european
        assert (american.rank, european.rank) == (2, 5)
        assert (american.label, european.label) == ("Lightly Played", "Light Played")

    def test_refuse_a_code_of_the_other_scale(self):
        with pytest.raises(UnknownCondition):
            Condition(ConditionScale.TCGPLAYER, "MT")


class TestGrades:
    def test_name_company_and_certificate_in_capitals(self):
        assert Grade("psa", "10", "ab-1234") == Grade("PSA", "10", "AB-1234")

    @pytest.mark.parametrize(
        ("company", "grade", "certificate"),
        [
            ("P", "9", "12345678"),
            ("PSA", "10.5", "12345678"),
            ("PSA", "0", "12345678"),
            ("PSA", "9.4", "12345678"),
            ("PSA", "9", "123"),
            ("PSA", "9", "1234 5678"),
        ],
    )
    def test_refuse_invalid_grades(self, company, grade, certificate):
        with pytest.raises(InvalidGrade):
            Grade(company, grade, certificate)


class TestSearchWords:
    def test_are_without_case_accents_and_punctuation(self):
        assert words_of("Élan: O'Brien's", "x-ray ÉLAN") == ("brien", "elan", "o", "ray", "s", "x")

    def test_are_sorted_as_people_count(self):
        assert sorted(["ARC10", "arc9", "2", "10"], key=number_key) == ["2", "10", "arc9", "ARC10"]

    @given(designs)
    def test_hold_no_character_that_a_query_could_stumble_over(self, details):
        assert all(word.isalnum() and len(word) <= 40 for word in details.words)

    @given(st.text(max_size=50))
    def test_a_key_is_its_own_key(self, text):
        assert name_key(name_key(text)) == name_key(text)

    # As PostgreSQL 18 answers ``SELECT similarity(...)``.
    @pytest.mark.parametrize(
        ("one", "other", "expected"),
        [("dragn", "dragon", 0.444444), ("wirm", "wyrm", 0.25), ("tide", "tide", 1), ("a", "b", 0)],
    )
    def test_similarity_is_counted_as_postgresql_does(self, one, other, expected):
        assert similarity(one, other) == pytest.approx(expected, abs=1e-6)


def test_a_search_has_at_most_10_different_words():
    ten = "one two three four five six seven eight nine ten"
    assert PrintingFilter(text=f"{ten} TEN, nine").text
    with pytest.raises(TooManyWords):
        PrintingFilter(text=f"{ten} eleven")
