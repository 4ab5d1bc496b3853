"""Password hashes, secrets and signed tokens."""

from .passwords import STANDARD_COST, TOY_COST, Argon2Passwords, Cost
from .secrets import KeyedSuccession, fresh_secret
from .signing_key import KeyRing, SigningKey
from .tokens import SignedTokenIssuer, SignedTokenVerifier

__all__ = [
    "STANDARD_COST",
    "TOY_COST",
    "Argon2Passwords",
    "Cost",
    "KeyRing",
    "KeyedSuccession",
    "SignedTokenIssuer",
    "SignedTokenVerifier",
    "SigningKey",
    "fresh_secret",
]
