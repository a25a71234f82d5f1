"""F33: a crawl delay of ten minutes and many sources on one host: what the hub needs to space them."""

import pytest
from raw_servers import NOW, answer, source

from feedhub.model import NotModified, Validators


@pytest.mark.parametrize(
    ("rules", "seconds"),
    [
        ("Crawl-delay: 600", 600.0),
        ("Crawl-delay: 2.5", 2.5),
        ("Crawl-delay: 86400", 600.0),
        ("Crawl-delay: inf", 0.0),
        ("Crawl-delay: nan", 0.0),
        ("Crawl-delay: -3", 0.0),
        ("Crawl-delay: soon", 0.0),
        ("Request-rate: 1/30", 30.0),
        ("Disallow:", 0.0),
    ],
)
def test_the_delay_is_reported_up_to_ten_minutes(rules: str, seconds: float, server, fetcher) -> None:
    server.routes["/robots.txt"] = answer(body=f"User-agent: *\n{rules}\n".encode())
    assert fetcher.fetch(source(server.url()), None, NOW).min_gap == seconds


def test_a_304_reports_the_delay_too(server, fetcher) -> None:
    server.routes["/robots.txt"] = answer(body=b"User-agent: *\nCrawl-delay: 7\n")
    server.routes["/"] = lambda _asked, _sock: answer("304 Not Modified", length=0)
    assert fetcher.fetch(source(server.url()), Validators('"1"'), NOW) == NotModified(server.url(), min_gap=7.0)


def test_a_hundred_sources_of_a_host_share_one_robots_txt_and_one_connection(server, fetcher) -> None:
    for number in range(100):
        fetcher.fetch(source(server.url(f"/{number}")), None, NOW)
    assert len(server.pages()) == 100
    assert len(server.asked) == 101
    assert server.accepted == 1


def test_the_fetcher_itself_never_waits(server, fetcher, stopwatch) -> None:
    """Waiting in a worker would block the pool; the gap is kept by the hub, in the database."""
    server.routes["/robots.txt"] = answer(body=b"User-agent: *\nCrawl-delay: 600\n")
    for _ in range(2):
        fetcher.fetch(source(server.url()), None, NOW)
    assert stopwatch() < 2
