from dependency_injector import containers

from ece_adapters.storage.store_transaction import StoreTransaction
from ece_domain import ledger
from ece_domain.kernel import Begin, Clock, NewId

from .typed_providers import needed, single


class LedgerContainer(containers.DeclarativeContainer):
    begin: Begin[StoreTransaction] = needed()
    clock: Clock = needed()
    new_id: NewId = needed()

    open_wallet = single(ledger.OpenWallet, begin=begin)
    deposit = single(ledger.Deposit, begin=begin, clock=clock, new_id=new_id)
    withdraw = single(ledger.Withdraw, begin=begin, clock=clock, new_id=new_id)
    transfer = single(ledger.Transfer, begin=begin, clock=clock, new_id=new_id)
    place_money_hold = single(ledger.PlaceMoneyHold, begin=begin, clock=clock, new_id=new_id)
    capture_money_hold = single(ledger.CaptureMoneyHold, begin=begin, clock=clock, new_id=new_id)
    release_money_hold = single(ledger.ReleaseMoneyHold, begin=begin, clock=clock, new_id=new_id)
    expire_holds = single(ledger.ExpireHolds, begin=begin, clock=clock, new_id=new_id)
    pay_out_group = single(ledger.PayOutGroup, begin=begin, clock=clock)
    finish_group_payouts = single(ledger.FinishGroupPayouts, begin=begin, clock=clock)
    get_group_payout = single(ledger.GetGroupPayout, begin=begin)
    get_wallet = single(ledger.GetWallet, begin=begin)
    list_open_holds = single(ledger.ListOpenHolds, begin=begin)
    list_statement_lines = single(ledger.ListStatementLines, begin=begin)
    get_hold = single(ledger.GetHold, begin=begin)
    get_settlement_receipt = single(ledger.GetSettlementReceipt, begin=begin)
    list_card_owners = single(ledger.ListCardOwners, begin=begin)
    audit_ledger = single(ledger.AuditLedger, begin=begin)
    close_books = single(ledger.CloseBooks, begin=begin, clock=clock)
