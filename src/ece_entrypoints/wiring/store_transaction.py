from typing import Protocol

from ece_domain import cards, identity, kernel, ledger, market, sales


class StoreTransaction(
    cards.CardsTransaction,
    identity.IdentityTransaction,
    kernel.EventLogTransaction,
    ledger.BooksTransaction,
    ledger.CardHistoryTransaction,
    ledger.PayoutTransaction,
    ledger.WalletTransaction,
    market.MarketTransaction,
    sales.SalesTransaction,
    Protocol,
):
    """What a store's transaction offers: all that the transactions of the contexts ask for.

    Each store satisfies it by structure, as mypy proves in ``tests/architecture/typing_ports.py``.
    """
