"""Every error that ECE can answer with, by its code."""

from collections.abc import Iterator

from ece_domain.kernel import DomainError


def catalog() -> dict[str, type[DomainError]]:
    """The errors with a code of their own, of every context that is imported."""
    return {error.code: error for error in descendants(DomainError) if "code" in vars(error)}


def descendants(error: type[DomainError]) -> Iterator[type[DomainError]]:
    """All errors below this one."""
    for child in error.__subclasses__():
        yield child
        yield from descendants(child)
