"""Providers of dependency-injector whose arguments mypy checks.

``providers.Singleton`` takes any arguments; ``single`` takes those of the part that it builds. For
the checker an argument is the value that the part receives. At run time it is the provider of that
value, which the container resolves when the part is built.
"""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from dependency_injector import providers

P = ParamSpec("P")
T = TypeVar("T")


def single(part: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> providers.Singleton[T]:
    """Builds the part once, on first need."""
    return providers.Singleton(part, *args, **kwargs)


def needed() -> Any:  # noqa: ANN401  # declared with the type of the value, as a field is
    """A placeholder for a value of the outer container: ``clock: Clock`` is ``needed()``."""
    return providers.Dependency()


def given(provider: Callable[..., T]) -> T:
    """The value that a provider makes, as an argument of ``single``."""
    return cast("T", provider)
