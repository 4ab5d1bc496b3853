"""A port and its adapters share the names of property, file and class."""

import inspect
from collections.abc import Iterator
from typing import Protocol, get_type_hints

import pytest

from ece_adapters.memory import MemoryTransaction
from ece_adapters.postgres.engine.database import PostgresTransaction

STORES = {"memory": MemoryTransaction, "postgres": PostgresTransaction}
PORTS = sorted(
    name for name, member in vars(PostgresTransaction).items() if isinstance(member, property)
)


def adapter_of(transaction: type, port: str) -> type:
    return get_type_hints(getattr(transaction, port).fget)["return"]


def misnamed(store: str, transaction: type, port: str) -> Iterator[str]:
    """The problem with the name of the port's adapter, as a sentence."""
    adapter = adapter_of(transaction, port)
    *_, file = adapter.__module__.split(".")
    expected = store.capitalize() + "".join(word.capitalize() for word in port.split("_"))
    if file != port:
        yield f"{adapter.__module__} should be a file {port}.py"
    if adapter.__name__ != expected:
        yield f"{adapter.__name__} should be named {expected}"


@pytest.mark.parametrize("store", STORES)
def test_both_stores_have_the_same_ports(store):
    found = {
        name
        for name, member in vars(STORES[store]).items()
        if isinstance(member, property) and not name.startswith("_")
    }

    assert found == set(PORTS)


@pytest.mark.parametrize("port", PORTS)
def test_a_port_and_its_adapters_share_a_file_name(port):
    for store, transaction in STORES.items():
        assert list(misnamed(store, transaction, port)) == []


@pytest.mark.parametrize("port", PORTS)
def test_a_port_has_the_same_context_in_both_stores(port):
    contexts = set()
    for store, transaction in STORES.items():
        package, found, context, _ = adapter_of(transaction, port).__module__.split(".")
        assert (package, found) == ("ece_adapters", store)
        contexts.add(context)

    assert len(contexts) == 1, contexts


@pytest.mark.parametrize("port", PORTS)
def test_a_port_is_in_the_ports_file_of_its_context(port):
    """Ports of the kernel are in the file of the use case that needs them."""
    context = adapter_of(PostgresTransaction, port).__module__.split(".")[2]
    if context != "engine":
        promised = f"ece_domain.{context}.ports"
        assert promised in {
            protocol.__module__
            for protocol in _protocols_of(promised)
            if _is_satisfied(protocol, adapter_of(PostgresTransaction, port))
        }


def _protocols_of(module: str) -> list[type]:
    names = vars(inspect.importlib.import_module(module))
    return [
        each
        for each in names.values()
        if inspect.isclass(each) and getattr(each, "_is_protocol", False) and each is not Protocol
    ]


def _is_satisfied(protocol: type, adapter: type) -> bool:
    members = {name for name in vars(protocol) if not name.startswith("_")}
    return bool(members) and all(hasattr(adapter, name) for name in members)


def test_the_check_finds_a_wrong_name():
    class Wrong:
        @property
        def sales(self) -> MemoryTransaction: ...

    assert len(list(misnamed("memory", Wrong, "sales"))) == 2
