from typing import Final

from ece_domain.identity import Role

OPERATORS: Final = frozenset({Role.ADMIN, Role.SERVICE})
"""The roles that see every wallet, and move money on behalf of the exchange."""
