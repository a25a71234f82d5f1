"""F15: a server that sends its headers one byte at a time, for ever."""

import pytest
import requests
from raw_servers import Server, failure


def drip(server: Server, head: bytes, times: int = 200):
    def play(_asked, sock):
        for byte in head * times:
            if server.closing.wait(0.05):
                return
            sock.sendall(bytes([byte]))
        return

    return play


def test_an_ordinary_timeout_does_not_stop_the_drip(server, stopwatch) -> None:
    server.routes["/"] = drip(server, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", times=1)
    assert requests.get(server.url(), timeout=0.3).status_code == 200
    assert stopwatch() > 1.0, "the drip kept it three times as long as the timeout"


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"H", b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n"])
def test_the_drip_is_cut_at_the_deadline(head: bytes, server, hasty, stopwatch) -> None:
    server.routes["/"] = drip(server, head)
    assert failure(hasty, server.url()).reason == "timeout"
    assert 0.5 < stopwatch() < 4


def test_a_dripping_robots_txt_is_cut_as_well(server, hasty, stopwatch) -> None:
    server.routes["/robots.txt"] = drip(server, b"HTTP/1.1 200 OK\r\nX-Slow: ")
    assert failure(hasty, server.url()).reason == "timeout"
    assert stopwatch() < 4
    assert server.pages() == []


def test_a_tls_handshake_that_never_ends_is_cut(make_server, make_fetcher, stopwatch) -> None:
    from raw_servers import TINY

    silent = make_server()
    url = silent.url().replace("http:", "https:")
    assert failure(make_fetcher(limits=TINY), url).reason in {"timeout", "tls", "connect"}
    assert stopwatch() < 4
