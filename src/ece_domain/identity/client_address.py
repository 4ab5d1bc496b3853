from ipaddress import IPv6Address, ip_address
from typing import Final

from attrs import field, frozen

_UNKNOWN: Final = "unknown"
_SUBSCRIBER_BITS: Final = 64
"""Of an IPv6 address, what a provider gives to one subscriber."""


def _canonical(text: str) -> str:
    try:
        address = ip_address(text)
    except ValueError:
        return _UNKNOWN
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(address)


@frozen
class ClientAddress:
    """The IP address that a request comes from; ``unknown`` if it is not one."""

    text: str = field(converter=_canonical)

    def __str__(self) -> str:
        return self.text

    @property
    def network(self) -> str:
        """What limits count: the IPv4 address, or the /64 network of the IPv6 address."""
        if ":" not in self.text:
            return self.text
        prefix = int(IPv6Address(self.text)) >> (128 - _SUBSCRIBER_BITS)
        return f"{IPv6Address(prefix << (128 - _SUBSCRIBER_BITS))}/{_SUBSCRIBER_BITS}"
