"""iCalendar (RFC 5545, RFC 7986): dates of notices as a calendar to subscribe to. The one adapter around icalendar.

Never decides which dates are listed or for how long; never asks the time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

from icalendar import Alarm, Calendar, vText
from icalendar import Event as VEvent
from icalendar.parser import Contentline

from feedhub.model import (
    Authority,
    Instance,
    Milestone,
    MilestoneKind,
    MilestoneStatus,
    Notice,
    Precision,
    Trust,
    When,
)
from feedhub.publish import _wording as wording
from feedhub.publish._links import page_url, safe_url
from feedhub.publish._reading import Unread
from feedhub.publish._shapes import CalendarPage, Event
from feedhub.text import clean, clean_lines, shorten

CONTENT_TYPE = "text/calendar; charset=utf-8"

_REFRESH = timedelta(hours=6)
_COLOUR = "darkslateblue"
#: CSS3 names (RFC 7986, section 5.9) by what happens; the words say the same, so nobody needs the colour.
_COLOURS = {
    MilestoneKind.CONSULTATION_OPENS: "teal",
    MilestoneKind.CONSULTATION_CLOSES: "teal",
    MilestoneKind.MARKET_EVENT: "steelblue",
    MilestoneKind.TENDER_EXPECTED: "darkorange",
    MilestoneKind.TENDER_CLOSES: "firebrick",
    MilestoneKind.APPLIES_FROM: "darkgreen",
    MilestoneKind.COMPLIANCE_DUE: "purple",
}
_END = b"END:VCALENDAR\r\n"
_OCTETS = 75
Report = Callable[[str], None]


def _silent(_: str) -> None:
    """Nobody wants to know."""


class Kept(Protocol):
    """Where rendered events are kept between calendars of one instance; a dictionary will do."""

    def get(self, key: tuple[object, ...], /) -> bytes | None:
        """What was kept, if it still is."""

    def __setitem__(self, key: tuple[object, ...], fragment: bytes, /) -> None:
        """Keep a rendered event."""


def render(calendar: CalendarPage, report: Report = _silent, kept: Kept | None = None) -> bytes:
    """The bytes of a calendar in UTF-8 with CRLF; the same page gives the same bytes.

    An event that cannot be rendered, or whose UID stood before, is left out and `report` gets a sentence about it. A
    notice changes only by a revision, so an event of it is made once (icalendar needs most of a millisecond) and `kept`.
    """
    kept = {} if kept is None else kept
    named = _named(calendar, report)
    keys = {name: _key(name, event, calendar.alarms) for name, event in named.items()}
    found = {name: kept.get(key) for name, key in keys.items()}
    notices = Unread(
        calendar.read, list(dict.fromkeys(named[n].notice_id for n, made in found.items() if made is None))
    )
    parts: list[bytes] = []
    for name, event in named.items():
        made = found[name]
        try:
            if made is None:
                made = kept[keys[name]] = _event(name, _placed(event, notices.get(event.notice_id)), calendar)
            parts.append(made)
        except Exception as error:  # noqa: BLE001 -- one event never takes its calendar down, whatever is wrong with it
            report(f"Event {name} was left out of {calendar.path}: {error}")
    # Names of properties have no case (RFC 5545, section 2). vdirsyncer 0.19 takes the first “UID” in capitals for that of
    # the event: with the calendar's own (RFC 7986) it saw one event instead of hundreds (2026-11-24).
    head: bytes = _head(calendar).to_ical().replace(b"\r\nUID:", b"\r\nuid:", 1)
    return head.removesuffix(_END) + b"".join(parts) + _END


def _named(calendar: CalendarPage, report: Report) -> dict[str, Event]:
    """The events by their UIDs, each once."""
    out: dict[str, Event] = {}
    for event in calendar.events:
        name = uid(calendar.instance, event)
        if out.setdefault(name, event) is not event:
            report(f"Event {name} stands twice in {calendar.path}; the second was left out.")
    return out


def uid(instance: Instance, event: Event) -> str:
    """The UID of an event for ever: notice and milestone, the year of a yearly turn, the days of a reminder."""
    key = event.milestone_id
    if event.occurrence is not None:
        key += f"-{event.occurrence.year}"
    if event.reminder_days is not None:
        key += f"-r{event.reminder_days}"
    return instance.uid(event.notice_id, key)


class _Line(Contentline):
    """A content line that is folded where icalendar folds it, by steps of a line instead of a character (7.3: half the time)."""

    def to_ical(self) -> bytes:
        """The folded line; one that is not of ASCII alone is left to the library."""
        if not self.isascii():
            folded: bytes = super().to_ical()  # type: ignore[no-untyped-call]
            return folded
        parts, begin = [], 0
        while len(self) - begin >= _OCTETS:
            end = begin + _OCTETS - 1
            end -= self[end - 1] in "\\^"  # an escape is not parted
            parts.append(self[begin:end])
            begin = end
        return "\r\n ".join([*parts, self[begin:]]).encode("ascii")


class _Event(VEvent):
    def content_line(self, name: str, value: Any, sorted: bool = True) -> Contentline:  # noqa: A002
        """One property of the event."""
        line: Contentline = _Line(super().content_line(name, value, sorted=sorted))  # type: ignore[no-untyped-call]
        return line


class _Text(vText):
    r"""Text whose `\N` stays what it is: icalendar 7.3 takes those two characters for a line break."""

    def to_ical(self) -> bytes:
        r"""Escape what stands between each `\N` through the library, and those two characters by hand."""
        return b"\\\\N".join(vText(part).to_ical() for part in str(self).split("\\N"))


def _head(page: CalendarPage) -> Calendar:
    instance, made = page.instance, Calendar()
    title = shorten(page.title, wording.TITLE) or "feedhub"
    made.add("prodid", "-//feedhub//feedhub//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("uid", _Text(instance.tag("calendar", page.path)))
    made.add("name", _Text(title))
    made.add("x-wr-calname", _Text(title))
    if page.description:
        made.add("description", _Text(clean_lines(page.description)))
        made.add("x-wr-caldesc", _Text(clean_lines(page.description)))
    made.add("last-modified", wording.second(page.updated))
    made.add("url", instance.url(page.html_path))
    made.add("source", instance.url(page.path), parameters={"VALUE": "URI"})
    made.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT6H")
    made.add("color", _COLOUR)
    return made


# -- events
def _key(name: str, event: Event, alarms: tuple[int, ...]) -> tuple[object, ...]:
    """Everything that an event is made of; its UID names notice, milestone, turn and reminder."""
    return ("ics", name, event.revision, event.authority.name, event.authority.country, alarms)


@dataclass(frozen=True)
class _Placed:
    """An event with what it is about."""

    notice: Notice
    milestone: Milestone
    authority: Authority
    reminder_days: int | None
    occurrence: date | None


def _placed(event: Event, notice: Notice) -> _Placed:
    milestone = next(m for m in notice.milestones if m.id == event.milestone_id)
    return _Placed(notice, milestone, event.authority, event.reminder_days, event.occurrence)


def _event(name: str, event: _Placed, page: CalendarPage) -> bytes:
    """One VEVENT with a UID."""
    instance, notice, milestone, made = page.instance, event.notice, event.milestone, _Event()
    cancelled = _cancelled(event)
    revised = max(wording.second(notice.updated), wording.second(milestone.changed or notice.updated))
    made.add("uid", _Text(name))
    made.add("dtstamp", revised)
    made.add("last-modified", revised)
    made.add("created", min(wording.second(notice.first_recorded), revised))
    made.add("sequence", milestone.sequence)
    _span(made, event)
    made.add("summary", _Text(_summary(event, cancelled=cancelled)))
    made.add("description", _Text(_description(instance, event, cancelled=cancelled)))
    made.add("status", "CANCELLED" if cancelled else _status(milestone.status))
    made.add("transp", "TRANSPARENT")
    made.add("class", "PUBLIC")
    made.add("categories", [_Text(c) for c in _categories(event)])
    made.add("url", page_url(instance, "notices", notice.id))
    made.add("color", "gray" if cancelled else _COLOURS.get(milestone.kind, _COLOUR))
    if not cancelled and event.reminder_days is None:
        for days in page.alarms:
            made.add_component(_alarm(days, event))
    out: bytes = made.to_ical()
    return out


def _cancelled(event: _Placed) -> bool:
    """Whether nobody is bound by the date any more; a notice that ended ends all its dates."""
    return not event.notice.live or not event.milestone.status.living


def _status(status: MilestoneStatus) -> str:
    return "TENTATIVE" if status is MilestoneStatus.EXPECTED else "CONFIRMED"


def _when(event: _Placed) -> When:
    """The date of the event: of this turn, where the milestone comes every year."""
    if event.occurrence is None:
        return event.milestone.when
    return When(event.occurrence, Precision.DAY, zone=event.milestone.when.zone)


def _span(made: Any, event: _Placed) -> None:
    """DTSTART and DTEND: whole days with the day after as end, or an instant in UTC without an invented length."""
    when = _when(event)
    if event.reminder_days is not None:
        first = last = when.first - timedelta(days=event.reminder_days)
    elif when.instant is not None and when.precision is Precision.INSTANT:
        made.add("dtstart", wording.second(when.instant))
        return
    else:
        first, last = when.first, when.last
    made.add("dtstart", first)
    if last < date.max:
        made.add("dtend", last + timedelta(days=1))


def _summary(event: _Placed, *, cancelled: bool) -> str:
    """At most 200 characters; a span, an expected and a detected date say so in words."""
    when, milestone = _when(event), event.milestone
    kind = wording.milestone(milestone)
    days = event.reminder_days
    begins = f"{days} days to {kind}" if days is not None else f"{kind[:1].upper()}{kind[1:]}"
    if when.is_span:
        begins += f" {wording.when(when)}"
    elif milestone.status is MilestoneStatus.EXPECTED and not cancelled:
        begins += " (expected)"
    begins = f"{'CANCELLED: ' if cancelled else ''}{begins}: "
    ends = f" {wording.DETECTED}" if Trust.DETECTED in (milestone.trust, event.notice.trust) else ""
    return f"{begins}{shorten(event.notice.title, max(20, wording.TITLE - len(begins) - len(ends)))}{ends}"


def _description(instance: Instance, event: _Placed, *, cancelled: bool) -> str:
    notice, milestone, when = event.notice, event.milestone, _when(event)
    place = wording.country(event.authority.country or notice.country)
    lines = [f"{clean(event.authority.name)}{f' ({place})' if place else ''}"]
    kind = wording.milestone(milestone)
    sure = "no longer valid" if cancelled else wording.status(milestone.status)
    lines.append(f"{kind[:1].upper()}{kind[1:]}: {wording.when(when)} ({sure}; {wording.trust(milestone.trust)}).")
    if when.is_span and event.reminder_days is None:
        lines.append("The day is not known: this event covers the whole time named.")
    if milestone.previous is not None:
        lines.append(f"Before: {wording.when(milestone.previous)}.")
    lines += [f"Another source says {wording.when(other)}." for other in milestone.others[:3]]
    topics = [wording.topic(t) for t in wording.topics(notice.living_requirements)[:12]]
    if topics:
        lines.append(f"Required: {'; '.join(topics)}.")
    lines.append(f"Stage: {wording.stage(notice.stage)}.")
    lines += [shorten(text, 600) for text in (milestone.note, notice.summary) if clean(text)]
    quoted = milestone.provenance.quote
    if clean(quoted):
        lines.append(f"“{shorten(quoted, 400)}”")
    lines.append(f"Notice: {page_url(instance, 'notices', notice.id)}")
    original = safe_url(milestone.provenance.url) or safe_url(notice.url)
    if original:
        lines.append(f"Original: {original}")
    return clean_lines("\n".join(lines))


def _categories(event: _Placed) -> list[str]:
    """Topics, stage and who vouches, each once."""
    notice = event.notice
    labels = [wording.topic(t) for t in wording.topics(notice.living_requirements)[:12]]
    labels += [wording.stage(notice.stage), wording.trust(event.milestone.trust)]
    return [c for c in dict.fromkeys(clean(label) for label in labels) if c]


def _alarm(days: int, event: _Placed) -> Alarm:
    made = Alarm()
    made.add("action", "DISPLAY")
    made.add("trigger", timedelta(days=-days))
    made.add("description", _Text(f"In {days} days: {shorten(event.notice.title, 150)}"))
    return made
