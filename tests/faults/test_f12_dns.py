"""F12: names that do not exist, name servers that fail or never answer."""

import socket
import threading

import pytest
from raw_servers import TINY, failure

from feedhub.fetch import guard


def refusing(code: int, text: str):
    def resolver(host: str, port: int) -> list[str]:
        raise socket.gaierror(code, text)

    return resolver


def test_the_platform_really_knows_no_such_name() -> None:
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("no-such-name.invalid", 80)


@pytest.mark.parametrize("code", [socket.EAI_NONAME, socket.EAI_AGAIN, socket.EAI_FAIL])
def test_a_name_without_an_answer_is_dns(code: int, make_fetcher) -> None:
    error = failure(make_fetcher(resolver=refusing(code, "no answer")), "http://gone.example/")
    assert error.reason == "dns"
    assert "gone.example" in error.detail


def test_an_empty_answer_is_dns(make_fetcher) -> None:
    assert failure(make_fetcher(resolver=lambda _host, _port: []), "http://gone.example/").reason == "dns"


def test_the_platforms_own_failure_is_dns_or_no_network(make_fetcher) -> None:
    assert failure(make_fetcher(), "http://no-such-name.invalid/").reason in {"dns", "no_network"}


def test_without_any_route_the_machine_is_named(make_fetcher, monkeypatch) -> None:
    monkeypatch.setattr(guard, "has_route", lambda: False)
    monkeypatch.setattr(guard, "system_resolver", refusing(socket.EAI_AGAIN, "try again"))
    assert failure(make_fetcher(), "http://any.example/").reason == "no_network"


def test_an_unreachable_network_is_named(make_fetcher, monkeypatch) -> None:
    import errno

    def unreachable(*_args):
        raise OSError(errno.ENETUNREACH, "Network is unreachable")

    monkeypatch.setattr(guard, "_open", unreachable)
    monkeypatch.setattr(guard, "has_route", lambda: False)
    assert failure(make_fetcher(allow=()), "http://93.184.215.14/").reason == "no_network"
    monkeypatch.setattr(guard, "has_route", lambda: True)
    assert failure(make_fetcher(allow=()), "http://93.184.215.14/").reason == "connect"


def test_a_lookup_that_hangs_is_left_at_the_deadline(make_fetcher, stopwatch) -> None:
    released = threading.Event()
    fetcher = make_fetcher(resolver=lambda _host, _port: released.wait(5) and [], limits=TINY)
    try:
        error = failure(fetcher, "http://slow.example/")
    finally:
        released.set()
    assert error.reason == "dns"
    assert stopwatch() < 2


def test_the_wait_doubles_with_each_failure() -> None:
    from datetime import timedelta

    from raw_servers import NOW

    from feedhub.fetch import next_due

    waits = [next_due(NOW, timedelta(hours=6), failures=n) - NOW for n in range(8)]
    assert waits[:4] == [timedelta(hours=h) for h in (6, 6, 12, 24)]
    assert waits[-1] == timedelta(days=7)
