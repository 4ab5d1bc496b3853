"""The pages of the API's documentation, all served from here: nothing is loaded from elsewhere."""

import json
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Any, Final

from litestar import Litestar, MediaType, Request, Response, Router, get
from litestar.exceptions import InternalServerException, NotFoundException
from litestar.openapi.plugins import OpenAPIRenderPlugin
from litestar.params import FromPath
from litestar.static_files import create_static_files_router

from ece_entrypoints.http.platform.error_html import html_of
from ece_entrypoints.http.platform.error_pages import ErrorPage
from ece_entrypoints.http.platform.operations import operations_of

from .auth import public
from .error_catalog import catalog
from .problems import answer_http_exception

_WEB: Final = Path(__file__).parents[2] / "web"


class Document(OpenAPIRenderPlugin):
    """Serves the finished document as JSON, made once."""

    def __init__(self, make: Callable[[Litestar], dict[str, Any]]) -> None:
        super().__init__(path="/openapi.json", media_type=MediaType.JSON)
        self._make = make
        self._made: bytes | None = None

    def render(
        self,
        request: Request[Any, Any, Any],
        openapi_schema: dict[str, Any],  # noqa: ARG002  # Litestar's own, which is not finished
    ) -> bytes:
        if self._made is None:
            self._made = json.dumps(self._make(request.app)).encode()
        return self._made


@get("/api", media_type=MediaType.HTML)
async def api() -> str:
    return (_WEB / "docs" / "api.html").read_text()


@get("/errors/{code:str}", media_type=MediaType.HTML)
async def error_page(request: Request[Any, Any, Any], code: FromPath[str]) -> str:
    """The page that the ``type`` of a problem names."""
    error = catalog().get(code)
    if error is None:
        raise NotFoundException
    return html_of(ErrorPage.of(error, operations_of(request.app.routes)))


def docs_router() -> Router:
    """Everything below ``/docs``."""
    folders: list[Path | PathLike[Any] | str] = [_WEB / "docs", _WEB / "vendor" / "swagger-ui"]
    assets = create_static_files_router(
        "/assets", folders, exception_handlers={InternalServerException: _no_such_file}
    )
    return Router(
        "/docs", route_handlers=[api, error_page, assets], opt=dict(public), include_in_schema=False
    )


def _no_such_file(request: Request[Any, Any, Any], _: InternalServerException) -> Response[bytes]:
    """What Litestar makes of a name that is too long for a file system."""
    return answer_http_exception(request, NotFoundException())
