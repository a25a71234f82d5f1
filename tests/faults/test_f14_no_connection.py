"""F14: connection refused, never accepted, or dropped before the first byte."""

import contextlib
import socket

import pytest
from raw_servers import TINY, dead_port, failure


@pytest.fixture
def full():
    """A port whose queue is full: the kernel drops further connection attempts without a word."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    with contextlib.ExitStack() as stack:
        stack.enter_context(listener)
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                filler.connect(listener.getsockname())
        yield listener.getsockname()[1]


def test_a_refused_connection_is_connect(fetcher) -> None:
    assert failure(fetcher, f"http://127.0.0.1:{dead_port()}/").reason == "connect"


def test_a_connection_never_accepted_is_bounded(full: int, make_fetcher, stopwatch) -> None:
    with pytest.raises(TimeoutError), socket.create_connection(("127.0.0.1", full), timeout=0.2):
        pass
    error = failure(make_fetcher(limits=TINY), f"http://127.0.0.1:{full}/")
    assert error.reason in {"connect", "timeout"}
    assert stopwatch() < 2


def test_a_connection_closed_without_a_word_is_connect(server, fetcher) -> None:
    server.routes["/"] = lambda _asked, _sock: None
    assert failure(fetcher, server.url()).reason == "connect"


def test_a_server_that_does_not_speak_http_is_an_error_of_the_answer(server, fetcher) -> None:
    server.routes["/"] = lambda _asked, sock: sock.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
    assert failure(fetcher, server.url()).reason == "http_error"


def test_the_failure_is_no_os_error(fetcher) -> None:
    """A refusal that derives from OSError would be tried again by the layers above."""
    assert not isinstance(failure(fetcher, f"http://127.0.0.1:{dead_port()}/"), OSError)


def test_an_idle_connection_closed_by_the_server_is_opened_anew(server, fetcher) -> None:
    from raw_servers import NOW, PAGE, answer, source

    turns = iter([answer(body=PAGE), None])

    def once(_asked, _sock):
        return next(turns, answer(body=PAGE))

    server.routes["/"] = once
    for _ in range(2):
        assert fetcher.fetch(source(server.url()), None, NOW).body == PAGE
    assert server.accepted == 2


def test_a_query_is_not_sent_twice(server, fetcher) -> None:
    from raw_servers import NOW, PAGE, answer, source

    turns = iter([answer(body=PAGE), None])
    server.routes["/"] = lambda _asked, _sock: next(turns, answer(body=PAGE))
    fetcher.fetch(source(server.url()), None, NOW)
    assert failure(fetcher, server.url(), method="POST", body="{}").reason == "connect"
    assert [a.method for a in server.pages()] == ["GET", "POST"]
