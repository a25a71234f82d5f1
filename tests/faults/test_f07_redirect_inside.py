"""F7: a redirect that leads inside, to a file, or to a port that is no web server's."""

import ipaddress

import pytest
import requests
from raw_servers import PAGE, answer, failure


def test_an_ordinary_client_follows_inside(make_server) -> None:
    inside = make_server()
    outside = make_server({"/": answer("302 Found", Location=inside.url("/secret"))})
    assert requests.get(outside.url(), timeout=2).content == PAGE
    assert inside.asked[0].path == "/secret"


def test_a_redirect_to_a_private_address_is_blocked_at_the_hop(make_server, make_fetcher) -> None:
    inside = make_server(address="127.0.0.2")
    outside = make_server({"/": answer("302 Found", Location=inside.url("/secret", host="127.0.0.2"))})
    fetcher = make_fetcher(allow=(ipaddress.ip_network("127.0.0.1/32"),))
    error = failure(fetcher, outside.url())
    assert error.reason == "blocked_address"
    assert outside.pages()
    assert inside.accepted == 0


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("file:///etc/passwd", "redirect_refused"),
        ("gopher://127.0.0.1/", "redirect_refused"),
        ("http://user@127.0.0.1/", "redirect_refused"),
        ("http://127.0.0.1\\@example.org/", "redirect_refused"),
        ("http://93.184.215.14:25/", "blocked_address"),
        ("http://[::ffff:10.0.0.1]/", "blocked_address"),
        ("http://0xa9fea9fe/", "blocked_address"),
        ("//169.254.169.254/latest/", "blocked_address"),
    ],
)
def test_the_hop_is_refused(location: str, reason: str, server, fetcher) -> None:
    server.routes["/"] = answer("302 Found", Location=location)
    assert failure(fetcher, server.url()).reason == reason


def test_robots_txt_is_guarded_like_a_page(server, make_server, make_fetcher) -> None:
    inside = make_server(address="127.0.0.2")
    server.routes["/robots.txt"] = answer("302 Found", Location=inside.url("/robots.txt", host="127.0.0.2"))
    fetcher = make_fetcher(allow=(ipaddress.ip_network("127.0.0.1/32"),))
    assert failure(fetcher, server.url()).reason == "blocked_address"
    assert inside.accepted == 0
