"""A route documents the errors that its use cases, dependencies and conversion can raise."""

import ast
import re
from pathlib import Path
from uuid import UUID

import pytest

import ece_domain
from ece_domain import kernel, ledger, market, sales
from ece_domain.kernel import DomainError
from ece_entrypoints.cli.openapi import documented_app
from ece_entrypoints.http.platform.app import API
from ece_entrypoints.http.platform.error_catalog import catalog
from ece_entrypoints.http.platform.named_errors import UnknownErrorName, named_errors
from ece_entrypoints.http.platform.operations import documented, operations_of
from ece_entrypoints.http.platform.route_errors import derived_errors
from tests.named_errors import unnamed, use_case_classes, watch

USE_CASES = sorted({*use_case_classes()}, key=lambda use_case: use_case.__name__)
HANDLERS = sorted(documented(documented_app().routes), key=lambda handler: handler.operation_id)
DECLARED = {handler.operation_id: handler.responses or {} for handler in API}


@pytest.mark.parametrize("use_case", USE_CASES, ids=lambda use_case: use_case.__name__)
def test_a_use_case_names_errors_that_exist_and_have_a_code(use_case):
    for error in named_errors(use_case.__call__):
        assert catalog()[error.code] is error


@pytest.mark.parametrize(
    "path", sorted(Path(ece_domain.__path__[0]).rglob("*.py")), ids=lambda path: path.stem
)
def test_no_docstring_of_the_domain_names_an_error_that_does_not_exist(path):
    known = {error.__name__ for error in catalog().values()}
    known |= {"DomainError", "TypeError", "ValueError"}
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            text = ast.get_docstring(node) or ""
            named = {name.rpartition(".")[2] for name in re.findall(r":raises ([\w.]+):", text)}
            assert named <= known, node.name


@pytest.mark.parametrize("handler", HANDLERS, ids=lambda handler: handler.operation_id)
def test_a_route_declares_only_problems_that_are_not_derived(handler):
    declared = {
        code
        for response in DECLARED.get(handler.operation_id, {}).values()
        for code in getattr(response, "codes", ())
    }

    assert declared & {error.code for error in derived_errors(handler)} == set()


def test_buying_documents_the_errors_of_its_use_case_and_of_every_keyed_write():
    found = next(each for each in operations_of(documented_app().routes) if each.id == "buyListing")

    of_the_use_case = {
        market.ListingNotFound, market.ListingNotActive, market.BuyerIsSeller, market.PriceAboveMax,
        sales.AssetNotAccepted, kernel.AssetMismatch, ledger.InsufficientFunds, ledger.BalanceLimit,
    }  # fmt: skip
    of_the_store = {
        kernel.RequestInFlight, kernel.IdempotencyKeyReused, kernel.ConcurrentChange,
        kernel.LockTimeout, kernel.TimedOut, kernel.Unavailable,
    }  # fmt: skip
    assert {error.code for error in of_the_use_case | of_the_store} <= found.codes


def test_a_name_that_two_contexts_have_is_refused_without_its_context():
    def sells() -> None:
        """:raises AssetNotAccepted: of which context."""

    def sells_for() -> None:
        """:raises sales.AssetNotAccepted: clear."""

    with pytest.raises(UnknownErrorName):
        named_errors(sells)
    assert named_errors(sells_for) == (sales.AssetNotAccepted,)


async def test_an_error_that_a_use_case_does_not_name_fails_the_test_in_which_it_is_raised():
    class Careless:
        async def __call__(self, error: DomainError) -> None:
            """:raises ledger.InsufficientFunds: if there is too little."""
            raise error

    watch(Careless)
    for error in (
        ledger.InsufficientFunds(
            available=kernel.Money(1, kernel.USD), needed=kernel.Money(2, kernel.USD)
        ),
        kernel.LockTimeout(what="card"),
    ):
        with pytest.raises(DomainError):
            await Careless()(error)
    assert unnamed == []

    with pytest.raises(sales.SaleNotFound):
        await Careless()(sales.SaleNotFound(sale_id=sales.SaleId(UUID(int=1))))
    assert unnamed == ["Careless raises SaleNotFound"]
    unnamed.clear()
