from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from dependency_injector import containers, providers


class CardsContainer(containers.DeclarativeContainer):
    begin: providers.Dependency[Any] = providers.Dependency()
    clock: providers.Dependency[Callable[[], datetime]] = providers.Dependency()
    new_id: providers.Dependency[Callable[[], UUID]] = providers.Dependency()
