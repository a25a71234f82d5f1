"""When to come back: what servers say, clamped, and the next due time."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.fetch import next_due
from feedhub.fetch.hints import fresh_for, gap, http_date, retry_after

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
WEEK = 7 * DAY


def stamp(when: datetime) -> str:
    return format_datetime(when, usegmt=True)


def test_the_declared_interval_stands_without_hints() -> None:
    assert next_due(NOW, DAY) == NOW + DAY


@pytest.mark.parametrize(
    ("hints", "wait"),
    [
        ({"fresh_for": 3600.0}, DAY),
        ({"fresh_for": 3 * 86400.0}, 3 * DAY),
        ({"retry_after": 2 * 86400.0}, 2 * DAY),
        ({"fresh_for": 2 * 86400.0, "retry_after": 3 * 86400.0}, 3 * DAY),
        ({"fresh_for": 99 * 86400.0}, WEEK),
        ({"failures": 1}, DAY),
        ({"failures": 2}, 2 * DAY),
        ({"failures": 3}, 4 * DAY),
        ({"failures": 4}, WEEK),
        ({"failures": 10**9}, WEEK),
        ({"failures": -1}, DAY),
    ],
)
def test_the_longest_of_all_waits_counts_up_to_a_week(hints: dict, wait: timedelta) -> None:
    assert next_due(NOW, DAY, **hints) == NOW + wait


def test_jitter_adds_up_to_a_tenth_and_never_comes_early() -> None:
    assert next_due(NOW, DAY, jitter=0.5) == NOW + DAY * 1.05
    assert next_due(NOW, DAY, jitter=7.0) == NOW + DAY * 1.1
    assert next_due(NOW, WEEK, jitter=1.0) == NOW + WEEK


def test_a_longer_declared_interval_is_kept() -> None:
    assert next_due(NOW, timedelta(days=30), failures=5, jitter=1.0) == NOW + timedelta(days=30)


@given(
    st.timedeltas(timedelta(minutes=1), timedelta(days=60)),
    st.none() | st.floats(0, 1e12),
    st.none() | st.floats(60, 7 * 86400),
    st.integers(0, 1000),
    st.floats(0, 1),
)
def test_due_is_never_before_what_was_declared_or_asked(every, fresh, retry, failures, jitter) -> None:
    due = next_due(NOW, every, fresh, retry, failures, jitter)
    assert NOW + every <= due <= NOW + max(WEEK, every)
    assert retry is None or due >= NOW + timedelta(seconds=retry) - timedelta(microseconds=1)


@given(st.text(max_size=40))
def test_any_retry_after_is_within_a_minute_and_a_week(text: str) -> None:
    assert 60.0 <= (retry_after(text, NOW) or 0) <= 7 * 86400.0


@given(st.text(max_size=40))
def test_any_date_is_an_aware_instant_or_none(text: str) -> None:
    found = http_date(text)
    assert found is None or found.tzinfo is UTC


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Cache-Control": "max-age=600"}, 600.0),
        ({"Cache-Control": 'public, Max-Age="600"'}, 600.0),
        ({"Cache-Control": "max-age=600", "Age": "200"}, 400.0),
        ({"Cache-Control": "max-age=600", "Age": "junk"}, 600.0),
        ({"Cache-Control": "max-age=600", "Age": "900"}, 0.0),
        ({"Cache-Control": "s-maxage=900"}, None),
        ({"Cache-Control": "s-maxage=900, max-age=60"}, 60.0),
        ({"Cache-Control": "no-cache, max-age=600"}, None),
        ({"Cache-Control": "no-store"}, None),
        ({"Cache-Control": "max-age=999999999999"}, 7 * 86400.0),
        ({"Cache-Control": "max-age=-1"}, None),
        ({"Cache-Control": "max-age=60", "Expires": stamp(NOW + DAY)}, 60.0),
        ({"Expires": stamp(NOW + DAY)}, 86400.0),
        ({"Expires": stamp(NOW + DAY), "Date": stamp(NOW + DAY / 2)}, 43200.0),
        ({"Expires": stamp(NOW - DAY)}, 0.0),
        ({"Expires": "0"}, None),
        ({"Expires": stamp(NOW + 400 * DAY)}, 7 * 86400.0),
    ],
)
def test_freshness_is_read_from_the_caching_headers(headers: dict, seconds: float | None) -> None:
    assert fresh_for(headers, NOW) == seconds


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("Mon, 23 Nov 2026 09:30:00 GMT", NOW),
        ("Mon, 23 Nov 2026 10:30:00 +0100", NOW),
        ("Mon, 23 Nov 2026 09:30:00", NOW),
        ("Monday, 23-Nov-26 09:30:00 GMT", NOW),
        ("", None),
        ("0", None),
        ("Mon, 99 Nov 2026 09:30:00 GMT", None),
        ("Mon, 23 Nov 99999999999 09:30:00 GMT", None),
    ],
)
def test_http_dates(text: str, when: datetime | None) -> None:
    assert http_date(text) == when


def test_a_crawl_delay_is_capped_and_nonsense_is_none() -> None:
    values = [None, 5.0, 601.0, float("inf"), float("nan"), -1.0]
    assert [gap(v) for v in values] == [0.0, 5.0, 600.0, 0.0, 0.0, 0.0]
