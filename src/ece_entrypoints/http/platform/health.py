"""Whether this process lives, and whether it can do its work."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Literal, TypeAlias

from litestar import get
from litestar.datastructures import State
from litestar.di import Dependency
from litestar.params import SkipValidationMarker
from msgspec import Struct

from ece_domain.kernel import Unavailable

from .auth import public
from .problems import problems

Ready: TypeAlias = Annotated[Callable[[], Awaitable[bool]], Dependency(), SkipValidationMarker()]


class Health(Struct, frozen=True):
    """A sign of life."""

    status: Literal["ok"] = "ok"


@get("/health/live", opt=public, operation_id="getLiveness", summary="Live at all", tags=["Health"])
async def live() -> Health:
    """Answers as long as the process runs, whatever the database does."""
    return Health()


@get(
    "/health/ready",
    opt=public,
    operation_id="getReadiness",
    summary="Ready to work: the store answers",
    tags=["Health"],
    responses=problems(Unavailable),
)
async def ready(ready: Ready, state: State) -> Health:
    """Asks the database, and answers only if it can serve requests; not while the server ends."""
    if state.is_draining:
        raise Unavailable(what="server")
    if not await ready():
        raise Unavailable(what="database")
    return Health()


routes = [live, ready]
