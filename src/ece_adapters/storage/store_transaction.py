from typing import Protocol

from ece_domain import kernel
from ece_domain.cards import storage as cards
from ece_domain.identity import storage as identity
from ece_domain.ledger import storage as ledger
from ece_domain.market import storage as market
from ece_domain.sales import storage as sales


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
    """A store's transaction: the transactions of all contexts in one Protocol.

    Each store satisfies it by structure, as mypy proves in ``tests/architecture/typing_ports.py``.
    """
