"""Deals, to which holds and payouts belong."""

from typing import Final
from uuid import UUID

from attrs import frozen

LEDGER: Final = "ledger"
"""The context of holds that operators place directly, without another context."""


@frozen
class Deal:
    """A deal of one context. Only that context may end the holds of the deal.

    ``context`` is the name of the context's package (``market``), ``id`` the id of the deal there
    (a listing's id). The ledger has no other data of deals.
    """

    context: str
    id: UUID
