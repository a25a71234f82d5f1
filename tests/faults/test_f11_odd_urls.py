"""F11: URLs that two parsers read differently."""

from urllib.parse import urlsplit

import pytest
from raw_servers import failure

from feedhub.errors import FetchError
from feedhub.fetch import normalise_url

ODD = [
    "http://127.0.0.1\\@example.org/",
    "http://example.org\\.evil.example/",
    "http://user@example.org/",
    "http://user:pass@example.org/",
    "http://example.org:80@127.0.0.1/",
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/",
    "http://ｅｘａｍｐｌｅ.org/",
    "http://example.org/\r\nHost: evil.example",
    "http://exa\tmple.org/",
    "http://example.org\x00.evil.example/",
    "http://exam\u200bple.org/",
    "http://example.org/\u202egnp.exe",
    "http://%31%32%37.0.0.1/",
    "http://exa mple.org/",
    "http://example.org:0/",
    "http://example.org:99999/",
    "http://example.org:8٠/",
    "http://[fe80::1%25eth0]/",
    "http://[::1/",
    "http://1.2.3.4.5/",
    "http://256.1.1.1/",
    "http://-a.example/",
    "http:///path",
    "http://",
    "",
    "example.org/page",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "ftp://example.org/",
    "http://example.org/" + "a" * 9000,
]


def test_parsers_really_disagree() -> None:
    from urllib3.util import parse_url

    assert urlsplit("http://127.0.0.1\\@example.org/").hostname == "example.org"
    assert parse_url("http://127.0.0.1\\@example.org/").host != "example.org"
    assert "①".isdigit()
    assert urlsplit("http://exa\tmple.org/").hostname == "example.org", "a tab vanishes silently"


@pytest.mark.parametrize("url", ODD)
def test_the_url_is_refused(url: str, make_fetcher) -> None:
    with pytest.raises(FetchError) as caught:
        normalise_url(url)
    assert caught.value.reason == "bad_url"
    assert failure(make_fetcher(allow=()), url).reason == "bad_url"


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "a\x00b"])
def test_a_declared_header_cannot_open_a_second_one(value: str, server, fetcher) -> None:
    assert failure(fetcher, server.url(), headers={"X-Key": value}).reason == "bad_url"
    assert server.pages() == []
