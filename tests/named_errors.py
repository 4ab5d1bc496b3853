"""Every test run checks that a use case raises only errors that its docstring names.

What the API documents for a route is made from these names, so an error that a use case raises
without a ``:raises`` line would reach clients undocumented. Each use case class is wrapped once; a
test during which one of them raised an unnamed error fails, whatever the test itself makes of it.
"""

import functools
import importlib
import inspect
import pkgutil
from collections.abc import Generator, Iterator
from typing import Any

import pytest

import ece_domain
from ece_domain.kernel import DomainError
from ece_entrypoints.http.platform.named_errors import FROM_THE_STORE, named_errors
from ece_entrypoints.wiring.retry_on_conflict import is_use_case

unnamed: list[str] = []
"""What the test that runs now has found."""


def use_case_classes() -> Iterator[type[Any]]:
    """Every use case of the domain."""
    for found in pkgutil.walk_packages(ece_domain.__path__, "ece_domain."):
        for each in vars(importlib.import_module(found.name)).values():
            if inspect.isclass(each) and each.__module__ == found.name and is_use_case(each):
                yield each


def watch(use_case: type[Any]) -> None:
    """Note each error that leaves the use case without being named by it."""
    call = use_case.__call__

    @functools.wraps(call)
    async def watched(*args: object, **kwargs: object) -> object:
        try:
            return await call(*args, **kwargs)
        except DomainError as error:
            if not isinstance(error, (*named_errors(call), *FROM_THE_STORE)):
                unnamed.append(f"{use_case.__name__} raises {type(error).__name__}")
            raise

    use_case.__call__ = watched


def pytest_configure() -> None:
    for use_case in use_case_classes():
        watch(use_case)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    unnamed.clear()
    result = yield
    found = sorted({*unnamed})
    assert not found, f"add to the docstring of __call__ as :raises: {', '.join(found)}"
    return result
