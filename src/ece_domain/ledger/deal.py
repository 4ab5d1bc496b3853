"""Whose business a hold or a payout is."""

from typing import Final
from uuid import UUID

from attrs import frozen

LEDGER: Final = "ledger"
"""The context of the holds that operators place directly: a hold that serves no other context."""


@frozen
class Deal:
    """A deal of one context: what it holds, nobody else may touch.

    ``context`` is the name of the context's package (``market``), ``id`` that of the deal there (a
    listing's id). The ledger knows no more about deals.
    """

    context: str
    id: UUID
