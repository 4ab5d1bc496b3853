"""A client that a public generator makes from the OpenAPI document buys a card."""

import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import ModuleType
from typing import Any, get_args
from uuid import uuid4

import pytest
from attrs import frozen

from ece_domain.identity import Role
from ece_entrypoints.http.platform.app import create_app
from ece_entrypoints.http.platform.openapi import openapi_document
from ece_entrypoints.wiring.exchange import Exchange
from tests.clock import SettableClock
from tests.contract.market.stall import Stall
from tests.http.conftest import Person, SignUp, client_of, exchange_of

pytest.importorskip("openapi_python_client", reason="the dev requirements are not installed")
httpx = pytest.importorskip("httpx", reason="generated clients use it")

BASE = "http://ece.test"


@pytest.fixture
def exchange(tmp_path: Path, clock: SettableClock) -> Exchange:
    return exchange_of(tmp_path, clock)


@pytest.fixture
async def client(exchange: Exchange) -> AsyncIterator[Any]:
    async with client_of(create_app(exchange)) as client:
        yield client


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The generated package; what the generator says of the document must be nothing new."""
    folder = tmp_path_factory.mktemp("generated")
    document = folder / "openapi.json"
    document.write_bytes(openapi_document(create_app(exchange_of(folder, SettableClock()))))
    target = folder / "generated_client"
    command = ["generate", "--path", document, "--output-path", target, "--meta", "none"]
    done = subprocess.run(  # the generator, on our own document
        [sys.executable, "-m", "openapi_python_client", *command],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    warnings = re.findall(r"^WARNING parsing (.*) within", done.stdout + done.stderr, re.MULTILINE)
    assert warnings == ["GET /v1/printings/{printing_id}/art"]  # it knows no image/svg+xml
    sys.path.insert(0, str(folder))
    return importlib.import_module("generated_client")


@frozen
class Generated:
    """One person with the generated client."""

    package: ModuleType
    app: Any
    headers: dict[str, str]

    async def call(self, operation_id: str, body: dict[str, Any] | None = None, **args: Any) -> Any:
        """The answer of an operation, as the generated model of it."""
        operation = self._operation(operation_id)
        if body is not None:
            args["body"] = _model_of(operation).from_dict(body)
        token = self.headers["Authorization"].removeprefix("Bearer ")
        client = self.package.AuthenticatedClient(base_url=BASE, token=token)
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(
            transport=transport, base_url=BASE, headers=self.headers
        ) as connection:
            client.set_async_httpx_client(connection)
            answer = await operation(client=client, **args)
        assert answer.status_code < 300, answer.content
        return answer.parsed

    def _operation(self, operation_id: str) -> Callable[..., Any]:
        name = re.sub("([A-Z])", r"_\1", operation_id).lower()
        api = importlib.import_module(f"{self.package.__name__}.api")
        (found,) = (
            each.name
            for each in pkgutil.walk_packages(api.__path__, f"{api.__name__}.")
            if each.name.endswith(f".{name}")
        )
        return importlib.import_module(found).asyncio_detailed


def _model_of(operation: Callable[..., Any]) -> Any:
    annotation = inspect.signature(operation).parameters["body"].annotation
    return next(each for each in (annotation, *get_args(annotation)) if hasattr(each, "from_dict"))


async def test_a_generated_client_lists_finds_and_buys_a_card(
    package: ModuleType, client: Any, exchange: Exchange, sign_up: SignUp, clock: SettableClock
):
    def as_(person: Person) -> Generated:
        return Generated(package, client._transport.app, person.headers)

    ann, bob = await sign_up("ann"), await sign_up("bob")
    operator = await sign_up("till", Role.SERVICE)
    card_id = await Stall(exchange.database(), clock).card(ann.id)
    price = {"amount": 1_000, "asset": "USD/2"}

    await as_(operator).call(
        "deposit",
        {"destination_id": str(bob.id), "money": price},
        idempotency_key=str(uuid4()),
    )
    await as_(ann).call(
        "createListing", {"card_id": str(card_id), "price": price}, idempotency_key=str(uuid4())
    )
    (listing,) = (await as_(bob).call("listListings")).data
    sale = await as_(bob).call("buyListing", listing_id=listing.id, idempotency_key=str(uuid4()))

    assert (sale.card_id, sale.buyer_id, sale.price.amount) == (card_id, bob.id, 1_000)
    assert (await as_(bob).call("getCard", card_id=card_id)).owner_id == bob.id
