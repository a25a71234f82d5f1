"""Turns an iCalendar file (RFC 5545) into drafts, one for each event, and documents of what the events say.

Repeats are unrolled to a cap and only the next two occurrences are kept. Never fetches, never stores, never asks the
time: "next" counts from the day the calendar was made (DTSTAMP).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from icalendar import Calendar, Component
from icalendar.error import BrokenCalendarProperty

from feedhub.errors import ReadError
from feedhub.model import (
    AuthorityRef,
    Block,
    Document,
    Draft,
    Evidence,
    Milestone,
    MilestoneKind,
    MilestoneStatus,
    Precision,
    Stage,
    When,
)
from feedhub.readers._notice_codes import language2, zone_of
from feedhub.readers._notice_time import FIRST_YEAR, LAST_YEAR, instant, local
from feedhub.readers._shapes import Options, Reading
from feedhub.text import clean, clean_lines, shorten

#: Occurrences looked at for one repeating event, whatever its COUNT (P15), and those kept.
MAX_OCCURRENCES, KEPT = 500, 2
#: Conditions that a frequent rule may carry: any other could run through every second or day to the year 9999
#: without giving a date. Weekly, monthly and yearly rules are few enough steps for any condition.
_SAFE_CONDITIONS: Mapping[str, frozenset[str]] = {
    "SECONDLY": frozenset(),
    "MINUTELY": frozenset(),
    "HOURLY": frozenset(),
    "DAILY": frozenset({"BYDAY", "BYMONTH", "BYHOUR", "BYMINUTE", "BYSECOND"}),
}
#: Events read from one calendar.
MAX_EVENTS = 2000

#: Words by which an event is a time for answers that ends, or a tender that closes; else it is an event to attend.
_CONSULTATION = re.compile(
    r"consultation|konsultation|anhörung|vernehmlassung|consultatie|remiss|høring|horing|samråd|concertation|"
    r"consulta\b|consultazione|lausunto|kuuleminen|market sounding|request for information|\brfi\b",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"deadline|closes|closing|ends\b|due\b|frist|sista dag|senast|schluss|uiterlijk|sluit|date limite|clôture|"
    r"plazo|scadenza|termine|määräaika|svarsfrist|høringsfrist",
    re.IGNORECASE,
)
_TENDER = re.compile(
    r"tender|submission|angebot|ausschreibung|aanbesteding|inschrijving|anbud|tilbud|udbud|upphandling|"
    r"appel d'offres|candidature|licitación|gara\b|bando|tarjous|kilpailutus",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Calendar:
    """What every event needs: the zone of local times, the day from which "next" counts, the list for warnings."""

    zone: str
    since: date
    warnings: list[str]


def read(body: bytes, options: Options) -> Reading:
    """One draft and one document for each event; the UID is the reference.

    ReadError `unparseable` for what is no calendar, `truncated` for one that breaks off, `empty` or `too_few` for fewer events than
    `options.at_least`.
    """
    calendars = _parsed(body)
    warnings: list[str] = []
    events = [e for c in calendars for e in c.walk("VEVENT")]
    if len(events) < options.at_least:
        raise ReadError("too_few" if events else "empty", f"{len(events)} events")
    if len(events) > MAX_EVENTS:
        warnings.append(f"only the first {MAX_EVENTS} events of {len(events)} were read")
        events = events[:MAX_EVENTS]
    own = _text(calendars[0], "X-WR-TIMEZONE")
    calendar = _Calendar(_zone(own) or zone_of(options.country), _made(events), warnings)
    owner = _text(calendars[0], "X-WR-CALNAME")
    pairs = [_event(group, calendar, owner, options) for group in _grouped(events, warnings)]
    return Reading(
        documents=tuple(document for document, _ in pairs),
        drafts=tuple(draft for _, draft in pairs),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _parsed(body: bytes) -> list[Component]:
    if b"BEGIN:VCALENDAR" not in body.upper():
        raise ReadError("unparseable", "no VCALENDAR")
    if b"END:VCALENDAR" not in body.upper():
        raise ReadError("truncated", "the calendar has no end")
    try:
        found = Calendar.from_ical(body, multiple=True)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise ReadError("unparseable", clean(str(error))[:200]) from error
    calendars: list[Component] = [c for c in found if c.name == "VCALENDAR"]
    if not calendars:
        raise ReadError("unparseable", "no VCALENDAR")
    return calendars


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key if name else ""
    except (ValueError, OSError, KeyError):
        return ""


def _made(events: Sequence[Component]) -> date:
    """The newest day on which an event was stamped or changed; the oldest date there is when none says."""
    stamps = [_value(e, name) for e in events for name in ("DTSTAMP", "LAST-MODIFIED")]
    return max((s.date() for s in stamps if isinstance(s, datetime)), default=date.min)


def _value(event: Component, name: str) -> date | datetime | None:
    try:
        found = getattr(_one(event, name), "dt", None)
    except BrokenCalendarProperty:
        return None
    return found if isinstance(found, date) else None


def _one(event: Component, name: str) -> Any:
    """A property, the first of them where an event repeats it."""
    found = event.get(name)
    return (found[0] if found else None) if isinstance(found, list) else found


def _text(event: Component, name: str) -> str:
    """A property as one clean line."""
    return clean(str(_one(event, name) or ""))


def _reference(event: Component) -> str:
    """The UID; for an event without one its start and title, the same at every reading."""
    start = _value(event, "DTSTART")
    return _text(event, "UID") or f"{start.isoformat() if start else 'undated'} {_text(event, 'SUMMARY')}".strip()


def _grouped(events: Iterable[Component], warnings: list[str]) -> list[list[Component]]:
    """Events by UID: the one with the highest SEQUENCE first, then its moved occurrences (RECURRENCE-ID).

    An event without UID is known by its start and title; two with one UID and SEQUENCE are flagged (P12).
    """
    groups: dict[str, list[Component]] = {}
    for event in events:
        uid = _reference(event)
        groups.setdefault(uid, []).append(event)
    out: list[list[Component]] = []
    for uid, group in groups.items():
        masters = sorted((e for e in group if e.get("RECURRENCE-ID") is None), key=_sequence, reverse=True)
        moved = [e for e in group if e.get("RECURRENCE-ID") is not None]
        if len(masters) > 1 and _sequence(masters[0]) == _sequence(masters[1]):
            warnings.append(f"two events share the UID {uid[:80]}; the first was read")
        out.append([*masters[:1], *moved])
    return out


def _sequence(event: Component) -> int:
    text = _text(event, "SEQUENCE")
    return int(text) if text.isascii() and text.isdigit() else 0


def _event(group: list[Component], calendar: _Calendar, owner: str, options: Options) -> tuple[Document, Draft]:
    master = group[0]
    title = shorten(_text(master, "SUMMARY"), 200) or "Event without title"
    text = clean_lines(str(_one(master, "DESCRIPTION") or ""))
    uid = _reference(master)
    kind = _kind(f"{title}\n{text}", title)
    cancelled = _text(master, "STATUS").upper() == "CANCELLED"
    status = MilestoneStatus.CANCELLED if cancelled else MilestoneStatus.CONFIRMED
    url = _text(master, "URL")
    url = url if url.lower().startswith(("https://", "http://")) else options.url
    place = _text(master, "LOCATION")
    language = options.language or language2(str(getattr(_one(master, "SUMMARY"), "params", {}).get("LANGUAGE", "")))
    milestones = tuple(
        replace(m, note=place, provenance=Evidence(url=url, quote=title, judged_by=("DTSTART",)))
        for m in _milestones(group, kind, status, calendar, title)
    )
    draft = Draft(
        title=title,
        authority=AuthorityRef(_organiser(master) or owner, options.country),
        summary=shorten(text, 2000),
        notice_kind="event",
        stage=Stage.WITHDRAWN if cancelled else Stage.CONSULTATION,
        source_ref=uid,
        url=url,
        language=language,
        milestones=milestones,
    )
    blocks = [Block(title, "heading"), *(Block(t, path=(title,)) for line in text.split("\n") if (t := line.strip()))]
    return Document(title=title, blocks=tuple(blocks), language=language, url=url, ref=uid), draft


def _kind(said: str, title: str) -> MilestoneKind:
    if _CLOSING.search(title) and _TENDER.search(title) and not _CONSULTATION.search(title):
        return MilestoneKind.TENDER_CLOSES
    if _CONSULTATION.search(title) or (_CONSULTATION.search(said) and _CLOSING.search(title)):
        return MilestoneKind.CONSULTATION_CLOSES
    return MilestoneKind.MARKET_EVENT


def _organiser(event: Component) -> str:
    return clean(str(getattr(_one(event, "ORGANIZER"), "params", {}).get("CN", ""))).strip('"')


def _milestones(
    group: Sequence[Component], kind: MilestoneKind, status: MilestoneStatus, calendar: _Calendar, title: str
) -> Iterator[Milestone]:
    """The event's date, or its next two occurrences with those moved by RECURRENCE-ID."""
    whens: list[When] = []
    moved = {_key(v): e for e in group if (v := _value(e, "RECURRENCE-ID")) is not None}
    for start in _starts(group[0], calendar, title) if group[0].get("RECURRENCE-ID") is None else ():
        if _key(start) not in moved:
            whens += _when(start, calendar, title)
    for override in moved.values():
        other = _value(override, "DTSTART")
        if other is not None and _text(override, "STATUS").upper() != "CANCELLED":
            whens += _when(other, calendar, title)
    whens.sort(key=lambda w: (w.first, w.instant or datetime.min.replace(tzinfo=UTC)))
    repeats = group[0].get("RRULE") is not None or group[0].get("RDATE") is not None or bool(moved)
    kept = [w for w in whens if w.first >= calendar.since][:KEPT] or whens[-1:] if repeats else whens
    recurs = _yearly(group[0])
    for when in kept[:1] if recurs else kept:
        yield Milestone(kind=kind, when=when, status=status, code="DTSTART", recurs=recurs)


def _yearly(event: Component) -> str:
    """`--MM-DD` for an all-day event that comes back every year without end, else ""."""
    rule, start = event.get("RRULE"), _value(event, "DTSTART")
    if not isinstance(rule, Mapping) or start is None or isinstance(start, datetime):
        return ""
    plain = {str(k).upper() for k in rule} <= {"FREQ", "WKST"} and [str(f) for f in rule.get("FREQ", [])] == ["YEARLY"]
    return f"--{start:%m-%d}" if plain else ""


def _starts(event: Component, calendar: _Calendar, title: str) -> list[date | datetime]:
    """The starts of an event: one, or those its rule gives within the cap, without the excepted ones."""
    start = _value(event, "DTSTART")
    if start is None:
        calendar.warnings.append(f"{title[:80]}: no possible start (DTSTART)")
        return []
    rule = event.get("RRULE")
    if rule is None:
        return [start, *_listed(event, "RDATE")]
    try:
        found = _unrolled(start, rule.to_ical().decode(), calendar.since)
    except (ValueError, TypeError, OverflowError, AttributeError) as error:
        calendar.warnings.append(f"{title[:80]}: the repetition cannot be read ({clean(str(error))[:80]})")
        return [start]
    if len(found) >= MAX_OCCURRENCES:
        calendar.warnings.append(f"{title[:80]}: only {MAX_OCCURRENCES} occurrences were looked at")
    excepted = {_key(v) for v in _listed(event, "EXDATE")}
    return [s for s in (*found, *_listed(event, "RDATE")) if _key(s) not in excepted]


def _unrolled(start: date | datetime, rule: str, since: date) -> list[date | datetime]:
    """At most `MAX_OCCURRENCES` starts, reckoned in the event's own local time, a few beyond `since`.

    COUNT becomes a cap of ours and UNTIL at most sixty years, so that no rule runs on without giving a date (P15).
    """
    parts = dict(part.split("=", 1) for part in rule.upper().split(";") if "=" in part)
    frequency, interval = parts.get("FREQ", ""), int(parts.get("INTERVAL", "1"))
    conditions = {name for name in parts if name.startswith("BY")}
    if conditions - _SAFE_CONDITIONS.get(frequency, conditions) or _impossible_month(parts.get("BYMONTH", "1")):
        raise ValueError(f"{frequency} with {', '.join(sorted(conditions))}")
    zone = start.tzinfo if isinstance(start, datetime) else None
    naive = datetime.combine(start, start.time() if isinstance(start, datetime) else time.min)
    count = min(int(parts.pop("COUNT", MAX_OCCURRENCES)), MAX_OCCURRENCES)
    step = {"DAILY": 1, "WEEKLY": 7}.get(frequency, 0) * interval
    if step and "COUNT" not in rule.upper() and since > _day(start):
        naive += timedelta(days=((since - _day(start)).days // step) * step)
    last = naive.replace(year=min(naive.year + 60, LAST_YEAR), day=min(naive.day, 28))
    parts["UNTIL"] = f"{min(_until(parts.get('UNTIL', ''), zone) or last, last):%Y%m%dT%H%M%S}"
    found = rrulestr(";".join(f"{name}={value}" for name, value in parts.items()), dtstart=naive)
    out: list[date | datetime] = []
    ahead = 0
    for occurrence in islice(found, count):
        out.append(occurrence.replace(tzinfo=zone) if isinstance(start, datetime) else occurrence.date())
        ahead += occurrence.date() >= since
        if ahead > 50 and since > date.min:
            break
    return out


def _impossible_month(text: str) -> bool:
    return any(not month.isdigit() or not 1 <= int(month) <= 12 for month in text.split(","))


def _day(start: date | datetime) -> date:
    """The calendar day of a start as written."""
    return start.date() if isinstance(start, datetime) else start


def _until(text: str, zone: tzinfo | None) -> datetime | None:
    """UNTIL as local time; a bare date counts to its end."""
    if not text:
        return None
    if len(text) == 8:
        return datetime.combine(date.fromisoformat(text), time.max.replace(microsecond=0))
    naive = datetime.fromisoformat(text.rstrip("Z"))
    return naive.replace(tzinfo=UTC).astimezone(zone or UTC).replace(tzinfo=None) if text.endswith("Z") else naive


def _listed(event: Component, name: str) -> list[date | datetime]:
    given = event.get(name)
    lists = given if isinstance(given, list) else [given] if given is not None else []
    found: list[date | datetime] = []
    for part in lists:
        try:
            found += [d.dt for d in part.dts if isinstance(d.dt, date)]
        except (BrokenCalendarProperty, AttributeError):
            continue
    return found[:MAX_OCCURRENCES]


def _key(value: date | datetime) -> str:
    """Equal for the same start, whatever the zone it is written in."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).isoformat()
    return value.isoformat()


def _when(start: date | datetime, calendar: _Calendar, title: str) -> list[When]:
    """A day for an all-day event, an instant for a timed one; nothing for a date that cannot be true."""
    if not FIRST_YEAR <= start.year <= LAST_YEAR:
        calendar.warnings.append(f"{title[:80]}: {start} is no possible date and was left out")
        return []
    if not isinstance(start, datetime):
        return [When(start, Precision.DAY, zone=calendar.zone)]
    zone = getattr(start.tzinfo, "key", "") or calendar.zone
    zone = calendar.zone if zone in ("UTC", "Etc/UTC") else zone
    try:
        aware = start if start.tzinfo not in (None, ZoneInfo(zone)) else local(start.replace(tzinfo=None), zone)
    except ValueError:
        calendar.warnings.append(f"{title[:80]}: {start} does not exist on the clocks of {zone}; the day is kept")
        return [When(start.date(), Precision.DAY, zone=zone)]
    return [instant(aware, zone)]
