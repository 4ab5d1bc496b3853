"""The public API of a context has business words only; its storage has what stores need."""

import ast
import importlib
import inspect
from types import ModuleType
from typing import Protocol, get_type_hints

import pytest

from tests.architecture.test_layout import CONTEXTS, SOURCES, TESTS
from tests.architecture.test_port_files import PORTS

NAMES = [folder.name for folder in CONTEXTS if folder.name != "kernel"]
"""The kernel has one list of names, as all contexts share it, ports included."""


def imported_from(module: str) -> set[str]:
    """The names that any source or test imports from the module."""
    return {
        alias.name
        for path in SOURCES + TESTS
        if module in (text := path.read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ImportFrom) and node.module == module
        for alias in node.names
    }


def public_api(context: str) -> ModuleType:
    return importlib.import_module(f"ece_domain.{context}")


def storage(context: str) -> ModuleType:
    return importlib.import_module(f"ece_domain.{context}.storage")


def ports_of_stores(context: str) -> set[str]:
    """The protocols of a context that only a store implements, by their names."""
    ports = importlib.import_module(f"ece_domain.{context}.ports")
    protocols = {
        name: each
        for name, each in vars(ports).items()
        if inspect.isclass(each)
        and getattr(each, "_is_protocol", False)
        and each is not Protocol
        and each.__module__ == ports.__name__
    }
    asked_of_transactions = {
        get_type_hints(member.fget)["return"]
        for each in protocols.values()
        for member in vars(each).values()
        if isinstance(member, property) and member.fget.__name__ in PORTS
    }
    return {
        name
        for name, each in protocols.items()
        if each in asked_of_transactions or name.endswith("Transaction")
    }


@pytest.mark.parametrize("context", NAMES)
def test_a_name_is_exported_once(context):
    assert set(public_api(context).__all__).isdisjoint(storage(context).__all__)


@pytest.mark.parametrize("context", NAMES)
def test_protocols_of_stores_are_exported_by_the_storage(context):
    ports = ports_of_stores(context)

    assert ports
    assert ports <= set(storage(context).__all__)


@pytest.mark.parametrize("context", NAMES)
def test_every_name_of_the_storage_is_needed_outside_of_its_context(context):
    """A name that no store, no port of another context and no test imports is not exported."""
    names = set(storage(context).__all__) - ports_of_stores(context)
    imported = imported_from(f"ece_domain.{context}.storage")

    assert names <= imported, f"not needed: {sorted(names - imported)}"
