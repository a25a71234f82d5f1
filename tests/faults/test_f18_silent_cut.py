"""F18: HTTP/1.0 without a length: the end of the connection is the only end, and a cut looks the same."""

import gzip

import pytest
import requests
from raw_servers import NOW, PAGE, failure, source

from feedhub.fetch.complete import looks_cut

FEED = b'<?xml version="1.0"?>\n<!-- news -->\n<rss version="2.0"><channel><title>x</title></channel></rss>\n'
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def close_delimited(body: bytes, *headers: bytes):
    def play(_asked, sock):
        sock.sendall(b"\r\n".join([b"HTTP/1.0 200 OK", *headers]) + b"\r\n\r\n" + body)

    return play


def test_an_ordinary_client_takes_half_a_page_for_a_page(server) -> None:
    server.routes["/"] = close_delimited(PAGE[:60])
    response = requests.get(server.url(), timeout=2)
    assert response.status_code == 200
    assert response.content == PAGE[:60]


@pytest.mark.parametrize("body", [PAGE, FEED, PDF], ids=["page", "feed", "pdf"])
def test_a_whole_document_is_taken_and_half_of_it_is_not(body: bytes, server, fetcher) -> None:
    server.routes["/"] = close_delimited(body)
    assert fetcher.fetch(source(server.url()), None, NOW).body == body
    server.routes["/"] = close_delimited(body[:-12])
    assert failure(fetcher, server.url()).reason == "truncated"


def test_a_compressed_body_that_has_no_end_is_truncated(server, fetcher) -> None:
    packed = gzip.compress(PAGE)
    server.routes["/"] = close_delimited(packed, b"Content-Encoding: gzip")
    assert fetcher.fetch(source(server.url()), None, NOW).body == PAGE
    server.routes["/"] = close_delimited(packed[:-9], b"Content-Encoding: gzip")
    assert failure(fetcher, server.url()).reason == "truncated"


@pytest.mark.parametrize(
    "body", [b"", b"plain text", b'{"a": 1}', b"<p>a page without its html tags", b"BEGIN:VCALENDAR"]
)
def test_what_names_no_end_is_not_judged(body: bytes) -> None:
    assert not looks_cut(body)


@pytest.mark.parametrize(
    "body", [b"<?xml version='1.0'?><e/>", b"\xef\xbb\xbf" + FEED, b"<!DOCTYPE html>\n<HTML lang=en>\n</HTML>"]
)
def test_a_whole_document_is_never_called_cut(body: bytes) -> None:
    assert not looks_cut(body)
