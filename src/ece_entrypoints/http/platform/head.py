"""HEAD, which every address answers that answers GET."""

from collections.abc import Iterable


def with_head(methods: Iterable[str]) -> set[str]:
    """The methods of an address, which Litestar names without this one."""
    known = set(methods)
    return known | {"HEAD"} if "GET" in known else known
