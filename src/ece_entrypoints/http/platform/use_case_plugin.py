"""Hands the use cases of an exchange to Litestar, by name.

Litestar resolves what a handler asks for by parameter name; this plugin offers every use case under
the name of its provider. All else in the containers (ports, policies) stays out of reach.
"""

import random
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

from attrs import frozen
from dependency_injector import containers, providers
from litestar import Litestar
from litestar.config.app import AppConfig
from litestar.di import Provide
from litestar.plugins import InitPlugin

from ece_entrypoints.jobs.periodic_jobs import periodic_jobs_of, running_jobs
from ece_entrypoints.wiring.exchange import Exchange, opened
from ece_entrypoints.wiring.retry_on_conflict import RetryOnConflict, is_use_case


class NameTakenTwice(Exception):
    """Two contexts offer a use case under one name."""


def use_cases(container: containers.Container) -> Iterator[tuple[str, providers.Provider[Any]]]:
    """The providers of use cases, by name, those of contained containers included."""
    for name, provider in container.providers.items():
        if isinstance(provider, providers.Container):
            yield from use_cases(provider.container)
        elif is_use_case(getattr(provider, "cls", None)):
            yield name, provider


@frozen
class ExchangePlugin(InitPlugin):
    """Offers the use cases; keeps the database open and runs the periodic jobs meanwhile."""

    exchange: Exchange

    def on_app_init(self, app_config: AppConfig) -> AppConfig:
        for name, provider in use_cases(self.exchange):
            if name in app_config.dependencies:
                raise NameTakenTwice(name)
            app_config.dependencies[name] = Provide(_at_hand(provider), sync_to_thread=False)
        app_config.lifespan = [self._running, *app_config.lifespan]
        return app_config

    @asynccontextmanager
    async def _running(self, _: Litestar) -> AsyncIterator[None]:
        async with (
            opened(self.exchange),
            self.exchange.identity.revoked_sessions().watching(),
            running_jobs(periodic_jobs_of(self.exchange)),
        ):
            yield


def _at_hand(provider: providers.Provider[Any]) -> Callable[[], RetryOnConflict]:
    """The use case behind the provider, made once, on first use."""
    made: list[RetryOnConflict] = []

    def give() -> RetryOnConflict:
        if not made:
            made.append(RetryOnConflict(provider(), random.uniform))
        return made[0]

    return give
