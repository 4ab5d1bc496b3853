"""Every provider of the wiring builds its part, with arguments that match the signature.

mypy checks the arguments of ``single``. This test checks what it does not see: the providers of the
outer container, and what the outer container gives to the containers of the contexts.
"""

import inspect
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol, get_args, get_origin, get_type_hints

import pytest
from dependency_injector import containers, providers
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from ece_adapters.memory import MemoryTransaction
from ece_adapters.postgres.engine.database import PostgresTransaction
from ece_adapters.postgres.engine.session import Pooler
from ece_domain.kernel import Begin
from ece_entrypoints import wiring
from ece_entrypoints.http.platform.app import create_app
from ece_entrypoints.http.platform.use_case_plugin import NameTakenTwice, use_cases
from ece_entrypoints.wiring.exchange import Exchange
from ece_entrypoints.wiring.retry_on_conflict import RetryOnConflict
from ece_entrypoints.wiring.settings import PasswordCost, Settings, Store

TRANSACTIONS = (MemoryTransaction, PostgresTransaction)


@pytest.fixture
def exchange(tmp_path: Path) -> Exchange:
    settings = Settings(
        store=Store.memory, secret_file=tmp_path / "secret", password_cost=PasswordCost.toy
    )
    return Exchange(settings=settings)


def all_providers(container: containers.Container) -> Iterator[tuple[str, providers.Provider]]:
    for name, provider in container.providers.items():
        if isinstance(provider, providers.Container):
            for inner, each in all_providers(provider.container):
                yield f"{name}.{inner}", each
        else:
            yield name, provider


def misfits(container: containers.Container) -> list[str]:
    """The problems with the arguments of the container's singletons, as sentences."""
    return [
        f"{name}: {fault}"
        for name, provider in all_providers(container)
        if isinstance(provider, providers.Singleton | providers.Factory)
        for fault in _misfits_of(provider)
    ]


def _misfits_of(provider: Any) -> Iterator[str]:
    part = provider.cls
    try:
        bound = inspect.signature(part).bind(*provider.args, **provider.kwargs)
    except TypeError as error:
        yield str(error)
        return
    hints = get_type_hints(part.__init__ if inspect.isclass(part) else part)
    for name, given in bound.arguments.items():
        value = given() if isinstance(given, providers.Provider) else given
        if not _fits(value, hints.get(name, Any)):
            yield f"{name} is {value!r}, which is no {hints[name]}"
        yield from (f"{name}: {fault}" for fault in _misfits_of_transaction(hints.get(name)))


def _fits(value: object, hint: Any) -> bool:
    if _is_protocol(hint):
        return all(hasattr(value, member) for member in _members(hint))
    if inspect.isclass(hint):
        return isinstance(value, hint)
    if get_origin(hint) is not None and "Callable" in str(get_origin(hint)):
        return callable(value)
    return True


def _misfits_of_transaction(hint: Any) -> Iterator[str]:
    """The attributes of a ``Begin[...]`` that a store's transaction does not have."""
    if get_origin(hint) is not Begin:
        return
    for wanted in filter(_is_protocol, get_args(hint)):
        for transaction in TRANSACTIONS:
            for member in _members(wanted):
                if not hasattr(transaction, member):
                    yield f"{transaction.__name__} has no {member}"


def _is_protocol(hint: Any) -> bool:
    return inspect.isclass(hint) and getattr(hint, "_is_protocol", False)


def _members(protocol: Any) -> set[str]:
    return {
        name
        for kind in protocol.__mro__
        if getattr(kind, "_is_protocol", False) and kind is not Protocol
        for name in vars(kind)
        if not name.startswith("_")
    }


def test_every_part_gets_its_arguments(exchange: Exchange):
    assert misfits(exchange) == []


def test_every_provider_builds(exchange: Exchange):
    for name, provider in all_providers(exchange):
        assert provider() is not None, name


def test_settings_reach_the_parts_that_they_are_for(tmp_path: Path):
    exchange = Exchange(
        settings=Settings(
            secret_file=tmp_path / "secret",
            database_url="postgresql://ece@primary/ece",
            database_replica_url="postgresql://ece@replica/ece",
            database_connections=3,
            database_pooler=Pooler.transaction,
            idempotency_retention_days=7,
            rate_limit_authentication="1/60",
            rate_limit_authentication_network="2/60",
            rate_limit_authentication_account="3/60",
            rate_limit_refresh="4/60",
        )
    )
    database, replica = exchange.database(), exchange.public_reads()

    assert (database.dsn, replica.dsn) == (
        "postgresql://ece@primary/ece",
        "postgresql://ece@replica/ece",
    )
    assert (database.connections, replica.connections) == (3, 3)
    assert (database.pooler, replica.pooler) == (Pooler.transaction, Pooler.none)
    assert (database.is_read_only, replica.is_read_only) == (False, True)
    assert exchange.prune_idempotency_records().retention == timedelta(days=7)
    limits = exchange.identity.limits()
    named = (limits.attempts, limits.network, limits.account, limits.refreshes)
    assert [each and each.quota for each in named] == [1, 2, 3, 4]


def test_only_public_lists_come_from_the_replica(tmp_path: Path):
    """It lags behind, so whoever has just changed something reads from the primary."""
    exchange = Exchange(
        settings=Settings(
            secret_file=tmp_path / "secret",
            database_url="postgresql://ece@primary/ece",
            database_replica_url="postgresql://ece@replica/ece",
        )
    )
    read_from = {name: provider().begin.__self__ for name, provider in use_cases(exchange)}
    public = {name for name, each in read_from.items() if each is exchange.public_reads()}

    assert public == {
        "get_listing_facets",
        "get_price_guide",
        "list_card_sets",
        "search_listings",
        "search_printings",
    }
    others = [each for name, each in read_from.items() if name not in public]
    assert all(each is exchange.database() for each in others)


def test_every_use_case_of_a_handler_is_retried_on_a_conflict(exchange: Exchange):
    provided = create_app(exchange).dependencies
    for name, provider in use_cases(exchange):
        retried = provided[name].dependency()
        assert isinstance(retried, RetryOnConflict), name
        assert retried.use_case is provider(), name


def test_a_use_case_is_built_once(exchange: Exchange):
    found = dict(use_cases(exchange))
    assert found
    for name, provider in found.items():
        assert provider() is provider(), name


def test_a_use_case_is_provided_under_its_own_name(exchange: Exchange):
    for name, provider in use_cases(exchange):
        expected = "".join(word.capitalize() for word in name.split("_"))
        assert provider.cls.__name__ == expected


def test_every_handler_gets_the_use_case_of_its_parameter(exchange: Exchange):
    provided = dict(use_cases(exchange))
    asked = 0
    for handler in _handlers(exchange):
        for name, field in handler.parsed_fn_signature.parameters.items():
            if name in provided:
                asked += 1
                assert field.annotation is provided[name].cls, f"{handler.fn.__name__}: {name}"
    assert asked


def _handlers(exchange: Exchange) -> Iterator[HTTPRouteHandler]:
    for route in create_app(exchange).routes:
        if isinstance(route, HTTPRoute):
            yield from route.route_handlers


def gaps(container: containers.Container) -> list[str]:
    """The dependencies that inner containers do not get. (Superfluous ones fail at once.)"""
    return [
        f"{name}.{inner}"
        for name, provider in container.providers.items()
        if isinstance(provider, providers.Container)
        for inner, each in provider.container.providers.items()
        if isinstance(each, providers.Dependency) and not each.overridden
    ]


def test_every_inner_container_gets_its_dependencies(exchange: Exchange):
    assert gaps(exchange) == []


def test_the_check_finds_a_need_that_is_not_met():
    class Inner(containers.DeclarativeContainer):
        clock = providers.Dependency()
        new_id = providers.Dependency()

    class Outer(containers.DeclarativeContainer):
        inner = providers.Container(Inner, clock=providers.Object(1))

    assert gaps(Outer()) == ["inner.new_id"]


def test_the_containers_of_the_contexts_build_parts_with_checked_arguments_only():
    """``providers.Singleton(part, clok=...)`` passes mypy; ``single(part, clok=...)`` does not."""
    unchecked = re.compile(r"providers\.(Singleton|Factory|Callable|Resource)\(")
    for path in Path(wiring.__path__[0]).glob("*.py"):
        if path.stem not in {"exchange", "typed_providers"}:
            assert unchecked.findall(path.read_text(encoding="utf-8")) == [], path.name


class _Asks:
    async def __call__(self) -> None: ...

    def __init__(self, *, port: Exchange) -> None: ...


@pytest.mark.parametrize("wrong", [{"porte": None}, {}, {"port": None}])
def test_the_check_finds_a_wrong_argument(wrong: dict[str, object]):
    class Bad(containers.DeclarativeContainer):
        asks = providers.Singleton(_Asks, **wrong)

    assert len(misfits(Bad())) == 1


def test_the_check_finds_a_transaction_that_lacks_a_repository():
    class Needs(Protocol):
        @property
        def unicorns(self) -> object: ...

    assert len(list(_misfits_of_transaction(Begin[Needs]))) == len(TRANSACTIONS)


def test_a_name_is_given_to_one_use_case(exchange: Exchange):
    exchange.set_provider("log_in", providers.Singleton(_Asks, port=None))
    with pytest.raises(NameTakenTwice):
        create_app(exchange)
