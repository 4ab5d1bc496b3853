"""Both stores implement every transaction of the domain, and the domain imports little.

``typing_ports.py`` proves with mypy that a store's transaction is a ``StoreTransaction``; the test
here checks that ``StoreTransaction`` has all transactions of the contexts.
"""

import ast
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import ece_domain
from ece_adapters.storage.store_transaction import StoreTransaction

DOMAIN = Path(ece_domain.__path__[0])
ALLOWED = {*sys.stdlib_module_names, "attrs", "ece_domain"}


def transactions() -> set[type]:
    """The transaction Protocols of all contexts."""
    return {
        each
        for found in pkgutil.walk_packages(ece_domain.__path__, "ece_domain.")
        for each in vars(importlib.import_module(found.name)).values()
        if inspect.isclass(each) and each.__name__.endswith("Transaction")
    }


def imported_packages(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield (node.module or "").partition(".")[0]


def test_every_transaction_of_the_domain_is_proven_for_both_stores():
    found = transactions()

    assert len(found) >= 8
    assert found - {*StoreTransaction.__mro__} == set()


@pytest.mark.parametrize("path", sorted(DOMAIN.rglob("*.py")), ids=lambda path: path.stem)
def test_the_domain_imports_the_standard_library_attrs_and_itself(path: Path):
    assert {*imported_packages(path.read_text(encoding="utf-8"))} - ALLOWED == set()


def test_the_check_finds_an_import_anywhere_in_a_file():
    source = "def late():\n    import yaml.loader\n    from numpy.linalg import inv\n"

    assert {*imported_packages(source)} == {"yaml", "numpy"}
