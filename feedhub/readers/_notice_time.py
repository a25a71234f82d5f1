"""Dates of procurement notices: cut, combined and checked. Never asks the clock, never guesses a date.

A date that cannot be true gives None and a warning in the list the caller passes (P13); a time that cannot be true
(hour 25, the hour a clock change skips) keeps the day and says so.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from feedhub.model import Evidence, Milestone, MilestoneKind, MilestoneStatus, Precision, Trust, When

#: Years outside which a date in a notice is a slip of the pen; electronic notices began in the nineties.
FIRST_YEAR, LAST_YEAR = 1990, 2100

_OFFSET = re.compile(r"(Z|[+-]\d{2}:?\d{2})$")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_YEAR = re.compile(r"\d{4}")
_MIDNIGHT = re.compile(r"00:00(:00(\.0+)?)?(Z|[+-]\d{2}:?\d{2})?")
_MONTH = re.compile(r"\d{4}-\d{2}")


def plain_date(text: str, warnings: list[str], name: str = "date") -> date | None:
    """The calendar date a text begins with (`2024-09-30+02:00` → 30 September), None and a warning when impossible."""
    head = text.strip()[:10]
    if not head:
        return None
    try:
        found = date.fromisoformat(head) if _DATE.fullmatch(head) else None
    except ValueError:
        found = None
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        warnings.append(f"{name}: '{text.strip()[:40]}' is no possible date and was left out")
        return None
    return found


def moment(day: str, clock: str, zone: str, warnings: list[str], name: str = "date") -> When | None:
    """A date and a time of day, each with or without an offset, as an instant; without a time, the day.

    `zone` is the IANA name in which a time without any offset is meant, and which the result keeps.
    """
    found = plain_date(day, warnings, name)
    if found is None:
        return None
    clock = clock.strip()
    if not clock:
        return When(found, Precision.DAY, zone=zone)
    offset = _OFFSET.search(clock) or _OFFSET.search(day.strip()[10:])
    try:
        naive = datetime.combine(found, time.fromisoformat(_OFFSET.sub("", clock)))
        aware = _at(naive, offset.group(1) if offset else "", zone)
    except ValueError:
        warnings.append(f"{name}: '{clock[:40]}' is no possible time on {found}; the day is kept")
        return When(found, Precision.DAY, zone=zone)
    return instant(aware, zone)


def instant(aware: datetime, zone: str) -> When:
    """An aware time as an instant, dated in `zone`."""
    return When(aware.astimezone(ZoneInfo(zone)).date(), Precision.INSTANT, aware.astimezone(UTC), zone)


def stamp(text: object, zone: str, warnings: list[str], name: str = "date", *, whole_days: bool = False) -> When | None:
    """An ISO 8601 date, date-time, month or year. Midnight stands for the day, as does everything with `whole_days`.

    A date-time without offset is local time of `zone`. Anything but a text gives None.
    """
    if not isinstance(text, str) or not text.strip():
        return None
    text = text.strip().replace(" ", "T", 1)
    if _YEAR.fullmatch(text) or _MONTH.fullmatch(text):
        first = plain_date(f"{text}-01-01"[:10], warnings, name)
        return When(first, Precision.YEAR if len(text) == 4 else Precision.MONTH, zone=zone) if first else None
    clock = text[11:] if text[10:11] == "T" else ""
    if _MIDNIGHT.fullmatch(clock):
        clock = ""
    found = moment(text[:10], clock, zone, warnings, name)
    if not whole_days or found is None:
        return found
    # A whole day written in UTC is the day it is in the zone (31 March 23:00Z is 1 April in a British summer);
    # a last minute, or a day with the platform's own offset, is the day as written.
    as_written = not clock.endswith("Z") or clock.startswith("23:59")
    first = (plain_date(text, [], name) or found.first) if as_written else found.first
    return When(first, Precision.DAY, zone=zone)


def local(naive: datetime, zone: str) -> datetime:
    """A local time of `zone` made aware; ValueError when a clock change skips it (never invented)."""
    aware = naive.replace(tzinfo=ZoneInfo(zone))
    if aware.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != naive:
        raise ValueError(f"{naive} does not exist in {zone}")
    return aware


def _at(naive: datetime, offset: str, zone: str) -> datetime:
    if not offset:
        return local(naive, zone)
    return naive.replace(tzinfo=_fixed(offset))


def _fixed(offset: str) -> tzinfo:
    found = datetime.fromisoformat(f"2000-01-01T00:00:00{offset}").tzinfo
    return found if found is not None else UTC


def end_of(start: date, number: int, unit: str) -> When | None:
    """The end of a period that begins on `start`: a day for days and weeks, else known to the month.

    `unit` is DAY, WEEK, MONTH or YEAR; None for anything else or an end beyond `LAST_YEAR`.
    """
    try:
        if unit in ("DAY", "WEEK"):
            end = start + timedelta(days=number * (7 if unit == "WEEK" else 1) - 1)
            return When(end) if end.year <= LAST_YEAR else None
        months = {"MONTH": 1, "YEAR": 12}[unit] * number
    except (OverflowError, KeyError):
        return None
    index = start.year * 12 + start.month - 1 + months - (1 if start.day == 1 else 0)
    if number <= 0 or index // 12 > LAST_YEAR:
        return None
    return When(date(index // 12, index % 12 + 1, 1), Precision.MONTH)


def dated(
    kind: MilestoneKind, when: When, code: str, status: MilestoneStatus, subject: str = "", url: str = ""
) -> Milestone:
    """A milestone with its field as its code; structured fields of a notice are official."""
    return Milestone(
        kind=kind,
        when=when,
        subject=subject,
        status=status,
        code=code,
        trust=Trust.OFFICIAL,
        provenance=Evidence(url=url, quote=when.iso, judged_by=(code,)),
    )
