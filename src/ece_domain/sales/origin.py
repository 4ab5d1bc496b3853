from uuid import UUID

from attrs import frozen


@frozen
class SaleOrigin:
    """What a sale came from: a kind such as ``listing``, and its id. Of one origin comes one sale.

    The context that makes the sale names the kind.
    """

    kind: str
    id: UUID
