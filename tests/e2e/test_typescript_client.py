"""A TypeScript client with generated types buys a card; the types come from openapi-typescript."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ece_domain.identity import Role
from tests.need import need

from .bazaar import Bazaar, Trader
from .exchange_process import ExchangeProcess

SOURCE = Path(__file__).with_name("typescript")
DOCUMENT = Path(__file__).parents[2] / "docs" / "openapi.json"


def run(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def client_program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled client. It compiles only if every call fits the generated types."""
    npm, node = need("npm"), need("node")
    folder = tmp_path_factory.mktemp("client") / "typescript"
    shutil.copytree(SOURCE, folder)
    quiet = ("--silent", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts")
    run(folder, npm, "install", *quiet)
    packages = folder / "node_modules"
    run(
        folder, node, str(packages / "openapi-typescript" / "bin" / "cli.js"),
        str(DOCUMENT), "--output", "schema.ts",
    )  # fmt: skip
    run(folder, node, str(packages / "typescript" / "bin" / "tsc"))
    return folder / "buy_card.js"


def token_of(trader: Trader) -> str:
    return trader.headers["Authorization"].removeprefix("Bearer ")


async def test_a_typescript_client_lists_finds_and_buys_a_card(
    client_program: Path, running: ExchangeProcess, bazaar: Bazaar
):
    operator, seller = await bazaar.trader(role=Role.SERVICE), await bazaar.trader()
    buyer = await bazaar.trader()
    (card_id,) = await bazaar.cards(seller, 1)
    task = {
        "url": running.url,
        "operator": token_of(operator),
        "seller": token_of(seller),
        "buyer": token_of(buyer),
        "buyer_id": str(buyer.id),
        "card_id": str(card_id),
    }

    printed = run(client_program.parent, need("node"), str(client_program), json.dumps(task))

    sale: dict[str, Any] = json.loads(printed)
    assert sale == {"price": {"amount": 1_000, "asset": "USD/2"}, "owner_id": str(buyer.id)}
    await bazaar.assert_sound()
