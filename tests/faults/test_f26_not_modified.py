"""F26: 304 when asked conditionally; the trap of an edit within the same second."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from raw_servers import NOW, PAGE, answer, source

from feedhub.model import Fetched, NotModified, Validators

SECOND = NOW.replace(microsecond=0)


def stamp(when: datetime) -> str:
    return format_datetime(when.astimezone(UTC), usegmt=True)


def conditional(body: bytes, etag: str = "", modified: str = ""):
    """A server that compares validators as RFC 9110 §13 says."""

    def play(asked, _sock):
        given = {n: v for n, v in (("ETag", etag), ("Last_Modified", modified)) if v}
        tags = asked.headers.get("if-none-match")
        same = tags == etag if tags else modified and asked.headers.get("if-modified-since") == modified
        return answer("304 Not Modified", length=0, **given) if same else answer(body=body, **given)

    return play


@pytest.mark.parametrize("etag", ['"abc"', 'W/"abc"', '"with, comma"', "unquoted"])
def test_an_etag_goes_back_exactly_as_it_came(etag: str, server, fetcher) -> None:
    server.routes["/"] = conditional(PAGE, etag=etag)
    first = fetcher.fetch(source(server.url()), None, NOW)
    assert isinstance(first, Fetched)
    assert first.validators == Validators(etag, "", NOW)
    assert isinstance(fetcher.fetch(source(server.url()), first.validators, NOW), NotModified)
    assert server.pages()[-1].headers["if-none-match"] == etag


def test_last_modified_goes_back_exactly_as_it_came(server, fetcher) -> None:
    server.routes["/"] = conditional(PAGE, modified=stamp(NOW - timedelta(days=3)))
    first = fetcher.fetch(source(server.url()), None, NOW)
    again = fetcher.fetch(source(server.url()), first.validators, NOW + timedelta(days=1))
    assert again == NotModified(server.url())


def test_a_304_keeps_the_connection(server, fetcher) -> None:
    server.routes["/"] = conditional(PAGE, etag='"1"')
    first = fetcher.fetch(source(server.url()), None, NOW)
    for _ in range(5):
        fetcher.fetch(source(server.url()), first.validators, NOW)
    assert server.accepted == 1


def test_an_edit_within_the_second_of_the_fetch_is_seen(server, fetcher) -> None:
    """The fault: the edit keeps the Last-Modified, so that a server asked by date says 304 for ever."""
    server.routes["/"] = conditional(PAGE, modified=stamp(SECOND))
    first = fetcher.fetch(source(server.url()), None, NOW)
    server.routes["/"] = conditional(PAGE + b"<!-- edited -->", modified=stamp(SECOND))
    import requests

    naive = requests.get(server.url(), headers={"If-Modified-Since": stamp(SECOND)}, timeout=2)
    assert naive.status_code == 304, "an ordinary watcher misses the edit"
    again = fetcher.fetch(source(server.url()), first.validators, NOW + timedelta(days=1))
    assert isinstance(again, Fetched)
    assert again.body.endswith(b"edited -->")


def test_the_trap_is_judged_by_the_servers_own_clock(server, fetcher) -> None:
    slow = stamp(SECOND - timedelta(minutes=7))
    server.routes["/"] = answer(body=PAGE, Last_Modified=slow, Date=slow)
    first = fetcher.fetch(source(server.url()), None, NOW)
    fetcher.fetch(source(server.url()), first.validators, NOW)
    assert "if-modified-since" not in server.pages()[-1].headers


def test_in_the_trap_the_etag_is_still_sent(server, fetcher) -> None:
    fetcher.fetch(source(server.url()), Validators('"1"', stamp(SECOND), NOW), NOW)
    headers = server.pages()[-1].headers
    assert headers["if-none-match"] == '"1"'
    assert "if-modified-since" not in headers


def test_a_junk_date_is_not_sent_back(server, fetcher) -> None:
    fetcher.fetch(source(server.url()), Validators("", "yesterday", NOW), NOW)
    assert "if-modified-since" not in server.pages()[-1].headers


def test_a_304_carries_how_long_it_stays_so(server, fetcher) -> None:
    server.routes["/"] = lambda _asked, _sock: answer("304 Not Modified", length=0, Cache_Control="max-age=7200")
    found = fetcher.fetch(source(server.url()), Validators('"1"'), NOW)
    assert found == NotModified(server.url(), fresh_for=7200.0)
