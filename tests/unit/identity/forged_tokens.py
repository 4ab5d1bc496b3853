"""Forged tokens that look like those of the exchange."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from joserfc import jws
from joserfc.jwk import OctKey, OKPKey

from ece_adapters.crypto import SigningKey


def payload_of(token: str) -> dict[str, Any]:
    return _decoded(token.split(".")[1])


def forgeries(key: SigningKey, genuine: str) -> dict[str, str]:
    """The defect of each token, and the token. Some are signed, as an older or faulty issuer could
    have signed them.
    """
    encoded_header, encoded_payload, signature = genuine.split(".")
    header, payload = _decoded(encoded_header), _decoded(encoded_payload)
    public_text = json.dumps(key._key.as_dict(private=False)).encode()
    other_key = SigningKey.derived_from(b"another installation's secret, also 32")._key
    public = other_key.as_dict(private=False)
    later = payload["exp"] + 3600
    doubled = json.dumps(payload)[:-1] + ', "role": "admin"}'

    def signed(content: object, by: Any = key._key, **changed: object) -> str:
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        whole = {**header, **changed}
        registry = jws.JWSRegistry(strict_check_header=False, algorithms=[str(whole["alg"])])
        return jws.serialize_compact(whole, raw, by, registry=registry)

    def with_header(**changed: object) -> str:
        return f"{_encoded({**header, **changed})}.{encoded_payload}.{signature}"

    def with_payload(content: str) -> str:
        return f"{encoded_header}.{content}.{signature}"

    def without(claim: str) -> dict[str, Any]:
        return {name: value for name, value in payload.items() if name != claim}

    unsigned = f".{encoded_payload}."
    return {
        "a word": "token",
        "dots alone": "..",
        "four parts": genuine + ".x",
        "no signature": f"{encoded_header}.{encoded_payload}.",
        "no signature part": f"{encoded_header}.{encoded_payload}",
        "half of it": genuine[: len(genuine) // 2],
        "huge": genuine + "A" * 30_000,
        "a space inside": genuine.replace(".", ". ", 1),
        "padding after": genuine + "==",
        "twice": f"{genuine}, Bearer {genuine}",
        "no ascii": with_payload("é"),
        "header flipped": f"{_flipped(encoded_header)}.{encoded_payload}.{signature}",
        "payload flipped": with_payload(_flipped(encoded_payload)),
        "signature flipped": f"{encoded_header}.{encoded_payload}.{_flipped(signature)}",
        "payload swapped": with_payload(_encoded({**payload, "role": "admin"})),
        "a claim doubled": with_payload(_raw_encoded(doubled.encode())),
        "later expiry, old signature": with_payload(_encoded({**payload, "exp": later})),
        "alg none": _encoded({**header, "alg": "none"}) + unsigned,
        "alg None": _encoded({**header, "alg": "None"}) + unsigned,
        "alg none, signed": with_header(alg="none"),
        "alg missing": f"{_encoded({'typ': 'at+jwt'})}.{encoded_payload}.{signature}",
        "HS256 with the public key": signed(payload, OctKey.import_key(public_text), alg="HS256"),
        "alg EdDSA": with_header(alg="EdDSA"),
        "another key": signed(payload, other_key),
        "another key, its kid": signed(payload, other_key, kid=other_key.thumbprint()),
        "a key of its own": signed(payload, other_key, jwk=public),
        "keys from elsewhere": signed(payload, other_key, jku="http://127.0.0.1/keys"),
        "a certificate from elsewhere": signed(payload, other_key, x5u="http://127.0.0.1/cert"),
        "a curve of its own": signed(payload, OKPKey.generate_key("Ed448"), alg="Ed448"),
        "kid missing": signed(payload, kid=""),
        "kid is a path": signed(payload, kid="../../dev/null"),
        "kid is SQL": signed(payload, other_key, kid="' OR '1'='1"),
        "an unknown extension is critical": with_header(crit=["exp"], exp=later),
        "payload not encoded": with_header(crit=["b64"], b64=False),
        "typ JWT": signed(payload, typ="JWT"),
        "typ refresh": signed(payload, typ="rt+jwt"),
        "one more header": signed(payload, cty="x"),
        "header nested deep": _raw_encoded(b"[" * 700) + ".e30.AA",
        "other issuer": signed({**payload, "iss": "eve"}),
        "other audience": signed({**payload, "aud": "ece/v2"}),
        "several audiences": signed({**payload, "aud": ["ece/v1", "eve"]}),
        **{f"no {claim}": signed(without(claim)) for claim in payload},
        "one more claim": signed({**payload, "admin": True}),
        "expiry as text": signed({**payload, "exp": str(later)}),
        "expiry as a fraction": signed({**payload, "exp": later + 0.5}),
        "expiry beyond all time": signed({**payload, "exp": 10**30}),
        "negative expiry": signed({**payload, "exp": -1}),
        "issued in the future": signed({**payload, "iat": payload["iat"] + 3600, "exp": later}),
        "unknown role": signed({**payload, "role": "owner"}),
        "role missing a type": signed({**payload, "role": None}),
        "subject is no id": signed({**payload, "sub": "ann"}),
        "empty jti": signed({**payload, "jti": ""}),
        "payload is a list": signed([payload]),
        "payload is no JSON": signed(b"{"),
        "payload is no UTF-8": signed(b'{"iss":"\xff"}'),
    }


def _decoded(part: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(urlsafe_b64decode(part + "=="))
    return found


def _encoded(part: object) -> str:
    return _raw_encoded(json.dumps(part).encode())


def _raw_encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _flipped(part: str) -> str:
    middle = len(part) // 2
    swapped = "A" if part[middle] != "A" else "B"
    return part[:middle] + swapped + part[middle + 1 :]
