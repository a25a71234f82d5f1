"""What follows from a notice's dates: lead time, next day, recurrences, reminders due. Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from feedhub.model import Milestone, MilestoneKind, Notice, Precision, When

#: Kinds on which a bidder must be ready; the earliest living one ends the lead time.
READY = (MilestoneKind.TENDER_CLOSES, MilestoneKind.TENDER_EXPECTED, MilestoneKind.APPLIES_FROM)
#: Kinds that are worth a reminder.
REMINDED = (
    MilestoneKind.TENDER_CLOSES,
    MilestoneKind.CONSULTATION_CLOSES,
    MilestoneKind.MARKET_EVENT,
    MilestoneKind.APPLIES_FROM,
    MilestoneKind.COMPLIANCE_DUE,
)
_YEARLY = re.compile(r"--(\d{2})-(\d{2})")


@dataclass(frozen=True)
class Lead:
    """Lead time in days; `approximate` when it ends on the first day of a span (shown with “≈”)."""

    days: int
    approximate: bool


@dataclass(frozen=True)
class Due:
    """A reminder that should go out now: `days` from today to `day`; `passed` are thresholds it also settles."""

    milestone: Milestone
    when: When
    threshold: int
    days: int
    passed: tuple[int, ...]


def lead_time(notice: Notice) -> Lead | None:
    """Days from the notice's first recorded instant to the earliest living date on which a bidder must be ready."""
    start = notice.first_recorded.date()
    ahead = [m.when for m in notice.living_milestones if m.kind in READY and m.when.last >= start]
    if not ahead or not notice.live:
        return None
    first = min(ahead, key=lambda w: (w.first, w.last))
    return Lead(max(0, (first.first - start).days), first.is_span)


def occurrences(milestone: Milestone, today: date, count: int = 2) -> list[When]:
    """The dates a milestone stands for: itself, or the next `count` turns of a yearly rule."""
    if not milestone.recurs:
        return [milestone.when]
    match = _YEARLY.fullmatch(milestone.recurs)
    # A rule that hangs on somebody's financial year turns once a year on the day its date names.
    first = milestone.when.first
    month, day = (int(match[1]), int(match[2])) if match else (first.month, first.day)
    out: list[When] = []
    year = max(today.year, milestone.when.first.year)
    while len(out) < count:
        turn = date(year, month, min(day, monthrange(year, month)[1]))
        if turn >= today:
            out.append(replace(milestone.when, first=turn, precision=Precision.DAY, instant=None))
        year += 1
    return out


def turns(notice: Notice, today: date) -> list[tuple[Milestone, int, When]]:
    """Every date of a notice as (milestone, turn, when); a yearly one with its next turns from 1, others with turn 0."""
    return [
        (m, number if m.recurs else 0, w)
        for m in notice.milestones
        for number, w in enumerate(occurrences(m, today), 1)
    ]


def coming(notice: Notice, today: date) -> tuple[Milestone, When] | None:
    """The first living date that is not over, by its first day; of a yearly one its next turn."""
    ahead = [
        (m, w) for m in notice.living_milestones for w in occurrences(m, today, 1) if w.last >= today and notice.live
    ]
    return min(ahead, key=lambda found: (found[1].first, found[0].id), default=None)


def next_day(notice: Notice, today: date) -> date | None:
    """The first day of what is coming."""
    found = coming(notice, today)
    return found[1].first if found else None


def reminder_due(
    notice: Notice, milestone: Milestone, now: datetime, thresholds: Sequence[int], sent: Collection[tuple[date, int]]
) -> Due | None:
    """The one reminder of a date to send now, at or after 08:00 local; None when there is none.

    `sent` holds (day, threshold) pairs that are settled. A date found late gets only the nearest reminder, at the
    first 08:00 after it was found; a moved date is armed again only for thresholds still ahead when it moved.
    """
    if milestone.kind not in REMINDED or not milestone.status.living or not notice.live:
        return None
    zone = ZoneInfo(milestone.when.zone)
    today = now.astimezone(zone).date()
    when = occurrences(milestone, today, 1)[0]
    if when.precision not in (Precision.DAY, Precision.MONTH, Precision.INSTANT) or when.first < today:
        return None
    known = milestone.changed or notice.first_recorded
    earliest = _morning(known.astimezone(zone).date(), zone)
    if earliest <= known:
        earliest = _morning(known.astimezone(zone).date() + timedelta(days=1), zone)
    if now < earliest:
        return None
    due = []
    for threshold in thresholds:
        at = _morning(when.first - timedelta(days=threshold), zone)
        rearmed = milestone.previous is None or at > known
        if at <= now and rearmed and (when.first, threshold) not in sent:
            due.append(threshold)
    if not due:
        return None
    nearest = min(due)
    if any(day == when.first and t <= nearest for day, t in sent):
        return None
    passed = tuple(t for t in due if t != nearest)
    return Due(milestone, when, nearest, (when.first - today).days, passed)


def _morning(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(8), tzinfo=zone)
