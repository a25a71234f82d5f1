"""What babel says of dates, numbers and spans, in a language and remembered. Knows no words of our own, no request.

Babel takes 20 to 50 µs for a date or a number, and a picture says the same hundred of them a thousand times. A `code` is
one of `LANGUAGES`.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Any, cast

from babel.dates import format_date, format_skeleton, format_timedelta
from babel.numbers import format_decimal

from feedhub.web.languages import LOCALES

#: The lengths by which babel counts units.
SECONDS = {"minute": 60, "hour": 3600, "day": 86400, "month": 86400 * 30, "year": 86400 * 365}


@lru_cache(maxsize=8192)
def dated(form: str, day: date, code: str) -> str:
    """A day in the width `long`, in the pattern `LLL`, or by a skeleton such as `yMMM`."""
    if form in ("long", "LLL"):
        return format_date(day, form, LOCALES[code])
    return format_skeleton(form, day, locale=LOCALES[code])


@lru_cache(maxsize=4096)
def number(value: float, code: str) -> str:
    """A count: `10,000`, `10 000`, `10.000`."""
    return format_decimal(value, locale=LOCALES[code])


@lru_cache(maxsize=2048)
def spanned(unit: str, many: int, code: str) -> str:
    """So many of a unit from now, in the past when `many` is negative: `in 3 months`, `3 months ago`."""
    span = timedelta(seconds=many * SECONDS[unit])
    return format_timedelta(span, cast("Any", unit), threshold=1e9, add_direction=True, locale=LOCALES[code])
