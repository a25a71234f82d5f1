"""The English words of announcements, notices and dates: titles, summaries, labels. Says, never decides.

Quotes stay in their own language. Texts are plain; what becomes HTML stands in `_content`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from feedhub import taxonomy
from feedhub.model import (
    AnnouncementKind,
    Clause,
    Milestone,
    MilestoneKind,
    MilestoneStatus,
    Notice,
    Precision,
    Requirement,
    Stage,
    Trust,
    When,
)
from feedhub.text import clean, shorten

#: Characters of a title and of a summary at most (meaning.md, Feeds and filters).
TITLE = 200
SUMMARY = 2000

DETECTED = "(detected, not reviewed)"

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_PREFIX = {
    AnnouncementKind.NEW: "New",
    AnnouncementKind.MOVED: "Date moved",
    AnnouncementKind.STRENGTHENED: "Stronger",
    AnnouncementKind.RELAXED: "Weaker",
    AnnouncementKind.VERIFIED: "Confirmed",
    AnnouncementKind.RETRACTED: "Correction",
    AnnouncementKind.WITHDRAWN: "Withdrawn",
    AnnouncementKind.POSTPONED: "Postponed",
    AnnouncementKind.SUPERSEDED: "Replaced",
    AnnouncementKind.ANSWER: "Question answered",
    AnnouncementKind.LESSON: "Lesson",
    AnnouncementKind.DIGEST: "Overview",
}
_NOW = {
    Stage.INTENTION: "Now an intention",
    Stage.PLANNED: "Now planned",
    Stage.CONSULTATION: "Now in consultation",
    Stage.ADOPTED: "Now adopted",
    Stage.IN_FORCE: "Now in force",
    Stage.RELAXED: "Now relaxed",
    Stage.POSTPONED: "Now postponed",
    Stage.WITHDRAWN: "Now withdrawn",
    Stage.SUPERSEDED: "Now replaced",
}
_MILESTONE = {
    MilestoneKind.CONSULTATION_OPENS: "consultation opens",
    MilestoneKind.CONSULTATION_CLOSES: "consultation closes",
    MilestoneKind.MARKET_EVENT: "market event",
    MilestoneKind.TENDER_EXPECTED: "tender expected",
    MilestoneKind.TENDER_CLOSES: "tender closes",
    MilestoneKind.ADOPTED: "adopted",
    MilestoneKind.PUBLISHED: "published",
    MilestoneKind.APPLIES_FROM: "applies from",
    MilestoneKind.COMPLIANCE_DUE: "compliance step due",
    MilestoneKind.CONTRACT_STARTS: "contract starts",
    MilestoneKind.CONTRACT_ENDS: "contract ends",
    MilestoneKind.REVIEW: "review",
}
_STATUS = {
    MilestoneStatus.EXPECTED: "expected",
    MilestoneStatus.CONFIRMED: "confirmed",
    MilestoneStatus.MOVED: "moved",
    MilestoneStatus.CANCELLED: "cancelled",
    MilestoneStatus.SUPERSEDED: "replaced by another date",
}
_TRUST = {
    Trust.POSTED: "posted by the authority",
    Trust.VERIFIED: "verified by a curator",
    Trust.OFFICIAL: "official record",
    Trust.DETECTED: "detected, not reviewed",
}
_TAG = re.compile(r"</?[A-Za-z!?][^<>]{0,500}>")


# -- dates
def when(value: When, lang: str = "en") -> str:
    """A date in words at its own precision: `1 March 2027`, `March 2027`, `Q3 2027`, `first half of 2027`, `2027`.

    In any language but English the forms are figures that everybody reads: `2027-03-01`, `2027-03`, `2027-Q3`.
    """
    english = lang.split("-", maxsplit=1)[0].lower() in ("", "en")
    if value.precision is Precision.INSTANT and value.instant is not None:
        local = value.instant.astimezone(zone(value.zone))
        return f"{_day(local.date(), english)}, {local:%H:%M} ({place(value.zone)} time)"
    if not value.is_span:
        return _day(value.first, english)
    if not aligned(value):
        joint = " to " if english else "/"
        return f"{_month(value.first, english)}{joint}{_month(value.last, english)}"
    return _span(value, english)


def _span(value: When, english: bool) -> str:
    first = value.first
    if value.precision is Precision.MONTH:
        return _month(first, english)
    if value.precision is Precision.QUARTER:
        quarter = (first.month + 2) // 3
        return f"Q{quarter} {first.year}" if english else f"{first.year:04d}-Q{quarter}"
    if value.precision is Precision.HALF:
        half = "first" if first.month == 1 else "second"
        return f"{half} half of {first.year}" if english else f"{first.year:04d}-H{1 if first.month == 1 else 2}"
    return str(first.year)


def aligned(value: When) -> bool:
    """Whether a span begins where quarters, halves and years of the calendar begin."""
    months = {Precision.QUARTER: 3, Precision.HALF: 6, Precision.YEAR: 12}.get(value.precision, 1)
    return (value.first.month - 1) % months == 0


def _day(day: date, english: bool) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}" if english else day.isoformat()


def _month(day: date, english: bool) -> str:
    return f"{_MONTHS[day.month - 1]} {day.year}" if english else f"{day.year:04d}-{day.month:02d}"


def day(value: date) -> str:
    """`1 March 2027`."""
    return _day(value, english=True)


def zone(name: str) -> tzinfo:
    """The time zone of a name; UTC for an unknown one."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


def place(name: str) -> str:
    """The city of a zone, as in “Brussels time”."""
    return "UTC" if zone(name) is UTC else name.rpartition("/")[2].replace("_", " ")


def second(instant: datetime) -> datetime:
    """The instant in UTC without its fraction. A naive one is a mistake and raises ValueError."""
    if instant.tzinfo is None:
        raise ValueError("An instant without a time zone cannot be published.")
    return instant.astimezone(UTC).replace(microsecond=0)


def stamp(instant: datetime) -> str:
    """`2026-11-24T10:00:00Z`: UTC, whole seconds. A naive instant is a mistake and raises ValueError."""
    return second(instant).strftime("%Y-%m-%dT%H:%M:%SZ")


# -- labels
def topic(topic_id: str) -> str:
    """The topic's name."""
    return taxonomy.load().label("topic", topic_id)


def clause(value: Clause) -> str:
    """The procurement role in lower case, as it stands inside a sentence."""
    return value.value.replace("_", " ")


def stage(value: Stage) -> str:
    """The stage in lower case."""
    return {Stage.CONSULTATION: "in consultation", Stage.SUPERSEDED: "replaced"}.get(
        value, value.value.replace("_", " ")
    )


def trust(value: Trust) -> str:
    """Who vouches for a fact, as a phrase."""
    return _TRUST[value]


def status(value: MilestoneStatus) -> str:
    """How firm a date is, as a word."""
    return _STATUS[value]


@lru_cache(maxsize=512)
def country(code: str) -> str:
    """The country's name, "" for none."""
    return taxonomy.load().label("country", code) if code else ""


def milestone(value: Milestone) -> str:
    """The milestone's kind in lower case, with its subject."""
    kind, subject = _MILESTONE[value.kind], shorten(value.subject, 80)
    return f"{kind} ({subject})" if subject else kind


def topics(requirements: Sequence[Requirement]) -> tuple[str, ...]:
    """Ids of the topics of requirements, each once, in order."""
    return tuple(dict.fromkeys(r.topic for r in requirements if r.topic))


# -- titles
def plain(text: str) -> str:
    """Text for a place where some programs expect HTML: nothing in it can be taken for a tag."""
    text = clean(text)
    return clean(re.sub(r"<(?=[A-Za-z/!?])", "‹", _TAG.sub(" ", text))) if "<" in text else text


def notice_title(notice: Notice) -> str:
    """The title of a notice at most 200 characters long; a detected one and an ended one say so in words."""
    prefix = {Stage.WITHDRAWN: "Withdrawn", Stage.SUPERSEDED: "Replaced", Stage.POSTPONED: "Postponed"}.get(
        notice.stage
    )
    return _title(f"{prefix}: " if prefix else "", notice.title, _suffix(notice.trust))


def announcement_title(
    kind: AnnouncementKind,
    notice: Notice | None,
    *,
    stage: Stage | None = None,
    milestone: Milestone | None = None,
    days: int | None = None,
    replaced_by: str = "",
    subject: str = "",
) -> str:
    """The title of an entry of the log, at most 200 characters; the beginnings are those of `meaning.md`.

    `stage` is the new stage (default the notice's). `milestone` is the date that moved or draws near, `days` how far
    off a reminder finds it. `replaced_by` is the title of the successor. `subject` stands for the notice's title where
    there is no notice (a digest, a lesson).
    """
    tail = ""
    if kind is AnnouncementKind.REMINDER:
        begins = f"{_ahead(milestone, days)}: "
        tail = f" – {_dated(milestone)}" if milestone else ""
    elif kind is AnnouncementKind.STAGE:
        begins = f"{_NOW[stage or (notice.stage if notice else Stage.PLANNED)]}: "
    else:
        begins = f"{_PREFIX[kind]}: "
        if kind in (AnnouncementKind.MOVED, AnnouncementKind.POSTPONED) and milestone:
            old = f" (was {when(milestone.previous)})" if milestone.previous else ""
            tail = f" – {_dated(milestone)}{old}"
        elif kind is AnnouncementKind.SUPERSEDED and replaced_by:
            tail = f" – by {shorten(plain(replaced_by), 70)}"
    return _title(begins, notice.title if notice else subject, tail + (_suffix(notice.trust) if notice else ""))


def bare(kind: AnnouncementKind, title: str) -> str:
    """The title of an entry without the English word of its kind."""
    return title.removeprefix(f"{_PREFIX[kind]}: ") if kind in _PREFIX else title


def _suffix(value: Trust) -> str:
    return f" {DETECTED}" if value is Trust.DETECTED else ""


def _dated(value: Milestone) -> str:
    return f"{milestone(value)} {when(value.when)}"


def _ahead(value: Milestone | None, days: int | None) -> str:
    """How far off, in the words of a reminder; a span is named, never counted to (its first day is no date)."""
    if value is not None and value.when.is_span:
        return f"In {when(value.when)}"
    if days is None or days < 0:
        return "Reminder"
    return {0: "Today", 1: "Tomorrow"}.get(days, f"In {days} days")


def _title(begins: str, middle: str, tail: str) -> str:
    room = TITLE - len(begins) - len(tail)
    return f"{begins}{shorten(plain(middle), room) or 'untitled'}{tail}"


# -- summaries
def summary(
    notice: Notice,
    authority_name: str = "",
    *,
    note: str = "",
    changes: Sequence[str] = (),
    lead_days: int | None = None,
    last_confirmed: datetime | None = None,
) -> str:
    """A notice in a few plain sentences, at most 2,000 characters: what changed, who asks what, from when, how sure.

    `note` comes first: what an announcement says that the notice does not.
    """
    parts = [shorten(note, SUMMARY), *(clean(c) for c in changes)]
    parts.append(_asks(notice, authority_name))
    dates = [f"{milestone(m)} {when(m.when)} ({status(m.status)})" for m in notice.living_milestones[:6]]
    if dates:
        parts.append(f"Dates: {'; '.join(dates)}.")
    if lead_days is not None:
        parts.append(f"Lead time: {lead_days} days.")
    parts.append(f"Stage: {stage(notice.stage)}. Trust: {trust(notice.trust)}.")
    if last_confirmed is not None:
        parts.append(f"Last confirmed {day(second(last_confirmed).date())}.")
    if notice.summary:
        parts.append(clean(notice.summary))
    return shorten(plain(" ".join(p for p in parts if p)), SUMMARY)


def _asks(notice: Notice, authority_name: str) -> str:
    who = authority_name or notice.authority_id
    place = country(notice.country)
    labels = "; ".join(topic(t) for t in topics(notice.living_requirements)[:8])
    return f"{clean(who)}{f' ({place})' if place else ''}: {labels or shorten(plain(notice.title), 200)}."
