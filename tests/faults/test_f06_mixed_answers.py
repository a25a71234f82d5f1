"""F6: a name with a public and a private address."""

import socket

import pytest
from raw_servers import Lookups, failure


@pytest.mark.parametrize(
    "answers", [["93.184.215.14", "127.0.0.1"], ["127.0.0.1", "93.184.215.14"], ["2606:2800:21f::1", "10.0.0.9"]]
)
def test_one_private_answer_blocks_the_name(answers: list[str], make_fetcher, monkeypatch) -> None:
    opened: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda sock, address: opened.append(address))
    fetcher = make_fetcher(allow=(), resolver=Lookups(mixed_example=[answers]))
    assert failure(fetcher, "http://mixed.example/").reason == "blocked_address"
    assert opened == []


def test_a_client_that_tries_the_next_address_would_end_on_the_private_one(server, monkeypatch) -> None:
    """The fault: the public address does not answer, the ordinary client goes on to loopback."""
    import requests
    from raw_servers import PAGE, dead_port

    real = socket.getaddrinfo
    dead = dead_port()

    def mixed(host, port, *args, **kwargs):
        if host != "mixed.example":
            return real(host, port, *args, **kwargs)
        return [*real("127.0.0.1", dead, *args, **kwargs), *real("127.0.0.1", port, *args, **kwargs)]

    monkeypatch.setattr(socket, "getaddrinfo", mixed)
    assert requests.get(server.url(host="mixed.example"), timeout=2).content == PAGE
