from dependency_injector import containers

from ece_adapters.genesis.printing_art import GenesisArt
from ece_adapters.storage.store_transaction import StoreTransaction
from ece_domain import cards
from ece_domain.kernel import Begin, Clock, NewId

from .typed_providers import given, needed, single


class CardsContainer(containers.DeclarativeContainer):
    begin: Begin[StoreTransaction] = needed()
    begin_public_read: Begin[StoreTransaction] = needed()
    clock: Clock = needed()
    new_id: NewId = needed()

    printing_art = single(GenesisArt)

    create_card_set = single(cards.CreateCardSet, begin=begin, clock=clock, new_id=new_id)
    edit_card_set = single(cards.EditCardSet, begin=begin, clock=clock)
    import_card_sets = single(cards.ImportCardSets, begin=begin, clock=clock, new_id=new_id)
    add_printing = single(cards.AddPrinting, begin=begin, clock=clock, new_id=new_id)
    edit_printing = single(cards.EditPrinting, begin=begin, clock=clock)
    mint_cards = single(cards.MintCards, begin=begin, clock=clock, new_id=new_id)
    assess_condition = single(cards.AssessCondition, begin=begin, clock=clock)
    record_grade = single(cards.RecordGrade, begin=begin, clock=clock)
    list_card_sets = single(cards.ListCardSets, begin=begin_public_read)
    get_card_set = single(cards.GetCardSet, begin=begin)
    search_printings = single(cards.SearchPrintings, begin=begin_public_read)
    get_printing = single(cards.GetPrinting, begin=begin)
    get_printing_art = single(cards.GetPrintingArt, begin=begin, art=given(printing_art))
    search_cards = single(cards.SearchCards, begin=begin)
    get_card = single(cards.GetCard, begin=begin)
