"""F17: a body shorter than announced, a chunk cut in the middle, a connection reset."""

import socket
import struct

import pytest
from raw_servers import PAGE, answer, failure

CUT = {
    "length": answer(body=PAGE[:40], length=len(PAGE)),
    "chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n" + PAGE[:16],
    "between chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n" + PAGE[:16] + b"\r\n",
    "broken chunk size": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" + PAGE,
}


def send_and_close(data: bytes):
    def play(_asked, sock):
        sock.sendall(data)

    return play


def test_an_ordinary_stream_does_not_notice_the_missing_bytes(server) -> None:
    import http.client

    server.routes["/"] = send_and_close(CUT["length"])
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=2)
    connection.request("GET", "/")
    with connection.getresponse() as response:
        assert response.read1(9999) == PAGE[:40]
        assert response.read1(9999) == b"", "no error"
    connection.close()


@pytest.mark.parametrize("kind", CUT)
def test_a_cut_answer_is_truncated(kind: str, server, fetcher) -> None:
    server.routes["/"] = send_and_close(CUT[kind])
    assert failure(fetcher, server.url()).reason == "truncated"


def test_a_reset_in_the_body_is_truncated(server, fetcher) -> None:
    def reset(_asked, sock):
        sock.sendall(CUT["length"])
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    server.routes["/"] = reset
    assert failure(fetcher, server.url()).reason in {"truncated", "connect"}


def test_nothing_of_a_cut_answer_is_handed_on(server, fetcher) -> None:
    """The next fetch starts afresh: no half body, no poisoned connection."""
    from raw_servers import NOW, source

    server.routes["/"] = send_and_close(CUT["length"])
    failure(fetcher, server.url())
    server.routes["/"] = answer(body=PAGE)
    assert fetcher.fetch(source(server.url()), None, NOW).body == PAGE
