"""The HTTP server's process, before it answers requests."""

import gc
from contextlib import asynccontextmanager

import uvicorn
from litestar import Litestar

from ece_entrypoints.server import listener
from ece_entrypoints.wiring.settings import Settings


async def test_the_started_application_is_excluded_from_garbage_collection(monkeypatch):
    frozen_before_requests = []

    @asynccontextmanager
    async def while_open():
        frozen_before_requests.append(gc.get_freeze_count() > 0)
        yield

    async def main_loop(_: uvicorn.Server) -> None:
        """The server stops at once."""

    monkeypatch.setattr(uvicorn.Server, "main_loop", main_loop)
    thresholds = gc.get_threshold()
    try:
        config = uvicorn.Config("no:app")
        config.loaded_app = Litestar([], openapi_config=None)
        limits = listener.ServerLimits.of(Settings())
        await listener.DrainingServer(config, limits, while_open()).main_loop()
    finally:
        gc.unfreeze()
        gc.set_threshold(*thresholds)

    assert frozen_before_requests == [True]
