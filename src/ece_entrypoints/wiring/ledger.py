from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from dependency_injector import containers, providers

from ece_domain import ledger


class LedgerContainer(containers.DeclarativeContainer):
    begin: providers.Dependency[Any] = providers.Dependency()
    clock: providers.Dependency[Callable[[], datetime]] = providers.Dependency()
    new_id: providers.Dependency[Callable[[], UUID]] = providers.Dependency()

    open_wallet = providers.Singleton(ledger.OpenWallet, begin=begin)
    deposit = providers.Singleton(ledger.Deposit, begin=begin, clock=clock, new_id=new_id)
    withdraw = providers.Singleton(ledger.Withdraw, begin=begin, clock=clock, new_id=new_id)
    transfer = providers.Singleton(ledger.Transfer, begin=begin, clock=clock, new_id=new_id)
    place_money_hold = providers.Singleton(
        ledger.PlaceMoneyHold, begin=begin, clock=clock, new_id=new_id
    )
    capture_money_hold = providers.Singleton(
        ledger.CaptureMoneyHold, begin=begin, clock=clock, new_id=new_id
    )
    release_money_hold = providers.Singleton(
        ledger.ReleaseMoneyHold, begin=begin, clock=clock, new_id=new_id
    )
    expire_holds = providers.Singleton(ledger.ExpireHolds, begin=begin, clock=clock, new_id=new_id)
    pay_out_group = providers.Singleton(ledger.PayOutGroup, begin=begin, clock=clock)
    finish_group_payouts = providers.Singleton(ledger.FinishGroupPayouts, begin=begin, clock=clock)
    get_group_payout = providers.Singleton(ledger.GetGroupPayout, begin=begin)
    get_wallet = providers.Singleton(ledger.GetWallet, begin=begin)
    list_open_holds = providers.Singleton(ledger.ListOpenHolds, begin=begin)
    list_statement_lines = providers.Singleton(ledger.ListStatementLines, begin=begin)
    get_hold = providers.Singleton(ledger.GetHold, begin=begin)
    get_settlement_receipt = providers.Singleton(ledger.GetSettlementReceipt, begin=begin)
    list_card_owners = providers.Singleton(ledger.ListCardOwners, begin=begin)
    audit_ledger = providers.Singleton(ledger.AuditLedger, begin=begin)
    close_books = providers.Singleton(ledger.CloseBooks, begin=begin, clock=clock)
