from collections.abc import AsyncIterator, Iterator

import httpx2
import pytest

from ece_adapters import system

from .bazaar import Bazaar
from .exchange_process import ExchangeProcess, calling, exchange_process, opened


@pytest.fixture
def running() -> Iterator[ExchangeProcess]:
    with exchange_process() as running:
        yield running


@pytest.fixture
async def client(running: ExchangeProcess) -> AsyncIterator[httpx2.AsyncClient]:
    """An HTTP client of the process, with keep-alive connections."""
    async with calling(running) as client:
        yield client


@pytest.fixture
async def bazaar(running: ExchangeProcess, client: httpx2.AsyncClient) -> AsyncIterator[Bazaar]:
    async with opened(running) as exchange:
        yield Bazaar(client, exchange, system.now)
