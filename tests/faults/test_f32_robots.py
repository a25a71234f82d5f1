"""F32: robots.txt that disallows, fails, begins with a byte order mark, or has ten megabytes."""

from datetime import timedelta

import pytest
from raw_servers import NOW, PAGE, answer, failure, source

from feedhub.fetch import Limits

DISALLOW = b"User-agent: *\nDisallow: /private\nAllow: /private/open\n"


def robots(server, body: bytes, status: str = "200 OK", **headers: str) -> None:
    server.routes["/robots.txt"] = answer(status, body=body, Content_Type="text/plain", **headers)


def asked_for_robots(server) -> int:
    return sum(a.path == "/robots.txt" for a in server.asked)


def test_a_disallowed_page_is_not_asked_for(server, fetcher) -> None:
    robots(server, DISALLOW)
    assert failure(fetcher, server.url("/private/page")).reason == "robots"
    assert server.pages() == []
    assert fetcher.fetch(source(server.url("/private/open")), None, NOW).body == PAGE
    assert fetcher.fetch(source(server.url("/")), None, NOW).body == PAGE


def test_what_is_judged_is_what_is_asked(server, fetcher) -> None:
    robots(server, DISALLOW)
    for path in ("/a/../private/page", "/%70rivate/page", "/./private/page?x=1#y"):
        assert failure(fetcher, server.url(path)).reason == "robots"


def test_a_redirect_to_a_disallowed_page_is_not_followed(server, fetcher) -> None:
    robots(server, DISALLOW)
    server.routes["/"] = answer("302 Found", Location="/private/page")
    assert failure(fetcher, server.url()).reason == "robots"


def test_a_rule_for_our_name_wins(server, fetcher) -> None:
    robots(server, b"User-agent: *\nDisallow:\n\nUser-agent: FeedHub\nDisallow: /\n")
    assert failure(fetcher, server.url()).reason == "robots"


def test_a_rule_for_a_word_in_our_contact_is_not_ours(server, fetcher) -> None:
    robots(server, b"User-agent: example\nDisallow: /\n")
    assert fetcher.fetch(source(server.url()), None, NOW).body == PAGE


def test_a_byte_order_mark_really_hides_the_first_line(server) -> None:
    from protego import Protego

    text = (b"\xef\xbb\xbf" + b"User-agent: *\nDisallow: /\n").decode("latin-1")
    assert Protego.parse(text).can_fetch("/", "feedhub"), "the fault"


def test_a_byte_order_mark_is_stripped(server, fetcher) -> None:
    robots(server, b"\xef\xbb\xbf" + b"User-agent: *\nDisallow: /\n")
    assert failure(fetcher, server.url()).reason == "robots"


@pytest.mark.parametrize("status", ["500 Oops", "503 Unavailable", "429 Too Many"])
def test_a_failing_robots_txt_means_disallow(status: str, server, fetcher) -> None:
    robots(server, b"", status, Retry_After="120")
    error = failure(fetcher, server.url())
    assert error.reason == "robots"
    assert error.retry_after == 120.0
    assert server.pages() == []


def test_a_failing_robots_txt_is_asked_again_soon(server, fetcher) -> None:
    robots(server, b"", "503 Unavailable")
    failure(fetcher, server.url())
    robots(server, b"")
    assert failure(fetcher, server.url(), now=NOW + timedelta(minutes=9)).reason == "robots"
    assert fetcher.fetch(source(server.url()), None, NOW + timedelta(minutes=11)).body == PAGE


@pytest.mark.parametrize("status", ["404 Not Found", "403 Forbidden", "401 Unauthorized", "410 Gone"])
def test_no_robots_txt_means_allow(status: str, server, fetcher) -> None:
    robots(server, b"User-agent: *\nDisallow: /\n", status)
    assert fetcher.fetch(source(server.url()), None, NOW).body == PAGE


def test_ten_megabytes_are_read_up_to_the_cap(server, fetcher) -> None:
    filler = b"# " + b"x" * 97 + b"\n"
    big = b"User-agent: *\nDisallow: /early\n" + filler * 105_000 + b"Disallow: /late\n"
    assert len(big) > 10_000_000
    robots(server, big)
    assert failure(fetcher, server.url("/early")).reason == "robots"
    assert fetcher.fetch(source(server.url("/late")), None, NOW).body == PAGE


def test_the_line_broken_by_the_cap_is_dropped(server, make_fetcher) -> None:
    rules = b"User-agent: *\nDisallow: /a\nDisallow: /bcd\n"
    robots(server, rules)
    fetcher = make_fetcher(limits=Limits(robots_bytes=len(rules) - 4))
    assert fetcher.fetch(source(server.url("/b")), None, NOW).body == PAGE
    assert failure(fetcher, server.url("/a")).reason == "robots"


def test_robots_txt_is_asked_once_a_day_and_place(server, fetcher) -> None:
    for hours in (0, 1, 23):
        fetcher.fetch(source(server.url()), None, NOW + timedelta(hours=hours))
    assert asked_for_robots(server) == 1
    fetcher.fetch(source(server.url()), None, NOW + timedelta(hours=24))
    assert asked_for_robots(server) == 2


def test_a_redirected_robots_txt_is_followed(server, fetcher) -> None:
    server.routes["/robots.txt"] = answer("301 Moved", Location="/rules.txt")
    server.routes["/rules.txt"] = answer(body=DISALLOW)
    assert failure(fetcher, server.url("/private/page")).reason == "robots"


def test_a_robots_txt_in_a_circle_counts_as_none(server, fetcher) -> None:
    server.routes["/robots.txt"] = answer("301 Moved", Location="/robots.txt")
    assert fetcher.fetch(source(server.url()), None, NOW).body == PAGE
