from typing import TypeVar

import msgspec
from attrs import define

from ece_adapters.write_order import Phase
from ece_domain.kernel import KeyReused, Request

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

    def record(self, request: Request, answer: object) -> None:
        self._unit.batch.write(
            "INSERT INTO request (actor, key, fingerprint, answer) VALUES ($1, $2, $3, $4)"
            " ON CONFLICT DO NOTHING",
            request.actor,
            request.key.text,
            request.fingerprint,
            msgspec.json.encode(answer).decode(),
            rows=1,
            phase=Phase.REQUEST,
        )
