"""Every refusal as an RFC 9457 problem. The one place that knows a status for a domain error."""

from typing import Any

from litestar.openapi.datastructures import ResponseSpec

from ece_domain.kernel import DomainError


def problems(*errors: type[DomainError]) -> dict[int, ResponseSpec]:
    """What an operation documents beside the usual problems: ``responses=problems(SoldOut)``."""
    raise NotImplementedError(errors)
