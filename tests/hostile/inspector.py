"""Checks every response of a hostile run against the OpenAPI document."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import httpx2
import schemathesis
from attrs import define, field, frozen

DOCUMENT: Final[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "docs" / "openapi.json").read_text()
)
PROBLEM: Final = "application/problem+json"

_UUID: Final = "[0-9A-Fa-f-]{36}"
_TELLING: Final = re.compile("mail|password|hash|token|secret", re.IGNORECASE)
_OF_THE_CALLER: Final = {
    "registerUser": {"email"},
    "getMyAccount": {"email"},
    "logIn": {"access_token", "refresh_token", "token_type"},
    "refreshSession": {"access_token", "refresh_token", "token_type"},
}
"""The only responses with secrets, which go to their owner."""
_NOBODYS: Final = {"http.not-found", "http.method-not-allowed"}
"""The only problems of requests without an operation."""


class Undocumented(AssertionError):
    """A response that the document does not list."""


class LeakedData(AssertionError):
    """A response with data that the caller must not see."""


@frozen
class Operation:
    """One operation of the document."""

    id: str
    method: str
    path: str
    facts: Mapping[str, Any]

    @property
    def pattern(self) -> re.Pattern[str]:
        """The pattern of the paths of the operation."""
        uuids = {
            parameter["name"]
            for parameter in self.facts.get("parameters", ())
            if parameter["schema"].get("format") == "uuid"
        }
        steps = re.split(r"\{(\w+)\}", self.path)
        return re.compile(
            "".join(
                (_UUID if step in uuids else "[^/]+") if index % 2 else re.escape(step)
                for index, step in enumerate(steps)
            )
        )

    def codes(self, status: int) -> set[str]:
        """The problems that are documented for a status."""
        answer = self.facts["responses"].get(str(status), {})
        return set(answer.get("content", {}).get(PROBLEM, {}).get("examples", ()))


OPERATIONS: Final = tuple(
    Operation(facts["operationId"], method.upper(), path, facts)
    for path, methods in DOCUMENT["paths"].items()
    for method, facts in methods.items()
)


def keys_in(value: object) -> Iterator[str]:
    """All keys of all objects in some JSON."""
    match value:
        case dict():
            for key, each in value.items():
                yield key
                yield from keys_in(each)
        case list():
            for each in value:
                yield from keys_in(each)


@define
class Inspector:
    """Counts what it saw: ``(operation id or "", status, code or "")``."""

    seen: Counter[tuple[str, int, str]] = field(factory=Counter)
    private: set[str] = field(factory=set)
    """Private texts of users, which no response to another user may have."""
    _schema: Any = field(factory=lambda: schemathesis.openapi.from_dict(DOCUMENT))
    _patterns: tuple[tuple[re.Pattern[str], Operation], ...] = field(
        factory=lambda: tuple(
            (operation.pattern, operation)
            for operation in sorted(OPERATIONS, key=lambda each: each.path.count("{"))
        )
    )

    def operation_at(self, method: str, path: str) -> Operation | None:
        """The operation of a path; a fixed path has precedence over one with parameters."""
        return next(
            (
                operation
                for pattern, operation in self._patterns
                if operation.method == method and pattern.fullmatch(path)
            ),
            None,
        )

    def look(self, answer: Any) -> None:
        """Check a response.

        :raises Undocumented: if the document has no such response.
        :raises LeakedData: if it contains private data of others.
        """
        request = answer.request
        operation = self.operation_at(request.method, request.url.path)
        asked = f"{request.method} {request.url}: {answer.status_code} {answer.text[:500]}"
        if answer.status_code >= 500:
            raise Undocumented(asked)
        kind = answer.headers.get("content-type", "") if answer.content else ""
        is_problem = kind == PROBLEM
        body = answer.json() if kind in {PROBLEM, "application/json"} else None
        code = body["code"] if is_problem else ""
        self.seen[operation.id if operation else "", answer.status_code, code] += 1
        if not request.url.path.startswith("/docs"):
            self._keep_secrets(operation, body, answer.text, asked)
        if operation is None:
            if request.url.path.startswith("/v1") and code not in _NOBODYS:
                raise Undocumented(asked)
        elif is_problem and code not in operation.codes(answer.status_code):
            raise Undocumented(f"{operation.id} does not document {code}: {asked}")
        elif not is_problem or self.seen[operation.id, answer.status_code, code] == 1:
            answer.request = httpx2.Request(request.method, request.url)  # no client sends the rest
            self._schema[operation.path][operation.method].validate_response(answer)

    def _keep_secrets(
        self, operation: Operation | None, body: object, text: str, asked: str
    ) -> None:
        own = _OF_THE_CALLER.get(operation.id, set()) if operation else set()
        telling = {key for key in keys_in(body) if _TELLING.search(key)} - own
        if telling or (not own and any(secret in text for secret in self.private)):
            raise LeakedData(f"{sorted(telling)}: {asked}")
