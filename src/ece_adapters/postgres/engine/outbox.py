from attrs import define

from ece_domain.kernel import Event

from .unit_of_work import UnitOfWork


@define
class PostgresOutbox:
    _unit: UnitOfWork

    def publish(self, *events: Event) -> None:
        self._unit.publish(*events)
