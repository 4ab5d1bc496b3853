from collections.abc import Iterable, Mapping
from typing import Final

from attrs import field, frozen
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from ece_domain.identity import InvalidToken

_ALGORITHM: Final = "Ed25519"
_PURPOSE = b"ece: Ed25519 key for access tokens"
_SEED_BYTES = 32
_MAX_LENGTH = 1024


@frozen(repr=False)
class SigningKey:
    """An Ed25519 key that signs one kind of token, always under the same header.

    It is derived from the installation's secret, so all of its servers have the same key.
    """

    _key: OKPKey
    _header: dict[str, str]
    encoded_header: str
    """The header of its tokens, which names the key (``kid``)."""

    @classmethod
    def derived_from(cls, secret: bytes) -> "SigningKey":
        seed = HKDF(SHA256(), _SEED_BYTES, salt=None, info=_PURPOSE).derive(secret)
        key = OKPKey.import_key(Ed25519PrivateKey.from_private_bytes(seed))
        header = {"typ": "at+jwt", "alg": _ALGORITHM, "kid": key.thumbprint()}
        signed = jws.serialize_compact(header, b"", key, algorithms=[_ALGORITHM])
        return cls(key, header, signed.partition(".")[0])

    def sign(self, payload: bytes) -> str:
        return jws.serialize_compact(self._header, payload, self._key, algorithms=[_ALGORITHM])

    def open(self, token: str) -> bytes:
        """The payload, if this key signed it.

        There is only one valid header, so any other one is refused without parsing it, and with
        it every other type, algorithm and key.

        :raises InvalidToken: otherwise.
        """
        if len(token) > _MAX_LENGTH or token.partition(".")[0] != self.encoded_header:
            raise InvalidToken
        try:
            return jws.deserialize_compact(token, self._key, algorithms=[_ALGORITHM]).payload
        except (JoseError, ValueError):
            raise InvalidToken from None


@frozen(repr=False)
class KeyRing:
    """The key that signs, and all keys whose tokens are accepted.

    While the installation's secret is being replaced, some servers sign with the key of the old
    secret and some with that of the new one. Access tokens of a removed key are refused; sessions
    continue, since refresh tokens have no signature.
    """

    _signing: SigningKey
    _others: tuple[SigningKey, ...] = ()
    _by_header: Mapping[str, SigningKey] = field(init=False)

    @_by_header.default
    def _all_by_header(self) -> Mapping[str, SigningKey]:
        return {key.encoded_header: key for key in (self._signing, *self._others)}

    @classmethod
    def derived_from(cls, secret: bytes, others: Iterable[bytes] = ()) -> "KeyRing":
        """The secret whose key signs, and others that servers of the installation use."""
        return cls(SigningKey.derived_from(secret), tuple(map(SigningKey.derived_from, others)))

    def sign(self, payload: bytes) -> str:
        return self._signing.sign(payload)

    def open(self, token: str) -> bytes:
        """The payload, if a key of the ring signed it.

        :raises InvalidToken: otherwise, as for the token of an unknown key.
        """
        key = self._by_header.get(token.partition(".")[0])
        if key is None:
            raise InvalidToken
        return key.open(token)
