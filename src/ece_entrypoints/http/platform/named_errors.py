"""The errors that a callable names in its docstring, one ``:raises X:`` each.

They are the single list of what a use case or a parameter can answer with: the OpenAPI document is
made from them, and the test suite fails when a use case raises an error that it does not name.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from ece_domain.kernel import DomainError
from ece_entrypoints.http.platform.error_catalog import catalog

_NAMED: Final = re.compile(r":raises ([\w.]+):")


class UnknownErrorName(Exception):
    """A docstring names an error that does not exist, or that two contexts have."""


def named_errors(part: Callable[..., Any]) -> tuple[type[DomainError], ...]:
    """The errors that the docstring names, in its order.

    A bare name is that of the part's own context, or of the only context that has it; otherwise
    the docstring says which one it means: ``sales.AssetNotAccepted``.

    :raises UnknownErrorName: if a name is not that of exactly one error.
    """
    return _errors_in(part.__doc__ or "", part.__module__.split(".")[1])


@cache
def _errors_in(docstring: str, own_context: str) -> tuple[type[DomainError], ...]:
    names = dict.fromkeys(_NAMED.findall(docstring))
    return tuple(_error_of(name, own_context) for name in names)


def _error_of(name: str, own_context: str) -> type[DomainError]:
    context, _, bare = name.rpartition(".")
    by_context = {
        error.code.partition(".")[0]: error
        for error in catalog().values()
        if error.__name__ == bare and error.__module__.startswith("ece_")  # and not a test's own
    }
    found = by_context.get(context or own_context)
    if found is None and not context and len(by_context) == 1:
        (found,) = by_context.values()
    if found is None:
        raise UnknownErrorName(f"{name}: one of {sorted(by_context)} is needed")
    return found
