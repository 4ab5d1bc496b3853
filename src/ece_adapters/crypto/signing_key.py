from typing import Final

from attrs import frozen
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
_LONGEST = 1024


@frozen(repr=False)
class SigningKey:
    """An Ed25519 key that signs one kind of token, always under the same header.

    It follows from the installation's secret, so all of its servers have the same. With another
    secret, access tokens of before are refused; sessions go on, since refresh tokens have no
    signature.
    """

    _key: OKPKey
    _header: dict[str, str]
    _encoded_header: str

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

        There is but one header, so any other is refused unread, and with it every other type,
        algorithm and key.

        :raises InvalidToken: otherwise.
        """
        if len(token) > _LONGEST or token.partition(".")[0] != self._encoded_header:
            raise InvalidToken
        try:
            return jws.deserialize_compact(token, self._key, algorithms=[_ALGORITHM]).payload
        except (JoseError, ValueError):
            raise InvalidToken from None
