"""Hypothesis strategies of card sets, printings and cards."""

from uuid import UUID

from hypothesis import strategies as st

from ece_domain.cards import (
    CONDITIONS,
    CardSet,
    CardSetId,
    Condition,
    ConditionScale,
    FinishDefinition,
    Grade,
    Origin,
    Printing,
    PrintingDetails,
    PrintingId,
    RarityDefinition,
    Release,
    SetCode,
)
from ece_domain.identity import UserId
from ece_domain.kernel import Rate
from tests.strategies.identity import moments, uuids

_LETTERS = st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"))


def lines(longest: int, shortest: int = 1) -> st.SearchStrategy[str]:
    """One line of text, neither padded nor longer than this."""
    texts = st.text(_LETTERS, min_size=shortest, max_size=longest).map(str.strip)
    return texts.filter(lambda text: len(text) >= shortest)


def passages(longest: int) -> st.SearchStrategy[str]:
    return st.lists(lines(longest // 3), max_size=3).map("\n".join)


set_codes = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,3}", fullmatch=True).map(SetCode)
origins = st.builds(Origin, lines(40), lines(200))
ranks = st.integers(0, 10_000)
rarities = st.builds(RarityDefinition, code=lines(40), label=lines(80), rank=ranks)
finishes = st.builds(FinishDefinition, code=lines(40), label=lines(80), rank=ranks)


def _several(
    definition: st.SearchStrategy[RarityDefinition] | st.SearchStrategy[FinishDefinition],
) -> st.SearchStrategy:
    by_code_and_rank = (lambda given: given.code, lambda given: given.rank)
    return st.lists(definition, min_size=1, max_size=5, unique_by=by_code_and_rank).map(tuple)


releases = st.builds(
    Release,
    name=lines(120),
    rarities=_several(rarities),
    finishes=_several(finishes),
    released_on=st.none() | st.dates(),
    declared_count=st.none() | st.integers(1, 1_000_000),
)
images = st.from_regex(
    r"(https://[!-\[\]-~]{1,99}|genesis:[0-9]{1,9}:[0-9]{1,4}|/?[a-z][a-z0-9/ ._-]{0,99}[a-z])",
    fullmatch=True,
)
card_sets = st.builds(
    CardSet,
    version=st.just(0),
    events=st.just(()),
    id=uuids.map(CardSetId),
    code=set_codes,
    issuer_id=uuids.map(UserId),
    creator_id=uuids.map(UserId),
    royalty=st.integers(0, 100_000).map(Rate),
    release=releases,
    created_at=moments,
    updated_at=moments,
    origin=st.none() | origins,
    imported_release=st.none() | releases,
)
designs = st.builds(
    PrintingDetails,
    number=lines(40),
    name=lines(200),
    rarity=lines(40),
    finish=lines(40),
    variant=lines(80, shortest=0),
    artist=lines(200, shortest=0),
    rules=passages(4000),
    flavor=passages(2000),
    image=st.none() | images,
)


@st.composite
def printings(draw: st.DrawFn, card_set: UUID) -> Printing:
    """Printings of one set, never saved; some of their copies may exist."""
    print_run = draw(st.none() | st.integers(1, 1_000_000_000))
    return Printing(
        id=PrintingId(draw(uuids)),
        card_set_id=CardSetId(card_set),
        details=draw(designs),
        rarity_rank=draw(ranks),
        created_at=draw(moments),
        updated_at=draw(moments),
        print_run=print_run,
        minted_count=draw(st.integers(0, print_run or 1_000_000_000)),
        origin=draw(st.none() | origins),
        imported_digest=draw(st.none() | st.binary(min_size=16, max_size=16)),
    )


conditions = st.sampled_from(
    [Condition(scale, code) for scale in ConditionScale for code in CONDITIONS[scale]]
)
grades = st.builds(
    Grade,
    company=st.from_regex(r"[A-Z]{2,10}", fullmatch=True),
    grade=st.sampled_from([f"{n}" for n in range(1, 11)] + [f"{n}.5" for n in range(1, 10)]),
    certificate=st.from_regex(r"[A-Z0-9-]{4,20}", fullmatch=True),
)
assessments = st.none() | conditions | grades
