from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from dependency_injector import containers, providers

from ece_adapters.genesis.printing_art import GenesisArt
from ece_domain import cards


class CardsContainer(containers.DeclarativeContainer):
    begin: providers.Dependency[Any] = providers.Dependency()
    begin_public_read: providers.Dependency[Any] = providers.Dependency()
    clock: providers.Dependency[Callable[[], datetime]] = providers.Dependency()
    new_id: providers.Dependency[Callable[[], UUID]] = providers.Dependency()

    printing_art = providers.Singleton(GenesisArt)

    create_card_set = providers.Singleton(
        cards.CreateCardSet, begin=begin, clock=clock, new_id=new_id
    )
    edit_card_set = providers.Singleton(cards.EditCardSet, begin=begin, clock=clock)
    import_card_sets = providers.Singleton(
        cards.ImportCardSets, begin=begin, clock=clock, new_id=new_id
    )
    add_printing = providers.Singleton(cards.AddPrinting, begin=begin, clock=clock, new_id=new_id)
    edit_printing = providers.Singleton(cards.EditPrinting, begin=begin, clock=clock)
    mint_cards = providers.Singleton(cards.MintCards, begin=begin, clock=clock, new_id=new_id)
    assess_condition = providers.Singleton(cards.AssessCondition, begin=begin, clock=clock)
    record_grade = providers.Singleton(cards.RecordGrade, begin=begin, clock=clock)
    list_card_sets = providers.Singleton(cards.ListCardSets, begin=begin_public_read)
    get_card_set = providers.Singleton(cards.GetCardSet, begin=begin)
    search_printings = providers.Singleton(cards.SearchPrintings, begin=begin_public_read)
    get_printing = providers.Singleton(cards.GetPrinting, begin=begin)
    get_printing_art = providers.Singleton(cards.GetPrintingArt, begin=begin, art=printing_art)
    search_cards = providers.Singleton(cards.SearchCards, begin=begin)
    get_card = providers.Singleton(cards.GetCard, begin=begin)
