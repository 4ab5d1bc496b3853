"""Where a request comes from, and what limits count of it."""

import pytest

from ece_domain.identity import ClientAddress


@pytest.mark.parametrize(
    ("text", "address", "network"),
    [
        ("192.0.2.1", "192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1"),
        ("2001:DB8:0:7::1", "2001:db8:0:7::1", "2001:db8:0:7::/64"),
        ("fe80::1%eth0", "fe80::1%eth0", "fe80::/64"),
        ("", "unknown", "unknown"),
        ("testclient", "unknown", "unknown"),
        ("x" * 10_000, "unknown", "unknown"),
    ],
)
def test_counts_an_ipv4_address_or_an_ipv6_network(text, address, network):
    found = ClientAddress(text)
    assert (str(found), found.network) == (address, network)
