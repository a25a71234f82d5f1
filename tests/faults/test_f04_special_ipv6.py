"""F4: IPv6 that carries IPv4 (NAT64, 6to4, Teredo), unique-local and site-local addresses."""

import ipaddress

import pytest
from raw_servers import Lookups, failure

ADDRESSES = [
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "fc00::1",
    "fd00:ec2::254",
    "fec0::1",
    "fe80::1",
    "ff02::1",
    "::",
    "5f00::1",
    "100::1",
]


def test_the_standard_library_calls_a_wrapped_loopback_global() -> None:
    assert ipaddress.ip_address("64:ff9b::7f00:1").is_global
    assert ipaddress.ip_address("fec0::1").is_global or ipaddress.ip_address("ff02::1").is_global


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_address_is_blocked_as_literal_and_behind_a_name(address: str, make_fetcher) -> None:
    fetcher = make_fetcher(allow=(), resolver=Lookups(intern_example=[[address]]))
    assert failure(fetcher, f"http://[{address}]/").reason == "blocked_address"
    assert failure(fetcher, "http://intern.example/").reason == "blocked_address"
