"""F13: the first of several addresses does not answer."""

from raw_servers import NOW, PAGE, TINY, Lookups, dead_port, failure, source


def test_the_first_address_is_really_dead(server) -> None:
    import socket

    import pytest

    with pytest.raises(OSError), socket.create_connection(("127.0.0.9", server.port), timeout=0.5):
        pass


def test_the_next_address_is_tried(server, make_fetcher) -> None:
    fetcher = make_fetcher(resolver=Lookups(two_example=[["127.0.0.9", "127.0.0.1"]]))
    assert fetcher.fetch(source(server.url(host="two.example")), None, NOW).body == PAGE


def test_the_other_family_gets_its_turn(server, make_fetcher) -> None:
    sixes = [f"::ffff:127.0.0.{n}" for n in range(2, 9)]
    import ipaddress

    allow = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::ffff:127.0.0.0/104"))
    fetcher = make_fetcher(allow=allow, resolver=Lookups(two_example=[[*sixes, "127.0.0.1"]]))
    assert fetcher.fetch(source(server.url(host="two.example")), None, NOW).body == PAGE


def test_at_most_four_addresses_are_tried(server, make_fetcher) -> None:
    addresses = [f"127.0.0.{n}" for n in range(2, 6)] + ["127.0.0.1"]
    fetcher = make_fetcher(resolver=Lookups(many_example=[addresses]))
    assert failure(fetcher, server.url(host="many.example")).reason == "connect"
    assert server.accepted == 0


def test_all_dead_is_connect(make_fetcher) -> None:
    fetcher = make_fetcher(resolver=Lookups(dead_example=[["127.0.0.8", "127.0.0.9"]]), limits=TINY)
    assert failure(fetcher, f"http://dead.example:{dead_port()}/").reason == "connect"
