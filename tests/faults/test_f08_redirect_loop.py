"""F8: redirects in a circle, and one hop too many."""

import pytest
import requests
from raw_servers import NOW, PAGE, answer, failure, source


def hop(to: str) -> bytes:
    return answer("302 Found", Location=to)


def test_a_loop_ends_at_its_first_repetition(server, fetcher) -> None:
    server.routes |= {"/": hop("/a"), "/a": hop("/")}
    assert failure(fetcher, server.url()).reason == "redirect_limit"
    assert [a.path for a in server.pages()] == ["/", "/a"]


def test_a_page_that_redirects_to_itself_is_a_loop(server, fetcher) -> None:
    server.routes["/"] = hop("#top")
    assert failure(fetcher, server.url()).reason == "redirect_limit"


def test_five_hops_are_followed(server, fetcher) -> None:
    server.routes |= {f"/{n}": hop(f"/{n + 1}") for n in range(5)}
    found = fetcher.fetch(source(server.url("/0")), None, NOW)
    assert found.body == PAGE
    assert found.url == server.url("/5")


def test_the_sixth_hop_is_not_followed(server, fetcher) -> None:
    server.routes |= {f"/{n}": hop(f"/{n + 1}") for n in range(6)}
    error = failure(fetcher, server.url("/0"))
    assert error.reason == "redirect_limit"
    assert error.status == 302
    assert "/6" not in [a.path for a in server.asked]


def test_an_ordinary_client_goes_round_thirty_times(server) -> None:
    server.routes |= {"/": hop("/a"), "/a": hop("/")}
    with pytest.raises(requests.exceptions.TooManyRedirects):
        requests.get(server.url(), timeout=5)
    assert len(server.asked) == 31
