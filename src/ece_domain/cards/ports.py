"""Ports of the use cases of cards."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from ece_domain.identity.storage import UserRepository
from ece_domain.kernel import IdempotentTransaction, Page, PageRequest

from .card import Card, CardId
from .card_set import CardSet, CardSetId, SetCode
from .catalog import (
    CardFilter,
    CardSort,
    CardView,
    Facets,
    PrintingFilter,
    PrintingSort,
    PrintingView,
)
from .printing import Printing, PrintingId


class CardSetRepository(Protocol):
    """Reads and writes card sets, in a transaction."""

    async def get(self, card_set_id: CardSetId) -> CardSet:
        """:raises CardSetNotFound: if there is none."""

    async def with_code(self, code: SetCode) -> CardSet:
        """:raises CardSetNotFound: if there is none."""

    async def of_source(self, source: str) -> Mapping[str, CardSet]:
        """What was imported from a source, by its keys there."""

    def require_unchanged(self, card_set: CardSet) -> None:
        """Check at the transaction's end that the set has not changed since it was loaded.

        :raises ConcurrentChange: at the transaction's end, if it was saved in the meantime.
        """

    def save(self, card_set: CardSet) -> None:
        """Store the set and its events with the transaction. At the transaction's end:

        :raises SetCodeTaken: if another set has the code.
        :raises AlreadyImported: if another set has the origin.
        :raises ConcurrentChange: if the set was saved by someone else in the meantime.
        """


class PrintingRepository(Protocol):
    """Reads and writes printings, in a transaction."""

    async def get(self, printing_id: PrintingId) -> Printing:
        """:raises PrintingNotFound: if there is none."""

    async def get_for_update(self, printing_id: PrintingId) -> Printing:
        """The printing, locked to the end of the transaction.

        :raises PrintingNotFound: if there is none.
        :raises LockTimeout: if somebody else keeps it locked for too long.
        """

    async def of_source(self, source: str) -> Mapping[str, Printing]:
        """What was imported from a source, by its keys there."""

    async def of_others(self, source: str, card_sets: Collection[CardSetId]) -> Sequence[Printing]:
        """The printings of these sets that were not imported from the source."""

    async def add(self, printings: Sequence[Printing]) -> None:
        """Store many new printings, without events, with the transaction; at once or at its end:

        :raises PrintingExists: if another one of the set has the number, finish and variant.
        :raises AlreadyImported: if another printing has the origin.
        """

    def save(self, *printings: Printing) -> None:
        """Store printings and their events with the transaction. At the transaction's end:

        :raises PrintingExists: if another one of the set has the number, finish and variant.
        :raises AlreadyImported: if another printing has the origin.
        :raises ConcurrentChange: if one was saved by someone else in the meantime.
        """


class CardRepository(Protocol):
    """Reads and writes single cards, in a transaction."""

    async def get(self, card_id: CardId) -> Card:
        """:raises CardNotFound: if there is none."""

    async def add(self, cards: Sequence[Card]) -> None:
        """Store new cards with the transaction, at once or at its end.

        :raises ConcurrentChange: if one of the printing's serials was taken in the meantime.
        """

    def require_unchanged(self, card: Card) -> None:
        """Check at the transaction's end that the assessment has not changed since the load.

        Its owner and its hold may have changed; the ledger checks these.

        :raises ConcurrentChange: at the transaction's end, if it was assessed in the meantime.
        """

    def save(self, card: Card) -> None:
        """Store a card's assessment and events with the transaction. At the transaction's end:

        :raises CertificateTaken: if another card has the certificate.
        :raises ConcurrentChange: if the card was saved, changed hands or was put on hold by someone
            else in the meantime.
        """


class Catalog(Protocol):
    """Reads across sets, printings and cards."""

    async def list_sets(self, page: PageRequest) -> Page[CardSet]:
        """All sets, by code."""

    async def printing(self, printing_id: PrintingId) -> PrintingView:
        """:raises PrintingNotFound: if there is none."""

    async def card(self, card_id: CardId) -> CardView:
        """:raises CardNotFound: if there is none."""

    async def find_printings(
        self, filter: PrintingFilter, sort: PrintingSort, page: PageRequest
    ) -> Page[PrintingView]:
        """:raises InvalidPage: if the page continues another list."""

    async def count_facets(self, filter: PrintingFilter) -> Facets: ...

    async def find_cards(
        self, filter: CardFilter, sort: CardSort, page: PageRequest
    ) -> Page[CardView]:
        """:raises InvalidPage: if the page continues another list."""


class CardsTransaction(IdempotentTransaction, Protocol):
    """The transaction of the use cases of cards."""

    @property
    def users(self) -> UserRepository: ...

    @property
    def card_sets(self) -> CardSetRepository: ...

    @property
    def printings(self) -> PrintingRepository: ...

    @property
    def cards(self) -> CardRepository: ...

    @property
    def catalog(self) -> Catalog: ...
