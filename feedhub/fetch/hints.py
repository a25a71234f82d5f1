"""What a server says about when to come back, and the next due time. Pure; `now` is an argument."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

MINUTE = 60.0
WEEK = 7 * 86400.0
LONGEST_GAP = 600.0
_SECONDS = re.compile(r"[+-]?\d{1,400}(?:\.\d{1,20})?", re.ASCII)
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,18})", re.ASCII | re.IGNORECASE)
_UNSTORED = re.compile(r"(?:^|[,\s])no-(?:cache|store)\b", re.IGNORECASE)


def http_date(text: str) -> datetime | None:
    """An HTTP date (RFC 9110 §5.6.7, with what mail parsers also accept) as an aware UTC instant; None for junk."""
    try:
        found = parsedate_to_datetime(text.strip())
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def retry_after(text: str | None, now: datetime) -> float | None:
    """Seconds to wait by a Retry-After header (RFC 9110 §10.2.3), clamped to one minute … seven days.

    Junk, negative numbers and past dates mean the shortest wait; no header means None.
    """
    if text is None:
        return None
    text = text.strip()
    if _SECONDS.fullmatch(text):
        return _clamp(float(text), MINUTE, WEEK)
    when = http_date(text)
    return MINUTE if when is None else _clamp((when - now).total_seconds(), MINUTE, WEEK)


def fresh_for(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds for which the answer is promised to stay as it is (RFC 9111 §4.2.1), 0 … seven days.

    `max-age` less `Age` wins over `Expires` less `Date` (or `now`); None when nothing is promised.
    """
    control = headers.get("Cache-Control") or ""
    if _UNSTORED.search(control):
        return None
    if found := _MAX_AGE.search(control):
        age = (headers.get("Age") or "0").strip()
        passed = float(age) if age.isascii() and age.isdigit() and len(age) < 19 else 0.0
        return _clamp(float(found[1]) - passed, 0.0, WEEK)
    expires = http_date(headers.get("Expires") or "")
    if expires is None:
        return None
    sent = http_date(headers.get("Date") or "") or now
    return _clamp((expires - sent).total_seconds(), 0.0, WEEK)


def gap(seconds: float | None) -> float:
    """A crawl delay as seconds between two requests, 0 … ten minutes; nonsense is none."""
    return _clamp(seconds, 0.0, LONGEST_GAP) if seconds is not None and math.isfinite(seconds) else 0.0


def next_due(
    now: datetime,
    every: timedelta,
    fresh_for: float | None = None,
    retry_after: float | None = None,
    failures: int = 0,
    jitter: float = 0.0,
) -> datetime:
    """When to look again: the longest of the declared interval, the server's hints (seconds) and the back-off.

    The back-off doubles the interval with each failure after the first (`failures` counts those in a row). Nothing
    waits longer than seven days unless declared so. `jitter` (0 … 1) adds up to a tenth of the wait, within the cap.
    """
    declared = every.total_seconds()
    longest = max(WEEK, declared)
    backoff = declared * 2.0 ** min(max(failures - 1, 0), 32)
    wait = max(declared, fresh_for or 0.0, retry_after or 0.0, min(backoff, longest))
    wait += wait * 0.1 * _clamp(jitter, 0.0, 1.0)
    return now + timedelta(seconds=min(wait, longest))


def _clamp(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)
