"""An endless stream of random requests on every route, each with one or two errors."""

import json
import re
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from attrs import define, field, frozen
from litestar import Litestar
from litestar.routes import HTTPRoute

from ece_domain.identity import Role
from ece_entrypoints.http.platform.openapi import amended

from .hostile_bytes import (
    AUTHORIZATIONS,
    BODIES,
    HEADERS,
    LARGE_BODIES,
    NOT_HTTP,
    PLACES,
    QUERIES,
    QUERY_VALUES,
    SMUGGLED,
    SNIPPETS,
    VALUES,
)

_GAP: Final = re.compile(rb"\{(\w+)\}")
_TEXT: Final = re.compile(rb'"(\w+)": "([^"\\]*)"')
_NAMED: Final = re.compile(rb'"(\w+)": ?"([\w/=-]{1,500})"')
_UUID: Final = re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_VALUE: Final = re.compile(rb'(?<=": )("[^"\\]*"|-?\d+|\{[^{}]*\})')
_CONTROLS: Final = bytes((*range(32), 127))
_MOMENT: Final = b"2026-01-31T12:00:00Z"
"""The moment in the document's examples, which is in the past."""

Tokens = Mapping[Role, bytes]


@define
class Known:
    """Values of earlier responses, by their field names."""

    _seen: dict[bytes, deque[bytes]] = field(factory=lambda: defaultdict(lambda: deque(maxlen=64)))

    def learn(self, answer: bytes, path: bytes = b"") -> None:
        """The path shows the kind of an id: below ``/holds``, that of a hold."""
        kind = path.rpartition(b"/")[2].removesuffix(b"s") + b"_id"
        for name, value in _NAMED.findall(answer[-2_000:]):
            self._seen[name].append(value)
            if name == b"id":
                self._seen[kind].append(value)
            elif name == b"next":
                self._seen[b"cursor"].append(value)

    def __contains__(self, name: bytes) -> bool:
        return name in self._seen

    def pick(self, name: bytes, chance: Random) -> bytes:
        """One of the last values of this name, or an id of any kind."""
        if name not in self._seen:
            name = chance.choice([kind for kind in self._seen if kind.endswith(b"_id")])
        return chance.choice(self._seen[name])


@frozen
class Address:
    """A method and a path with parameters, and its operation in the OpenAPI document."""

    number: int
    method: bytes
    path: bytes
    is_documented: bool
    query: Sequence[bytes] = ()
    body: Mapping[str, Any] | None = None
    needed: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        return f"{self.method.decode()} {self.path.decode()}"


def addresses(app: Litestar) -> list[Address]:
    """Every route, with each of its methods."""
    document = amended(app)
    routes = [route for route in app.routes if isinstance(route, HTTPRoute)]
    pairs = [(route.path_format, method) for route in routes for method in sorted(route.methods)]
    found = []
    for number, (path, method) in enumerate(pairs):
        operation = document["paths"].get(path, {}).get(method.lower())
        body = (operation or {}).get("requestBody", {}).get("content", {}).get("application/json")
        schema = document["components"]["schemas"][body["schema"]["$ref"][21:]] if body else {}
        named = (operation or {}).get("parameters", ())
        found.append(
            Address(
                number,
                method.encode(),
                path.encode(),
                is_documented=operation is not None,
                query=[each["name"].encode() for each in named if each["in"] == "query"],
                body=body and body["example"],
                needed=frozenset(schema.get("required", ())),
            )
        )
    return found


def mutated(said: bytes, other: bytes, chance: Random) -> bytes:
    """The request with a few bytes changed, doubled, removed, or taken from another one."""
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(said) + 1)
        end = min(len(said), at + chance.choice((1, 2, 8, 64)))
        match chance.randrange(6):
            case 0 if at < len(said):
                flipped = said[at] ^ (1 << chance.randrange(8))
                said = said[:at] + bytes((flipped,)) + said[at + 1 :]
            case 1:
                said = said[:at] + said[end:]
            case 2:
                said = said[:end] + said[at:end] * chance.choice((1, 2, 50)) + said[end:]
            case 3:
                said = said[:at] + other[chance.randrange(len(other) + 1) :]
            case 4:
                said = said[:at]
            case _:
                said = said[:at] + chance.choice(SNIPPETS) + said[end - chance.randrange(2) :]
    return said


@define
class Attacker:
    """Generates requests; the same seed and responses give the same requests."""

    addresses: Sequence[Address]
    log_in: Callable[[], Tokens]
    now: datetime
    chance: Random
    known: Known = field(factory=Known)
    _tokens: Tokens = field(factory=dict)
    _doomed: Tokens = field(factory=dict)
    """Headers for requests that may end the session."""
    _made: int = 0
    _last: bytes = b"GET / HTTP/1.1\r\n\r\n"

    def request(self, address: Address) -> bytes:
        """A valid or invalid request, whose end is unambiguous."""
        self._made += 1
        if self._made % 2_000 == 1:
            self._tokens, self._doomed = self.log_in(), self.log_in()
        chance = self.chance
        wrong = 0.0 if chance.random() < 0.3 else chance.choice((0.1, 0.3, 0.6))
        lines = [
            address.method + b" " + self._target(address, wrong) + b" HTTP/1.1",
            b"Host: ece",
            b"X-Request-Id: %d-%d" % (address.number, self._made),
            b"Authorization: " + self._authorization(address, wrong),
            b"Idempotency-Key: %d" % chance.randrange(1_000),
            b'If-Match: "%d"' % chance.choice((0, 0, 1, 1, 2, 3)),
            b"Content-Type: application/json",
        ]
        if chance.random() < wrong:
            lines.insert(chance.randrange(3, len(lines)), chance.choice(HEADERS))
        self._last = b"\r\n".join(lines) + self._framed(self._body(address, wrong))
        return self._last

    def bytes_of_any_kind(self, address: Address) -> bytes:
        """Bytes whose end, and whether they are a request, is ambiguous."""
        chance = self.chance
        match chance.randrange(8):
            case 0:
                return chance.choice(NOT_HTTP)
            case 1:
                return mutated(chance.choice(NOT_HTTP), self._last, chance)
            case 2:
                return mutated(chance.choice(list(SMUGGLED.values())), self._last, chance)
            case 3:
                large = chance.choice(LARGE_BODIES)
                return self.request(address).partition(b"\r\n\r\n")[0] + self._framed(large)
            case _:
                other = self._last
                return mutated(self.request(address), other, chance)

    def _target(self, address: Address, wrong: float) -> bytes:
        chance = self.chance

        def fill(gap: re.Match[bytes]) -> bytes:
            if chance.random() < wrong:
                return chance.choice(PLACES)
            return self.known.pick(gap[1], chance)

        path = _GAP.sub(fill, address.path)
        if chance.random() < wrong / 2:
            return path + chance.choice(QUERIES)
        asked = [
            name + b"=" + (chance.choice(QUERY_VALUES) if chance.random() < wrong else known)
            for name in address.query
            if chance.random() < 0.3
            for known in [self.known.pick(name, chance) if name in self.known else b"10"]
        ]
        return path + b"?" + b"&".join(asked) if asked else path

    def _authorization(self, address: Address, wrong: float) -> bytes:
        chance = self.chance
        if chance.random() < wrong / 2:
            return chance.choice(AUTHORIZATIONS)
        tokens = self._doomed if address.method == b"DELETE" else self._tokens
        token = chance.choice(tuple(tokens.values()))
        if chance.random() >= wrong / 8:
            return token
        return mutated(token, token, chance).translate(None, _CONTROLS)

    def _body(self, address: Address, wrong: float) -> bytes:
        chance = self.chance
        if address.body is None and chance.random() >= wrong:
            return b""
        given = {
            name: value
            for name, value in (address.body or {}).items()
            if name in address.needed or chance.random() < 0.5
        }
        good = _TEXT.sub(self._known_text, json.dumps(given).encode())
        if chance.random() >= wrong:
            return good
        match chance.randrange(3):
            case 0:
                return chance.choice(BODIES)
            case 1:
                return mutated(good, self._last[-300:], chance)
            case _:
                places = list(_VALUE.finditer(good))
                if not places:
                    return chance.choice(VALUES)
                place = chance.choice(places)
                return good[: place.start()] + chance.choice(VALUES) + good[place.end() :]

    def _known_text(self, found: re.Match[bytes]) -> bytes:
        name, value, chance = found[1], found[2], self.chance
        if value == _MOMENT:
            value = (self.now + timedelta(hours=chance.randint(1, 48))).isoformat().encode()
        elif _UUID.fullmatch(value) or (name in self.known and chance.random() < 0.5):
            value = self.known.pick(name, chance)
        elif chance.random() < 0.1:
            value += b"%d" % chance.randrange(100)
        return b'"%b": "%b"' % (name, value)

    def _framed(self, body: bytes) -> bytes:
        """The rest of the head, and the body: whole, or in chunks."""
        if self.chance.random() < 0.8:
            return b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        size = self.chance.choice((1 + len(body) // 3, 1 + len(body)))
        parts = [body[at : at + size] for at in range(0, len(body), size)]
        chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)
        return b"\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"
