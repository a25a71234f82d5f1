"""F1: loopback written as a number, in octal, in hexadecimal or short."""

import socket

import pytest
from raw_servers import dead_port, failure

SPELLINGS = ["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "0x7f000001", "127.0.0.1."]


@pytest.mark.parametrize("host", SPELLINGS)
def test_the_platform_really_reads_the_spelling_as_loopback(host: str, server) -> None:
    with socket.create_connection((host.rstrip("."), server.port), timeout=1) as sock:
        assert sock.getpeername()[0] == "127.0.0.1"


@pytest.mark.parametrize("host", SPELLINGS)
def test_the_spelling_is_blocked_and_nothing_is_connected(host: str, server, make_fetcher) -> None:
    error = failure(make_fetcher(allow=()), server.url(host=host))
    assert error.reason == "blocked_address"
    assert server.accepted == 0


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "localhost."])
def test_a_name_for_loopback_is_blocked(host: str, make_fetcher) -> None:
    assert failure(make_fetcher(allow=()), f"http://{host}:{dead_port()}/").reason == "blocked_address"


def test_an_allowed_network_is_let_through_with_any_port(server, fetcher) -> None:
    from raw_servers import NOW, PAGE, source

    assert fetcher.fetch(source(server.url()), None, NOW).body == PAGE
