from functools import partial
from typing import Any, TypeVar

import msgspec
from attrs import define

from ece_adapters.write_order import Phase
from ece_domain.kernel import KeyReused, Request, Returned

from .batch import RETURNED
from .unit_of_work import UnitOfWork

A = TypeVar("A")


@define
class PostgresRequests:
    _unit: UnitOfWork

    async def recall(self, request: Request, answer: type[A]) -> A | None:
        row = await self._unit.fetch_row(
            "SELECT fingerprint, answer FROM request WHERE actor = $1 AND key = $2",
            request.actor,
            request.key.text,
        )
        if row is None:
            return None
        if row["fingerprint"] != request.fingerprint:
            raise KeyReused
        return msgspec.json.decode(row["answer"], type=answer)

    def record(self, request: Request, answer: object | Returned[Any]) -> None:
        write = partial(self._unit.batch.write, rows=1, phase=Phase.REQUEST)
        terms = (request.actor, request.key.text, request.fingerprint)
        if isinstance(answer, Returned):
            write(_RECORD_RETURNED, *terms, uses=answer)
        else:
            write(_RECORD, *terms, msgspec.json.encode(answer).decode())


_RECORD = """
INSERT INTO request (actor, key, fingerprint, answer) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING
"""
# A write that found no row returns nothing, and is refused by its own guard.
_RECORD_RETURNED = f"""
INSERT INTO request (actor, key, fingerprint, answer)
VALUES ($1, $2, $3, coalesce(to_jsonb({RETURNED}), 'null'))
ON CONFLICT DO NOTHING
"""  # noqa: S608 - no outside text
