"""F2: loopback as IPv6, and IPv4 loopback carried inside IPv6."""

import socket

import pytest
from raw_servers import failure


@pytest.fixture
def six(make_server):
    try:
        return make_server(family=socket.AF_INET6, address="::1")
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")


def test_a_mapped_address_really_reaches_an_ipv4_server(server) -> None:
    sock = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
    with sock:
        try:
            sock.connect(("::ffff:127.0.0.1", server.port))
        except OSError:
            pytest.skip("this machine has no IPv6")
        assert sock.getpeername()[0] == "::ffff:127.0.0.1"


def test_ipv6_loopback_is_blocked(six, make_fetcher) -> None:
    assert failure(make_fetcher(allow=()), six.url(host="[::1]")).reason == "blocked_address"
    assert six.accepted == 0


def test_ipv6_loopback_is_reached_when_its_network_is_allowed(six, fetcher) -> None:
    from raw_servers import NOW, source

    assert fetcher.fetch(source(six.url(host="[::1]")), None, NOW).status == 200


@pytest.mark.parametrize("host", ["[::ffff:127.0.0.1]", "[::127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]"])
def test_loopback_inside_ipv6_is_blocked(host: str, server, make_fetcher) -> None:
    assert failure(make_fetcher(allow=()), server.url(host=host)).reason == "blocked_address"
    assert server.accepted == 0
