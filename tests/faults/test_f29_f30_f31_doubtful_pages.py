"""F29 error page under 200 · F30 cookie wall · F31 wrong Content-Type: the fetch hands on what readers judge."""

import pytest
from raw_servers import NOW, answer, source

from feedhub.model import SourceKind

ERROR_PAGE = b"<html><title>404</title><body>Page not found</body></html>"
WALL = b"<html><body>We value your privacy. Accept all cookies to continue.</body></html>"
PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.mark.parametrize("body", [ERROR_PAGE, WALL], ids=["F29", "F30"])
def test_a_doubtful_page_arrives_as_it_is_with_its_address(body: bytes, server, fetcher) -> None:
    server.routes["/"] = answer("302 Found", Location="/error?code=404")
    server.routes["/error?code=404"] = answer(body=body, Content_Type="text/html")
    found = fetcher.fetch(source(server.url()), None, NOW)
    assert found.status == 200, "the fault: the server claims all is well"
    assert found.body == body
    assert found.url.endswith("/error?code=404"), "where it ended is a hint for the reader"
    assert found.moved_to == ""


def test_f31_bytes_and_claim_are_both_handed_on(server, fetcher) -> None:
    server.routes["/"] = answer(body=PDF, Content_Type='Text/HTML; Charset="ISO-8859-1"')
    found = fetcher.fetch(source(server.url(), kind=SourceKind.PAGE), None, NOW)
    assert found.body.startswith(b"%PDF-")
    assert (found.content_type, found.charset) == ("text/html", "iso-8859-1")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("text/html", ("text/html", "")),
        ("text/html;charset=utf-8", ("text/html", "utf-8")),
        ("application/rss+xml; profile=x; charset='Windows-1252'", ("application/rss+xml", "windows-1252")),
        ("", ("", "")),
        (";;;=", ("", "")),
    ],
)
def test_the_charset_is_never_guessed(header: str, expected: tuple[str, str], server, fetcher) -> None:
    server.routes["/"] = answer(body=b"x", Content_Type=header)
    found = fetcher.fetch(source(server.url()), None, NOW)
    assert (found.content_type, found.charset) == expected
