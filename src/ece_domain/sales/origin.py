from uuid import UUID

from attrs import frozen


@frozen
class SaleOrigin:
    """The origin of a sale: a kind such as ``listing``, and an id. An origin has at most one sale.

    The context that creates the sale defines the kind.
    """

    kind: str
    id: UUID
