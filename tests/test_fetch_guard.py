"""The guard's verdict on addresses is at least as strict as an independent guard's, and lets public ones through."""

import contextlib
import ipaddress
import random
import socket
import time
from urllib.parse import urlsplit

import pytest
from ssrfguard import DEFAULT_DENIED, Policy
from ssrfguard.errors import SSRFGuardError

from feedhub.errors import FetchError
from feedhub.fetch import Guard, normalise_url, refusal
from feedhub.fetch.deadline import Deadline
from feedhub.fetch.guard import has_route

PUBLIC = ["93.184.215.14", "8.8.8.8", "1.1.1.1", "193.0.6.139", "2606:4700::1111", "2a00:1450:4001::64"]
SPECIAL = [
    *(
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
    ),
    *("169.254.0.1", "169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.192"),
    *("192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1"),
    *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "100.100.100.200"),
    *("::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:0:7f00:1", "64:ff9b::7f00:1"),
    *("64:ff9b:1::1", "100::1", "100:0:0:1::1", "2001::1", "2001:2::1", "2001:10::1", "2001:db8::1", "2002:7f00:1::"),
    *("2002:a00:1::", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "ff0e::1"),
]
URLS = [
    *("http://2130706433/", "http://0x7f.1/", "http://0177.0.0.1/", "http://127.1/", "http://0/", "http://0x7f000001/"),
    *("http://127.0.0.1./", "http://017700000001/", "http://3232235777/", "http://169.254.43518/", "http://[::1]/"),
    *("http://[::ffff:7f00:1]/", "http://[0:0:0:0:0:ffff:127.0.0.1]/", "http://[::127.0.0.1]/", "http://①②⑦.0.0.1/"),
    *("http://127。0。0。1/", "http://user@127.0.0.1/", "http://127.0.0.1\\@example.org/", "http://[fe80::1%25lo]/"),
    *(
        "http://127.0.0.1:22/",
        "http://10.0.0.1:8080/",
        "ftp://10.0.0.1/",
        "file:///etc/passwd",
        "http://exam\nple.org/",
    ),
    *("http://93.184.215.14:22/", "http://93.184.215.14:25/", "https://[64:ff9b::a9fe:a9fe]/", "gopher://127.0.0.1/"),
]
ORACLE = Policy()


def blocks(address: str) -> bool:
    return bool(refusal(ipaddress.ip_address(address), 443))


def oracle_blocks(address: str) -> bool:
    return not ORACLE.permits_address(address)


def reach(url: str) -> None:
    parts = urlsplit(normalise_url(url))
    Guard().addresses(parts.hostname or "", parts.port or 80, Deadline(2))


def test_the_oracle_agrees_on_all_but_one() -> None:
    assert [address for address in SPECIAL if not oracle_blocks(address)] == ["::ffff:0:7f00:1"]


@pytest.mark.parametrize("address", SPECIAL)
def test_every_special_address_is_refused(address: str) -> None:
    assert blocks(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_let_through_on_web_ports_only(address: str) -> None:
    parsed = ipaddress.ip_address(address)
    assert [p for p in (22, 25, 80, 443, 6379, 8000, 8080, 8443) if not refusal(parsed, p)] == [80, 443, 8080, 8443]


def edges() -> list[str]:
    """Both sides of both ends of every block that the oracle knows, and every wrapper around every special address."""
    out = []
    for block in DEFAULT_DENIED.blocks:
        first, size = int(block.network.network_address), block.network.num_addresses
        kind = type(block.network.network_address)
        for value in (first - 1, first, first + size // 2, first + size - 1, first + size):
            if 0 <= value < 2**block.network.max_prefixlen:
                out.append(str(kind(value)))
    wrapped = [int(ipaddress.IPv4Address(a)) for a in (*SPECIAL, *PUBLIC) if ":" not in a]
    for prefix in ("::", "::ffff:0:0", "64:ff9b::", "64:ff9b:1::", "2001::", "2002::", "fc00::", "fe80::"):
        base = int(ipaddress.IPv6Address(prefix))
        for low in wrapped:
            out += [str(ipaddress.IPv6Address(base | value)) for value in (low, low << 80, low << 64, low ^ 0xFFFFFFFF)]
    return out


def test_no_address_passes_that_the_oracle_blocks() -> None:
    addresses = edges()
    assert len(addresses) > 1000
    assert [a for a in addresses if oracle_blocks(a) and not blocks(a)] == []


def test_no_random_address_passes_that_the_oracle_blocks() -> None:
    draw = random.Random(33)
    four = [str(ipaddress.IPv4Address(draw.getrandbits(32))) for _ in range(4000)]
    six = [str(ipaddress.IPv6Address((1 << 125) | draw.getrandbits(125))) for _ in range(4000)]
    assert [a for a in four + six if oracle_blocks(a) and not blocks(a)] == []
    assert sum(not blocks(a) for a in four + six) > 5000, "public addresses are let through"


@pytest.mark.parametrize("url", URLS)
def test_no_url_passes_that_the_oracle_refuses(url: str) -> None:
    with pytest.raises(FetchError) as caught:
        reach(url)
    assert caught.value.reason in {"bad_url", "blocked_address"}


def test_the_oracle_refuses_nearly_all_of_them_before_any_lookup() -> None:
    passed = []
    for url in URLS:
        with contextlib.suppress(SSRFGuardError):
            ORACLE.check_url(url)
            passed.append(url)
    assert passed == ["http://0x7f.1/", "http://0x7f000001/"]


def test_an_allowed_network_opens_itself_only_and_any_port() -> None:
    allow = (ipaddress.ip_network("10.1.0.0/16"),)
    assert refusal(ipaddress.ip_address("10.1.2.3"), 22, allow) == ""
    assert refusal(ipaddress.ip_address("10.2.0.1"), 80, allow)
    assert refusal(ipaddress.ip_address("::ffff:10.1.2.3"), 80, allow), "the carried form is another address"
    assert refusal(ipaddress.ip_address("93.184.215.14"), 22, allow), "public addresses keep their ports"


def test_a_refusal_names_the_network_for_the_operator() -> None:
    assert (
        refusal(ipaddress.ip_address("169.254.169.254"), 80)
        == "169.254.169.254 is in 169.254.0.0/16, link-local, cloud metadata"
    )


def test_an_answer_with_an_interface_is_judged_like_the_address() -> None:
    guard = Guard(resolver=lambda _host, _port: ["fe80::1%2"])
    with pytest.raises(FetchError) as caught:
        guard.addresses("printer.example", 80, Deadline(1))
    assert caught.value.reason == "blocked_address"


def test_a_refusal_is_not_an_os_error() -> None:
    assert not issubclass(FetchError, OSError)


def test_the_routing_table_is_asked_without_sending_anything(monkeypatch) -> None:
    def forbidden(*_args):
        raise AssertionError("a packet was sent")

    monkeypatch.setattr(socket.socket, "send", forbidden, raising=False)
    monkeypatch.setattr(socket.socket, "sendto", forbidden, raising=False)
    assert has_route() in {True, False}


def test_hanging_lookups_are_bounded_in_number(monkeypatch) -> None:
    import threading

    from feedhub.fetch import guard as room

    monkeypatch.setattr(room, "_LOOKUPS", threading.BoundedSemaphore(1))
    released = threading.Event()
    slow = Guard(resolver=lambda _host, _port: released.wait(3) and [])
    start = time.monotonic()
    try:
        for _ in range(2):
            with pytest.raises(FetchError) as caught:
                slow.addresses("slow.example", 80, Deadline(0.2))
            assert caught.value.reason == "dns"
    finally:
        released.set()
    assert "too many" in str(caught.value)
    assert time.monotonic() - start < 1
