"""F22: 429 with a Retry-After in seconds, as a date, as junk, or ten years away."""

from datetime import timedelta
from email.utils import format_datetime

import pytest
from raw_servers import NOW, answer, failure

from feedhub.fetch import next_due

DAY = 86400.0


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        ("3600", 3600.0),
        ("1", 60.0),
        ("0", 60.0),
        ("-5", 60.0),
        ("90.5", 90.5),
        ("315360000", 7 * DAY),
        ("9" * 300, 7 * DAY),
        (format_datetime(NOW.replace(microsecond=0) + timedelta(hours=2), usegmt=True), 7199.75),
        (format_datetime(NOW - timedelta(days=400), usegmt=True), 60.0),
        (format_datetime(NOW + timedelta(days=3650), usegmt=True), 7 * DAY),
        ("Mon, 99 Foo 2026 99:99:99 GMT", 60.0),
        ("soon", 60.0),
        ("٣٦٠٠".encode().decode("latin-1"), 60.0),
        ("", 60.0),
    ],
)
def test_the_wait_is_honoured_within_a_minute_and_a_week(header: str, seconds: float, server, fetcher) -> None:
    server.routes["/"] = answer("429 Too Many Requests", Retry_After=header).decode("latin-1").encode("latin-1")
    error = failure(fetcher, server.url())
    assert error.reason == "rate_limited"
    assert error.status == 429
    assert error.retry_after == pytest.approx(seconds)
    due = next_due(NOW, timedelta(hours=1), retry_after=error.retry_after, failures=1)
    assert due - NOW == timedelta(seconds=max(3600.0, seconds))


def test_without_the_header_the_back_off_decides(server, fetcher) -> None:
    server.routes["/"] = answer("429 Too Many Requests")
    error = failure(fetcher, server.url())
    assert error.reason == "rate_limited"
    assert error.retry_after is None


def test_the_fetcher_never_sleeps_on_it(server, fetcher, stopwatch) -> None:
    server.routes["/"] = answer("429 Too Many Requests", Retry_After="30")
    failure(fetcher, server.url())
    assert stopwatch() < 1
    assert len(server.pages()) == 1


@pytest.mark.parametrize(("status", "reason"), [("503 Unavailable", "server_error"), ("403 Forbidden", "forbidden")])
def test_other_refusals_may_name_a_wait_too(status: str, reason: str, server, fetcher) -> None:
    server.routes["/"] = answer(status, Retry_After="300")
    error = failure(fetcher, server.url())
    assert (error.reason, error.retry_after) == (reason, 300.0)
