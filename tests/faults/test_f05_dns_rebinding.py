"""F5: a name that answers with a public address for the check and with loopback for the connection."""

import pytest
import requests
from raw_servers import NOW, PAGE, Lookups, failure, source


def test_checking_and_then_connecting_by_name_looks_up_twice(server, monkeypatch) -> None:
    """The fault: a check before an ordinary client sees the first answer, the client connects to the second."""
    import socket

    real, answers = socket.getaddrinfo, ["93.184.215.14", "127.0.0.1"]

    def rebinding(host, port, *args, **kwargs):
        return real(answers.pop(0) if host == "rebind.example" else host, port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    checked = socket.getaddrinfo("rebind.example", 80)[0][4][0]
    assert checked == "93.184.215.14"
    assert requests.get(server.url(host="rebind.example"), timeout=2).content == PAGE


def test_the_second_answer_is_never_asked_for(server, make_fetcher) -> None:
    lookups = Lookups(rebind_example=[["127.0.0.1"], ["10.0.0.1"]])
    fetcher = make_fetcher(resolver=lookups)
    assert fetcher.fetch(source(server.url(host="rebind.example")), None, NOW).body == PAGE
    assert lookups.count == 1, "robots.txt and the page share one connection to one judged address"


def test_each_new_connection_is_judged_anew(make_server, make_fetcher) -> None:
    from raw_servers import answer

    server = make_server({"/": answer(body=PAGE, Connection="close")})
    lookups = Lookups(rebind_example=[["127.0.0.1"], ["10.0.0.1"]])
    server.routes["/robots.txt"] = answer("404 Not Found", Connection="close")
    error = failure(make_fetcher(resolver=lookups), server.url(host="rebind.example"))
    assert error.reason == "blocked_address"
    assert server.pages() == []


@pytest.mark.parametrize("url", ["http://rebind.example/"])
def test_a_private_first_answer_is_blocked(url: str, make_fetcher) -> None:
    lookups = Lookups(rebind_example=[["127.0.0.1"], ["93.184.215.14"]])
    assert failure(make_fetcher(allow=(), resolver=lookups), url).reason == "blocked_address"
    assert lookups.count == 1
