"""F19: small answers that unpack to very large ones."""

import gzip
import tracemalloc
import zlib

import pytest
from raw_servers import NOW, PAGE, answer, failure, source

from feedhub.fetch import Limits

MIB = 1024 * 1024


def bomb(size: int, layers: int = 1) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    data = b"".join(packer.compress(bytes(MIB)) for _ in range(size // MIB)) + packer.flush()
    for _ in range(layers - 1):
        data = gzip.compress(data)
    return data


def test_the_bomb_really_is_one() -> None:
    packed = bomb(32 * MIB, 2)
    assert len(packed) < 4000
    assert len(gzip.decompress(gzip.decompress(packed))) == 32 * MIB


@pytest.mark.parametrize(("layers", "encoding"), [(1, "gzip"), (2, "gzip, gzip")])
def test_a_bomb_is_stopped_at_the_cap_with_bounded_memory(layers: int, encoding: str, server, make_fetcher) -> None:
    fetcher = make_fetcher(limits=Limits(page_bytes=2 * MIB))
    server.routes["/"] = answer(body=bomb(32 * MIB, layers), Content_Encoding=encoding)
    tracemalloc.start()
    error = failure(fetcher, server.url())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert error.reason == "too_large"
    assert peak < 12 * MIB


def test_a_plain_body_over_the_cap_is_too_large(server, make_fetcher) -> None:
    fetcher = make_fetcher(limits=Limits(page_bytes=1000, pdf_bytes=5000))
    server.routes["/"] = answer(body=b"x" * 1001)
    assert failure(fetcher, server.url()).reason == "too_large"
    server.routes["/"] = answer(body=b"x" * 1000)
    assert len(fetcher.fetch(source(server.url()), None, NOW).body) == 1000


def test_an_announced_size_over_every_cap_is_refused_before_it_comes(server, make_fetcher) -> None:
    server.routes["/"] = lambda _asked, sock: sock.sendall(answer(length=10**12))
    assert failure(make_fetcher(), server.url()).reason == "too_large"


def test_a_pdf_may_be_larger_whatever_its_type_says(server, make_fetcher) -> None:
    fetcher = make_fetcher(limits=Limits(page_bytes=1000, pdf_bytes=5000))
    body = b"%PDF-1.7\n" + b"x" * 4000 + b"\n%%EOF"
    server.routes["/"] = answer(body=body, Content_Type="text/html")
    assert fetcher.fetch(source(server.url()), None, NOW).body == body
    server.routes["/"] = answer(body=body + b"y" * 1000)
    assert failure(fetcher, server.url()).reason == "too_large"


def test_an_honest_second_layer_is_unpacked(server, fetcher) -> None:
    server.routes["/"] = answer(body=gzip.compress(gzip.compress(PAGE)), Content_Encoding="gzip, gzip")
    assert fetcher.fetch(source(server.url()), None, NOW).body == PAGE


def test_a_third_layer_is_refused(server, fetcher) -> None:
    server.routes["/"] = answer(body=bomb(MIB, 3), Content_Encoding="gzip, gzip, gzip")
    assert failure(fetcher, server.url()).reason == "decode"
