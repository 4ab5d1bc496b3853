"""Requests that keep a server busy, each as long and as wrong as it can be.

They are addressed to the demo: a public set, people who trade, and its admin.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import quote

from attrs import field, frozen

from ece_entrypoints.http.platform.json_body import MAX_BODY, MAX_LARGE_BODY

LONG: Final = 60_000
"""Bytes of a query, a path or a header: a little less than a server accepts."""
_JSON: Final = {"Content-Type": "application/json"}
_RELEASE: Final = b'{"code": "a", "name": "b", "finishes": [], "rarities": ['


@frozen
class LongRequest:
    """One request, named by what is long or wrong in it."""

    name: str
    method: str
    target: str
    headers: Mapping[str, str] = field(factory=dict)
    body: bytes = b""

    def raw(self) -> bytes:
        headers = {"Host": "127.0.0.1", "Content-Length": str(len(self.body)), **self.headers}
        lines = [f"{self.method} {self.target} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


@frozen
class Demo:
    """What the requests are about; the headers log in a collector, and an admin."""

    printing_id: str
    listing_id: str
    owner_id: str
    nth: int
    """Tells apart what one request creates from what it created at the attempt before."""
    collector: Mapping[str, str]
    admin: Mapping[str, str]


def filled(unit: bytes, before: bytes, after: bytes = b"", size: int = MAX_BODY) -> bytes:
    """As many of the unit as a body may have."""
    return before + unit * ((size - len(before) - len(after)) // len(unit)) + after


def numbered(key: str) -> bytes:
    """An object with as many different keys as fit into a body."""
    return json.dumps({key % number: 0 for number in range(MAX_BODY // (len(key) + 8))}).encode()


BODIES: Final[Mapping[str, bytes]] = {
    "unknown keys": numbered("%x"),
    "keys that look like a known one": numbered("emai%x"),
    "one long key": b'{"%b": 0}' % (b"a" * (MAX_BODY - 9)),
    "a key twice": numbered("%x")[:-1] + b', "1": 1}',
    "objects": filled(b"{},", b"[", b"{}]"),
    "arrays": filled(b"[],", b"[", b"[]]"),
    "objects of depth 30": filled(b'{"a":' * 30 + b"0" + b"}" * 30 + b",", b"[", b"0]"),
    "brackets that are not closed": b"[" * MAX_BODY,
    "a string of escapes that is not closed": filled(b'\\"', b"[" * 65 + b'"'),
    "strings that are not closed": filled(b'"a', b"[" * 65),
    "texts that no database takes": filled(b'"\\u0000",', b"[", b"0]"),
    "keys that no database takes": numbered("\0%x"),
    "numbers of 4,300 digits": filled(b"9" * 4_300 + b",", b"[", b"0]"),
    "a long e-mail address": filled(b"!", b'{"email": "', b'@"}'),
}
"""For ``POST /v1/users``, which anybody may send."""

CARD_SETS: Final[Mapping[str, bytes]] = {
    "empty rarities": filled(b"{},", _RELEASE, b"{}]}", MAX_LARGE_BODY),
    "too many rarities": filled(
        b'{"code": "a", "label": "b", "rank": 1},', _RELEASE, b"0]}", MAX_LARGE_BODY
    ),
}
"""For ``POST /v1/card-sets``, which has the largest bodies."""

QUERIES: Final[Mapping[str, str]] = {
    "unknown parameters": "&".join(f"limi{number}=1" for number in range(5_200)),
    "a parameter many times": "limit=1&" * (LONG // 8),
    "percent signs": "q=" + "%41" * (LONG // 3),
    "names with percent signs": "%41%42=1&" * (LONG // 9),
    "separators": "&" * LONG,
    "a long number": "limit=" + "9" * LONG,
    "a long cursor": "cursor=" + "A" * 2_048,
    "a long code": "set_code=" + "a-" * (LONG // 2),
    "a long asset": "asset=" + "A" * LONG,
}
WORDS: Final[Mapping[str, str]] = {
    "one-letter words": " ".join("abcdefghij"),
    "unknown words": " ".join(f"zq{letter}jx" for letter in "abcdefghij"),
    "too many words": " ".join(f"z{a}{b}" for a in "qxj" for b in "abcdefghijklmnop"),
    "words of another script": " ".join(chr(0x4E00 + number) for number in range(100)),
    "long words": " ".join("abcdefgh" * 5 for _ in range(4)),
    "a ligature of 18 letters": "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 200,
    "combining marks": "a" + "\N{COMBINING ACUTE ACCENT}" * 199,
}
SEARCHES: Final = ("/v1/printings", "/v1/cards", "/v1/listings", "/v1/listings/facets")
PATHS: Final[Mapping[str, str]] = {
    "unknown": "/v1/" + "a" * LONG,
    "slashes": "/" * LONG,
    "dots": "/.." * (LONG // 3),
    "parts": "/a" * (LONG // 2),
    "percent signs": "/v1/users/" + "%C3%A9" * (LONG // 6),
    "handle": "/v1/users/" + "a" * LONG,
    "id": "/v1/users/" + "-" * LONG,
    "set code": "/v1/card-sets/" + "a-" * (LONG // 2),
    "UUID": "/v1/cards/" + "1" * LONG,
    "error page": "/docs/errors/" + "a" * LONG,
}
HEADERS: Final[Mapping[str, Mapping[str, str]]] = {
    "tags": {"If-None-Match": '"1",' * (LONG // 4)},
    "quotes": {"If-None-Match": '"' * LONG},
    "accepted types": {"Accept": "a/b;q=0.1," * (LONG // 10)},
    "cookies": {"Cookie": "a=b;" * (LONG // 4)},
    "names": {f"X-{number}": "a" for number in range(LONG // 10)},
    "token": {"Authorization": "Bearer " + "a" * LONG},
    "parts of a token": {"Authorization": "Bearer " + "a." * (LONG // 2)},
    "languages": {"Accept-Language": "a," * (LONG // 2)},
    "encodings": {"Accept-Encoding": "a," * (LONG // 2)},
    "ranges": {"Range": "bytes=" + "0-1," * (LONG // 4)},
    "proxies": {"X-Forwarded-For": "1.1.1.1," * (LONG // 8)},
    "request id": {"X-Request-Id": "a" * LONG},
}
TAGS: Final[Mapping[str, str]] = {
    "versions": ",".join(f'"{number}"' for number in range(LONG // 8)),
    "white space": '"1"' + " " * LONG + "x",
    "quotes": '"' * LONG,
    "a list with a wrong end": '"1",' * (LONG // 4) + "x",
}


def long_requests(demo: Demo) -> Iterator[LongRequest]:
    """All of them, to be sent one at a time."""
    printing = f"/v1/printings/{demo.printing_id}"
    for name, body in BODIES.items():
        yield LongRequest(f"body: {name}", "POST", "/v1/users", _JSON, body)
    for name, body in CARD_SETS.items():
        headers = {**_JSON, **demo.admin}
        yield LongRequest(f"card set: {name}", "POST", "/v1/card-sets", headers, body)
    for name, query in QUERIES.items():
        yield LongRequest(f"query: {name}", "GET", f"/v1/listings?{query}")
    for name, words in WORDS.items():
        for path in SEARCHES:
            limit = "" if path.endswith("facets") else "&limit=100"
            yield LongRequest(f"search: {name} {path}", "GET", f"{path}?q={quote(words)}{limit}")
    for name, path in PATHS.items():
        yield LongRequest(f"path: {name}", "GET", path)
    for name, long in HEADERS.items():
        yield LongRequest(f"header: {name}", "GET", printing, long)
    for name, tags in TAGS.items():
        headers = {**_JSON, **demo.admin, "If-Match": tags}
        yield LongRequest(f"If-Match: {name}", "PATCH", printing, headers, b"{}")
    yield from _expensive_requests(demo, printing)


def _expensive_requests(demo: Demo, printing: str) -> Iterator[LongRequest]:
    """Those that are right, and cost much."""
    for path in ("/v1/printings", "/v1/cards", "/v1/listings"):
        yield LongRequest(f"page of 100: {path}", "GET", f"{path}?limit=100")
    yield LongRequest("page of 100 by price", "GET", "/v1/listings?limit=100&sort=-price")
    for path in ("/v1/listings/facets", f"{printing}/price-guide", f"{printing}/art", "/"):
        yield LongRequest(f"page: {path}", "GET", path)
    for path in ("/docs/openapi.json", "/docs/api", "/docs/errors/http.invalid-body"):
        yield LongRequest(f"documentation: {path}", "GET", path)
    for path in ("sales?limit=100", "listings?limit=100", "wallet"):
        yield LongRequest(f"own: {path}", "GET", f"/v1/me/{path}", demo.collector)
    statement = "/v1/me/wallet/statement?asset=USD/2&limit=100"
    yield LongRequest("own: statement", "GET", statement, demo.collector)
    yield LongRequest("audit", "POST", "/v1/ledger/audit", demo.admin)
    account = {"email": f"nobody-{demo.nth}@example.com", "password": "\N{SNOWMAN}" * 128}
    yield LongRequest("log in", "POST", "/v1/sessions", _JSON, json.dumps(account).encode())
    new = json.dumps({**account, "handle": f"long_password_{demo.nth}"}).encode()
    yield LongRequest("register", "POST", "/v1/users", _JSON, new)
    headers = {**_JSON, **demo.admin}
    ligature = "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}"
    texts = {"number": f"9999-{demo.nth}", "name": ligature * 200, "rules": ligature * 4_000}
    texts |= {"rarity": "common", "finish": "regular", "image": "genesis:999999999:300"}
    body = json.dumps(texts, ensure_ascii=False).encode()
    created = "/v1/card-sets/genesis/printings"
    yield LongRequest("printing with long texts", "POST", created, headers, body)
    many = [{"code": f"r{rank}", "label": "R", "rank": rank} for rank in range(100)]
    release = {"code": f"long-{demo.nth}", "name": "Long", "rarities": many, "finishes": many}
    card_set = json.dumps(release).encode()
    yield LongRequest("card set with 100 rarities", "POST", "/v1/card-sets", headers, card_set)
    copies = json.dumps({"copies": 1_000, "owner_id": demo.owner_id}).encode()
    keyed = {**headers, "Idempotency-Key": f"long-mint-{demo.nth}"}
    yield LongRequest("mint", "POST", f"{printing}/mints", keyed, copies)
    bought = {**demo.collector, "Idempotency-Key": "a" * LONG}
    yield LongRequest("key", "POST", f"/v1/listings/{demo.listing_id}/purchases", bought)
