"""F3: private, link-local, carrier-grade, this-network and reserved IPv4."""

import ipaddress

import pytest
from raw_servers import Lookups, failure

ADDRESSES = [
    "10.0.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "240.0.0.1",
    "172.16.9.9",
    "192.168.1.1",
    "255.255.255.255",
    "224.0.0.1",
    "168.63.129.16",
]


def test_the_standard_library_would_let_some_through() -> None:
    assert not ipaddress.ip_address("100.64.0.1").is_private
    assert ipaddress.ip_address("168.63.129.16").is_global


def test_this_network_really_reaches_loopback(server) -> None:
    import socket

    with socket.create_connection(("0.0.0.0", server.port), timeout=1) as sock:
        assert sock.getpeername()[0] == "127.0.0.1"


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_address_is_blocked_as_literal_and_behind_a_name(address: str, make_fetcher) -> None:
    fetcher = make_fetcher(allow=(), resolver=Lookups(intern_example=[[address]]))
    assert failure(fetcher, f"http://{address}/latest/meta-data/").reason == "blocked_address"
    error = failure(fetcher, "http://intern.example/")
    assert error.reason == "blocked_address"
    assert address in error.detail
