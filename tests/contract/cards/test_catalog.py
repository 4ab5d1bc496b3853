"""Searches of printings and cards return the same results in every store."""

import random
from itertools import product
from time import thread_time
from uuid import UUID

import pytest
from attrs import evolve, frozen

from ece_adapters.memory import MemoryDatabase
from ece_domain import cards
from ece_domain.cards import (
    Card,
    CardFilter,
    CardId,
    CardSet,
    CardSetId,
    CardSort,
    Facet,
    Printing,
    PrintingFilter,
    PrintingId,
    PrintingSort,
    RarityDefinition,
    SetCode,
    SortNeedsPrinting,
)
from ece_domain.cards.storage import MAX_FACETED
from ece_domain.identity import EmailAddress, Handle, PasswordHash, Role, User, UserId
from ece_domain.kernel import InvalidPage, PageRequest, Rate
from tests.clock import SettableClock
from tests.contract.cards.conftest import RELEASE, printing_details
from tests.contract.conftest import postgres_database

NAMES = ["Tide Wyrm", "Élan of the Tide", "Ash Dragon", "Dragonfly", "O'Brien's Lantern", "Rune 7"]
ARTISTS = ["Ida Lund", "Mo Ito", ""]
WORDS = ["Draw", "a", "card", "burn", "lantern", "tidal", "x-ray", "GRÖSSE", "αβγ"]
TEXTS = [
    *("", "wyrm", "dragn", "drag", "TIDE wyrm", "elan", "brien", "o'brien", "lantren", "grosse"),
    *("zzzzzz", "dragn zzzzzz", "rune 7", "00", "tidle", "αβ", "!!", "dragonfly ash", "& | '"),
]
ANN, BOB = UserId(UUID(int=1)), UserId(UUID(int=2))


@frozen
class Stock:
    sets: list[CardSet]
    printings: list[Printing]
    cards: list[Card]


def stock_of(seed: int) -> Stock:
    """Random sets, printings and cards from a seed."""
    chance = random.Random(seed)
    ranks = tuple(RarityDefinition(f"r{rank}", f"R{rank}", rank) for rank in range(4))
    sets = [
        CardSet(
            id=CardSetId(UUID(int=chance.getrandbits(128))),
            code=SetCode(code),
            issuer_id=ANN,
            creator_id=ANN,
            royalty=Rate(0),
            release=evolve(RELEASE, name=code.title(), rarities=ranks),
            created_at=SettableClock().moment,
            updated_at=SettableClock().moment,
        )
        for code in ("coast", "hills", "empty")
    ]
    printings = [_printing(chance, chance.choice(sets[:2]), nth) for nth in range(60)]
    copies = [
        Card(
            id=CardId(UUID(int=chance.getrandbits(128))),
            printing_id=printing.id,
            serial=serial,
            owner_id=(owner := chance.choice([ANN, BOB])),
            minted_to_id=owner,
            minted_at=SettableClock().moment,
            updated_at=SettableClock().moment,
        )
        for printing in printings[:20]
        for serial in range(1, chance.randint(2, 5))
    ]
    return Stock(sets, printings, copies)


def _printing(chance: random.Random, card_set: CardSet, nth: int) -> Printing:
    rank = chance.randrange(4)
    details = printing_details(
        chance.choice([f"{nth}", f"{nth:03}", f"ARC{nth}"]),
        chance.choice(NAMES),
        rarity=f"r{rank}",
        finish=chance.choice(["plain", "foil"]),
        artist=chance.choice(ARTISTS),
        rules=" ".join(chance.choices(WORDS, k=3)),
    )
    return Printing(
        id=PrintingId(UUID(int=chance.getrandbits(128))),
        card_set_id=card_set.id,
        details=details,
        rarity_rank=rank,
        created_at=SettableClock().moment,
        updated_at=SettableClock().moment,
    )


async def fill(database, stock):
    async with database.begin() as transaction:
        for owner, name in ((ANN, "ann"), (BOB, "bob")):
            transaction.users.save(
                User.register(
                    owner,
                    email=EmailAddress(f"{name}@example.com"),
                    handle=Handle(name),
                    password_hash=PasswordHash("none"),
                    role=Role.COLLECTOR,
                    now=SettableClock()(),
                )
            )
        for card_set in stock.sets:
            transaction.card_sets.save(card_set)
        transaction.printings.save(*stock.printings)
    async with database.begin() as transaction:
        await transaction.cards.add(stock.cards)
    return database


async def everything(search, **asked):
    """All pages, three items at a time."""
    found, after = [], None
    while True:
        page = await search(page=PageRequest(3, after), **asked)
        page = getattr(page, "page", page)
        found += page.items
        after = page.next
        if after is None:
            return found


async def names_found(database, text):
    search = cards.SearchPrintings(database.begin)
    found = await everything(search, filter=PrintingFilter(text=text))
    return [printing.name for printing in found]


@pytest.fixture
async def both(postgres_server):
    """The same stock in memory and in PostgreSQL."""
    stock = stock_of(7)
    async with postgres_database(postgres_server) as postgres:
        yield [await fill(MemoryDatabase(), stock), await fill(postgres, stock)]


async def test_both_stores_find_the_same_printings_in_the_same_order(both):
    wanted = [
        PrintingFilter(text=text, set_code=card_set, rarity=rarity)
        for text, card_set, rarity in product(TEXTS, [None, SetCode("coast")], [None, "r2"])
    ]
    wanted += [
        PrintingFilter(finish="foil"),
        PrintingFilter(artist="Mo Ito"),
        PrintingFilter(set_code=SetCode("empty")),
        PrintingFilter(set_code=SetCode("unknown")),
    ]
    seen = 0
    for each, sort in product(wanted, PrintingSort):
        memory, postgres = [
            await everything(cards.SearchPrintings(database.begin), filter=each, sort=sort)
            for database in both
        ]
        assert memory == postgres, (each, sort)
        seen += len(memory)
    assert seen > 1000


async def test_both_stores_count_the_same_facets(both):
    for text, finish in product(TEXTS, [None, "foil"]):
        wanted = PrintingFilter(text=text, finish=finish)
        memory, postgres = [
            (await cards.SearchPrintings(database.begin)(filter=wanted, page=PageRequest())).facets
            for database in both
        ]
        assert memory == postgres, wanted


async def test_both_stores_find_the_same_cards(both):
    filters = [
        CardFilter(),
        CardFilter(owner_id=ANN),
        CardFilter(owner_id=BOB, rarity="r1"),
        CardFilter(printing_id=stock_of(7).printings[0].id),
        CardFilter(text="dragn", owner_id=ANN),
    ]
    by_printing = [wanted for wanted in filters if wanted.printing_id]
    orders = [*product(filters, [CardSort.NEWEST]), *product(by_printing, [CardSort.SERIAL])]
    for wanted, sort in orders:
        memory, postgres = [
            await everything(cards.SearchCards(database.begin), filter=wanted, sort=sort)
            for database in both
        ]
        assert memory == postgres, (wanted, sort)
        assert memory


async def test_every_word_begins_a_word_of_the_card(world):
    await world.create_set()
    await world.add(printing_details("1", "Ash Dragon", rules="Burn a card."))
    await world.add(printing_details("2", "Dragonfly", artist="Ida Lund"))

    assert await names_found(world.database, "drag") == ["Ash Dragon", "Dragonfly"]
    assert await names_found(world.database, "drag burn") == ["Ash Dragon"]
    assert await names_found(world.database, "LUND") == ["Dragonfly"]
    assert await names_found(world.database, "unheard") == []


async def test_a_misspelt_word_is_read_as_the_most_similar_one(world):
    await world.create_set()
    await world.add(printing_details("1", "Ash Dragon"))
    await world.add(printing_details("2", "Tide Wyrm"))

    assert await names_found(world.database, "dragn ash") == ["Ash Dragon"]
    assert await names_found(world.database, "dragn tide") == []


async def test_long_texts_do_not_slow_down_each_search(world):
    """Their words are computed when they are stored: it takes 20 ms for each of these."""
    await world.create_set()
    for number in range(10):
        rules = "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 4_000
        await world.add(printing_details(str(number), "Ash Dragon", rules=rules))
    spent = []
    for _ in range(3):
        started = thread_time()
        assert await names_found(world.database, "tide") == []
        spent.append(thread_time() - started)
    assert min(spent) < 0.05


async def test_search_follows_an_edit(world):
    await world.create_set()
    printing = await world.add(printing_details("1", "Ash Dragon"))
    await cards.EditPrinting(world.database.begin, world.clock)(
        printing_id=printing.id,
        changes=cards.PrintingChanges(name="Tide Wyrm"),
        actor=world.as_issuer,
        expected_version=1,
    )
    assert await names_found(world.database, "dragon") == []
    assert await names_found(world.database, "wyrm") == ["Tide Wyrm"]


async def test_numbers_are_sorted_as_numbers_and_names_without_accents(world):
    await world.create_set()
    for number, name in (("10", "zeal"), ("9", "Élan"), ("ARC2", "elk"), ("ARC10", "Dusk")):
        await world.add(printing_details(number, name))
    search = cards.SearchPrintings(world.database.begin)
    by_number = await everything(search, filter=PrintingFilter(), sort=PrintingSort.NUMBER)
    by_name = await everything(search, filter=PrintingFilter(), sort=PrintingSort.NAME)

    assert [printing.number for printing in by_number] == ["9", "10", "ARC2", "ARC10"]
    assert [printing.name for printing in by_name] == ["Dusk", "Élan", "elk", "zeal"]


async def test_the_first_page_has_the_facets_of_all_matches(world):
    await world.create_set()
    for number, artist in (("1", "Ida"), ("2", "Ida"), ("3", "Mo"), ("4", "")):
        await world.add(printing_details(number, artist=artist))
    await world.add(printing_details("5", "Another", finish="foil"))
    search = cards.SearchPrintings(world.database.begin)
    first = await search(filter=PrintingFilter(text="wyrm"), page=PageRequest(2))
    second = await search(filter=PrintingFilter(text="wyrm"), page=PageRequest(2, first.page.next))

    assert first.facets.artists == (Facet("Ida", 2), Facet("Mo", 1))
    assert first.facets.finishes == (Facet("plain", 4),)
    assert first.facets.card_sets == (Facet("moonlit", 4),)
    assert second.facets is None


async def test_facets_are_exact_up_to_ten_thousand_printings_and_capped_beyond(database):
    card_set = evolve(stock_of(7).sets[0], release=RELEASE)
    many = [
        Printing(
            id=PrintingId(UUID(int=nth)),
            card_set_id=card_set.id,
            details=printing_details(str(nth), finish="foil" if nth % 2 else "plain"),
            rarity_rank=1,
            created_at=card_set.created_at,
            updated_at=card_set.updated_at,
        )
        for nth in range(MAX_FACETED + 1)
    ]
    search = cards.SearchPrintings(database.begin)

    async def facets(**wanted):
        return (await search(filter=PrintingFilter(**wanted), page=PageRequest(1))).facets

    async with database.begin() as transaction:
        transaction.card_sets.save(card_set)
        await transaction.printings.add(many[:-1])
    exact = await facets()
    assert (exact.is_capped, exact.rarities) == (False, (Facet("common", MAX_FACETED),))

    async with database.begin() as transaction:
        await transaction.printings.add(many[-1:])
    for capped in (await facets(), await facets(text="wyrm")):
        assert capped.is_capped
        assert capped.rarities == (Facet("common", MAX_FACETED),)
        assert sum(facet.count for facet in capped.finishes) == MAX_FACETED
    assert not (await facets(finish="foil")).is_capped
    assert not (await facets(text="unheard")).is_capped


@pytest.mark.parametrize(
    "wanted", [CardFilter(), CardFilter(owner_id=ANN), CardFilter(rarity="r1")]
)
async def test_cards_of_several_printings_are_not_sorted_by_serial(database, wanted):
    with pytest.raises(SortNeedsPrinting):
        await cards.SearchCards(database.begin)(
            filter=wanted, sort=CardSort.SERIAL, page=PageRequest()
        )


async def test_pages_do_not_repeat_or_skip_while_printings_are_added(world):
    await world.create_set()
    for name in ("b", "d", "f"):
        await world.add(printing_details(name, name))
    search = cards.SearchPrintings(world.database.begin)
    first = await search(filter=PrintingFilter(), page=PageRequest(2))
    await world.add(printing_details("a", "a"))
    await world.add(printing_details("e", "e"))
    second = await search(filter=PrintingFilter(), page=PageRequest(2, first.page.next))

    assert [printing.name for printing in second.page.items] == ["e", "f"]


@pytest.mark.parametrize(
    "after", [("x",), (1, str(UUID(int=1))), ("x", "y", str(UUID(int=1))), ("x", "no-id")]
)
async def test_refuses_the_position_of_another_list(database, after):
    search = cards.SearchPrintings(database.begin)
    with pytest.raises(InvalidPage):
        await search(filter=PrintingFilter(), page=PageRequest(2, after))
    with pytest.raises(InvalidPage):
        await cards.SearchCards(database.begin)(
            filter=CardFilter(printing_id=PrintingId(UUID(int=1))),
            sort=CardSort.SERIAL,
            page=PageRequest(2, (2**31, after[-1])),
        )
