from collections.abc import Iterable
from hmac import digest
from secrets import token_bytes

from attrs import field, frozen
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_SECRET_BYTES = 32
_PURPOSE = b"ece: key for the succession of refresh tokens"


def fresh_secret() -> bytes:
    """256 random bits from the operating system."""
    return token_bytes(_SECRET_BYTES)


@frozen
class KeyedSuccession:
    """Implements :class:`ece_domain.identity.SecretSuccession`: HMAC-SHA-256 of the used one.

    It has a key for each secret of the installation: while the secret is being replaced, servers
    with the old and with the new one accept each other's tokens.
    """

    _keys: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def derived_from(cls, secret: bytes, others: Iterable[bytes] = ()) -> "KeyedSuccession":
        """The current secret of the installation, and others that its servers use."""
        return cls(
            tuple(
                HKDF(SHA256(), _SECRET_BYTES, salt=None, info=_PURPOSE).derive(each)
                for each in (secret, *others)
            )
        )

    def __call__(self, shown: bytes) -> tuple[bytes, ...]:
        return tuple(digest(key, shown, "sha256") for key in self._keys)
