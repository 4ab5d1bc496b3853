"""What ECE uses of other packages beside their public API: pinned here, and nothing else.

Each of these tests fails when an upgrade changes such a part, and says what to check. Once it was
checked, the version that was checked is written here.
"""

import ast
import inspect
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
import uvicorn
from litestar import Litestar, get
from litestar.di import NamedDependency, Provide
from litestar.routes import HTTPRoute
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState
from uvicorn.supervisors.multiprocess import Multiprocess, Process

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
OURS = {"ece_domain", "ece_adapters", "ece_entrypoints"}

CHECKED = {"litestar": "2.25", "uvicorn": "0.54"}
"""The versions whose parts below were checked."""

UVICORN = (
    "read the changes of uvicorn/protocols/http/httptools_impl.py and uvicorn/server.py, then"
    " ece_entrypoints/server; tests/e2e/test_bounded_requests.py must pass"
)
LITESTAR = (
    "read how litestar/_kwargs/kwargs_model.py resolves dependencies, then"
    " ece_entrypoints/http/platform/request_guard.py; measure a request with three dependencies"
)
OVERRIDDEN = {
    "connection_made": "transport",
    "connection_lost": "exc",
    "data_received": "data",
    "pause_writing": "",
    "resume_writing": "",
    "on_message_begin": "",
    "on_headers_complete": "",
    "on_body": "body",
    "on_message_complete": "",
    "send_400_response": "msg",
}
PROTOCOL_ATTRIBUTES = {
    "app", "client", "connections", "cycle", "headers", "logger", "loop", "pipeline", "transport",
}  # fmt: skip
CYCLE_ATTRIBUTES = {"more_body", "response_complete", "response_started"}


def imports_of(path: Path) -> Iterator[tuple[str, str]]:
    """Each module that a file imports, and what it takes from it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((each.name, "") for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield from ((node.module or "", each.name) for each in node.names)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_private_of_another_package_is_imported(path: Path):
    private = [
        f"{module}.{name}"
        for module, name in imports_of(path)
        if module.partition(".")[0] not in OURS | {"__future__"}
        and any(part.startswith("_") for part in (*module.split("."), name))
    ]
    assert not private, "use what the package publishes, or pin it here with a reason"


@pytest.mark.parametrize(("package", "advice"), [("uvicorn", UVICORN), ("litestar", LITESTAR)])
def test_the_installed_version_is_the_one_that_was_checked(package: str, advice: str):
    major, minor, *_ = version(package).split(".")
    assert f"{major}.{minor}" == CHECKED[package], advice


@pytest.mark.parametrize(("method", "parameters"), OVERRIDDEN.items())
def test_the_methods_of_uvicorn_that_are_overridden_exist(method: str, parameters: str):
    _, *found = inspect.signature(getattr(HttpToolsProtocol, method)).parameters
    assert " ".join(found) == parameters, UVICORN


async def test_the_attributes_of_uvicorn_that_are_read_exist():
    async def app(scope, receive, send) -> None: ...

    config = uvicorn.Config(app, lifespan="off", log_config=None, ws="none")
    protocol = HttpToolsProtocol(config, ServerState(), {})
    assert vars(protocol).keys() >= PROTOCOL_ATTRIBUTES, UVICORN
    assert isinstance(protocol.connections, set), UVICORN
    source = inspect.getsource(RequestResponseCycle.__init__)
    assert {name for name in CYCLE_ATTRIBUTES if f"self.{name} = " in source} == CYCLE_ATTRIBUTES


def test_the_main_loop_of_uvicorns_server_can_be_wrapped():
    assert inspect.iscoroutinefunction(uvicorn.Server.main_loop), UVICORN
    assert list(inspect.signature(uvicorn.Server.main_loop).parameters) == ["self"], UVICORN


@pytest.mark.parametrize(
    ("owner", "parts"),
    [
        (
            Multiprocess,
            "handle_hup handle_signals join_all keep_subprocess_alive run terminate_all",
        ),
        (Process, "is_ready kill server start target terminate wait_until_ready"),
        (uvicorn.Server, "handle_exit main_loop serve"),
    ],
)
def test_the_parts_of_uvicorns_supervisor_that_are_overridden_or_called_exist(
    owner: type, parts: str
):
    assert set(parts.split()) <= {*vars(owner)}, UVICORN


def test_litestar_resolves_dependencies_in_batches_that_can_be_split():
    """Without the split a request with three dependencies costs twice the processor time."""

    @get("/", sync_to_thread=False)
    def handler(one: NamedDependency[int], two: NamedDependency[int]) -> None: ...

    provided = {
        "one": Provide(lambda: 1, sync_to_thread=False),
        "two": Provide(lambda: 2, sync_to_thread=False),
    }
    app = Litestar([handler], dependencies=provided, openapi_config=None)
    (route,) = (each for each in app.routes if isinstance(each, HTTPRoute))
    _, kwargs = route.route_handler_map["GET"]
    (batch,) = kwargs.dependency_batches
    assert isinstance(batch, set), LITESTAR
    assert {each.key for each in batch} == {"one", "two"}, LITESTAR
