"""F20: an answer that says gzip and is not, or is broken in the middle."""

import gzip
import zlib

import pytest
import requests
from raw_servers import NOW, PAGE, answer, failure, source


def flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 0xFF]) + data[middle + 1 :]


BROKEN = {
    "not gzip": PAGE,
    "flipped byte": flipped(gzip.compress(PAGE)),
    "wrong checksum": gzip.compress(PAGE)[:-8] + bytes(8),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_the_compression_is_really_broken(kind: str, server) -> None:
    server.routes["/"] = answer(body=BROKEN[kind], Content_Encoding="gzip")
    with pytest.raises(requests.exceptions.ContentDecodingError):
        requests.get(server.url(), timeout=2)


@pytest.mark.parametrize("kind", BROKEN)
def test_broken_compression_is_decode(kind: str, server, fetcher) -> None:
    server.routes["/"] = answer(body=BROKEN[kind], Content_Encoding="gzip")
    assert failure(fetcher, server.url()).reason == "decode"


def test_a_coding_nobody_asked_for_is_decode(server, fetcher) -> None:
    server.routes["/"] = answer(body=b"\x0b\x02\x80", Content_Encoding="br")
    assert failure(fetcher, server.url()).reason == "decode"
    assert server.pages()[0].headers["accept-encoding"] == "gzip, deflate"


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(PAGE[:50]) + gzip.compress(PAGE[50:])),
        ("x-gzip", gzip.compress(PAGE) + bytes(64)),
        ("deflate", zlib.compress(PAGE)),
        ("deflate", zlib.compressobj(wbits=-15).compress(b"") + zlib.compress(PAGE)[2:-4]),
        ("identity", PAGE),
        ("", PAGE),
    ],
)
def test_every_honest_form_is_unpacked(encoding: str, body: bytes, server, fetcher) -> None:
    server.routes["/"] = answer(body=body, Content_Encoding=encoding)
    assert fetcher.fetch(source(server.url()), None, NOW).body == PAGE


def test_an_empty_body_needs_no_compression(server, fetcher) -> None:
    server.routes["/"] = answer(Content_Encoding="gzip")
    assert fetcher.fetch(source(server.url()), None, NOW).body == b""
