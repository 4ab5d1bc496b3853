"""Checks in every test that use cases and routes document their errors.

The problems of a route are derived from the ``:raises`` lines of its use case, so an error without
such a line would be undocumented. This module wraps each use case class, and the function that
answers with a problem. A test fails if one of them meets an undocumented error, even if the test
itself expects the error.
"""

import functools
import importlib
import inspect
import pkgutil
from collections.abc import Generator, Iterator
from typing import Any

import pytest

import ece_domain
from ece_domain.kernel import ConcurrentChange, DomainError, RequestInFlight, TimedOut, Unavailable
from ece_entrypoints.http.platform import problems
from ece_entrypoints.http.platform.errors import BadRequest, InternalError, MethodNotAllowed
from ece_entrypoints.http.platform.named_errors import named_errors
from ece_entrypoints.wiring.retry_on_conflict import is_use_case

FROM_THE_STORE = (RequestInFlight, ConcurrentChange, TimedOut, Unavailable)
"""Errors that any use case may raise, with their subclasses such as ``LockTimeout``."""

UNDOCUMENTED = (BadRequest, InternalError, MethodNotAllowed)
"""Any path can answer with these, and no operation documents them."""

unnamed: list[str] = []
"""The findings of the current test."""


def use_case_classes() -> Iterator[type[Any]]:
    """Every use case of the domain."""
    for found in pkgutil.walk_packages(ece_domain.__path__, "ece_domain."):
        for each in vars(importlib.import_module(found.name)).values():
            if inspect.isclass(each) and each.__module__ == found.name and is_use_case(each):
                yield each


def watch(use_case: type[Any]) -> None:
    """Record each error that the use case raises and does not document."""
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


def watch_problems() -> None:
    """Record each problem that its route does not document."""
    answer = problems._answer

    @functools.wraps(answer)
    def watched(request: Any, error: DomainError, *rest: Any) -> object:
        handler = request.scope.get("route_handler")
        documented = getattr(handler, "operation_id", None) and handler.responses
        if documented and not isinstance(error, UNDOCUMENTED):
            codes = {code for each in documented.values() for code in getattr(each, "codes", ())}
            if error.code not in codes:
                unnamed.append(f"{handler.operation_id} answers with {error.code}")
        return answer(request, error, *rest)

    problems._answer = watched


def pytest_configure() -> None:
    for use_case in use_case_classes():
        watch(use_case)
    watch_problems()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    unnamed.clear()
    result = yield
    found = sorted({*unnamed})
    assert not found, f"name it, in :raises or in problems(...): {', '.join(found)}"
    return result
