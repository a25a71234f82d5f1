"""F16: a server that sends its body one byte at a time, or stops in the middle and stays."""

import threading

import pytest
import requests
from raw_servers import NOW, Server, failure, source


def drip(server: Server, head: bytes, piece: bytes):
    def play(_asked, sock):
        sock.sendall(head)
        for _ in range(200):
            if server.closing.wait(0.05):
                return
            sock.sendall(piece)
        return

    return play


LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
ENDLESS = b"HTTP/1.1 200 OK\r\n\r\n"


def test_an_ordinary_timeout_does_not_stop_the_drip(server) -> None:
    server.routes["/"] = drip(server, LENGTH, b"x")
    with requests.get(server.url(), timeout=0.3, stream=True) as response:
        got = b"".join(piece for piece, _ in zip(response.iter_content(1), range(20), strict=False))
    assert len(got) == 20, "one second of drip under a timeout of 0.3 seconds"


@pytest.mark.parametrize(
    ("head", "piece"), [(LENGTH, b"x"), (CHUNKED, b"1\r\nx\r\n"), (CHUNKED, b"0"), (ENDLESS, b"x")]
)
def test_the_drip_is_cut_at_the_deadline(head: bytes, piece: bytes, server, hasty, stopwatch) -> None:
    server.routes["/"] = drip(server, head, piece)
    assert failure(hasty, server.url()).reason == "timeout"
    assert 0.5 < stopwatch() < 4


def test_a_drip_under_tls_is_cut_at_the_deadline(make_server, make_fetcher, certificate, ca_file, stopwatch) -> None:
    from raw_servers import TINY

    server = make_server(context=certificate("127.0.0.1"))

    def play(_asked, sock):
        sock.sendall(LENGTH)
        while not server.closing.wait(0.05):
            sock.sendall(b"x")

    server.routes["/"] = play
    assert failure(make_fetcher(limits=TINY, ca_file=ca_file), server.url()).reason == "timeout"
    assert 0.5 < stopwatch() < 4


def test_silence_in_the_middle_is_a_timeout(server, hasty, stopwatch) -> None:
    server.routes["/"] = lambda _asked, sock: (sock.sendall(LENGTH + b"half"), server.closing.wait(5), None)[2]
    assert failure(hasty, server.url()).reason == "timeout"
    assert stopwatch() < 4


def test_one_hanging_host_does_not_slow_another(make_server, hasty) -> None:
    slow, quick = make_server(), make_server()
    slow.routes["/"] = drip(slow, LENGTH, b"x")
    stuck = threading.Thread(target=lambda: failure(hasty, slow.url()))
    stuck.start()
    try:
        for _ in range(5):
            assert hasty.fetch(source(quick.url()), None, NOW).status == 200
        assert stuck.is_alive()
    finally:
        stuck.join(3)


def test_one_watchdog_serves_all_fetches(server, hasty) -> None:
    server.routes["/"] = drip(server, LENGTH, b"x")
    before = set(threading.enumerate())  # a fetcher of an earlier test may still be ending
    threads = [threading.Thread(target=lambda: failure(hasty, server.url())) for _ in range(8)]
    for thread in threads:
        thread.start()
    watchers = [t for t in set(threading.enumerate()) - before if t.name == "fetch watchdog"]
    for thread in threads:
        thread.join(3)
    assert len(watchers) == 1
    assert not any(thread.is_alive() for thread in threads)
