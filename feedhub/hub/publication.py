"""What the world reads: one canonical address, one body. The only caller of `publish`; also sends reminders due."""

from __future__ import annotations

import gzip
import hashlib
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property
from urllib.parse import parse_qsl, urlsplit

from feedhub.errors import FilterError, NotFound
from feedhub.horizon.leads import REMINDED, Due, lead_time, occurrences, reminder_due
from feedhub.hub import outages
from feedhub.hub.base import Base
from feedhub.hub.notices import refresh_days
from feedhub.hub.record import Recorder
from feedhub.hub.shapes import Rendered
from feedhub.hub.shelf import Fragments, Shelf
from feedhub.hub.terms import scoped, words
from feedhub.model import AnnouncementKind, Authority, Filter, Instance, Notice
from feedhub.publish import CalendarPage, Event, FeedPage, Outline, StatePage, calendars, exchange, feeds, wording
from feedhub.store import Tx, catalogue, finding, log, notices

#: Bytes; below one packet compression gains nothing.
SMALL = 860
#: A state feed is complete up to so many notices; a longer one has pages of so many.
COMPLETE, STATE_PAGE = {"atom": 1000, "rss": 1000, "json": 500}, 100
#: The calendar shows so many past days; a cancelled event stays so long.
PAST_DAYS = 366
CANCELLED_DAYS = 90
_FEED = re.compile(r"/feeds/(announcements|notices|lessons)\.(atom|rss|json)")
_SOURCES = re.compile(r"/feeds/sources\.(atom|rss|json)")
_ARCHIVE = re.compile(r"/feeds/archive/(announcements|lessons)/(\d{1,7})\.(atom|rss|json)")
_NOTICE = re.compile(r"/notices/([a-z0-9-]{1,40})\.(json|ics|atom|rss)")
_HTML = {"announcements": "/notices", "notices": "/notices", "lessons": "/lessons"}
_log = logging.getLogger("feedhub.publication")
_TITLES = {"announcements": "Announcements", "notices": "Notices", "lessons": "Lessons learned"}


class Publication(Base):
    """The verbs of publishing."""

    @cached_property
    def shelf(self) -> Shelf:
        """The bodies rendered before; the only cache of them in this process."""
        return Shelf()

    @cached_property
    def fragments(self) -> Fragments:
        """Entries and events rendered before, whatever documents they stand in."""
        return Fragments()

    def publication_counter(self) -> int:
        """A number that grows with everything that becomes public, in whatever process; one cheap read."""
        with self.store.reading() as tx:
            return log.position(tx).counter

    @property
    def hub_url(self) -> str:
        """The WebSub hub that feeds name: an outside one where the operator chose it, else our own."""
        return self.settings.hub_url or self.instance.url("/websub")

    def render(self, address: str) -> Rendered:
        """The bytes of a public address; raises FilterError for a wrong query and NotFound for a wrong path."""
        parts = urlsplit(address)
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        own = {k: v for k, v in pairs if k in ("reminders", "page")}
        f = self.parse_filter((k, v) for k, v in pairs if k not in own)
        make = self._maker(parts.path, f, own)
        canonical = _canonical(parts.path, f, own)
        edition = (self.publication_counter(), self.today().isoformat())
        return self.shelf.get(canonical, edition, lambda: make(canonical))

    def _maker(self, path: str, f: Filter, own: Mapping[str, str]) -> Callable[[str], Rendered]:
        if own.get("reminders", "events") != "events" or ("reminders" in own and not path.endswith(".ics")):
            raise FilterError("“reminders” can only be “events”, and only for a calendar.")
        page = own.get("page", "1")
        if not (page.isdigit() and 0 < int(page) < 100_000) or (
            "page" in own and not path.startswith("/feeds/notices")
        ):
            raise FilterError("“page” must be a page number, and only for a feed of notices.")
        if match := _FEED.fullmatch(path):
            kind, fmt = match[1], match[2]
            if kind == "notices":
                return lambda canonical: self._state(canonical, f, fmt, int(page))
            return lambda canonical: self._log(canonical, f, kind, fmt)
        if match := _SOURCES.fullmatch(path):
            outage_format = match[1]
            return lambda canonical: self._outages(canonical, f, outage_format)
        if match := _ARCHIVE.fullmatch(path):
            name, number, fmt = match[1], int(match[2]), match[3]
            return lambda canonical: self._log(canonical, f, name, fmt, number)
        if match := _NOTICE.fullmatch(path):
            notice_id, fmt = match[1], match[2]
            return lambda canonical: self._one(canonical, notice_id, fmt)
        if path == "/calendar.ics":
            return lambda canonical: self._calendar(canonical, f, reminders="reminders" in own)
        simple: dict[str, Callable[[str], Rendered]] = {
            "/feeds.opml": lambda _: self._opml(f),
            "/api/v1/notices": lambda c: self._export(c, f, "notices"),
            "/api/v1/announcements": lambda c: self._export(c, f, "announcements"),
            "/ocds/releases.json": lambda c: self._export(c, f, "ocds"),
        }
        if path not in simple:
            raise NotFound(f"There is nothing at {path}.")
        return simple[path]

    # -- feeds

    def _log(self, canonical: str, f: Filter, kind: str, fmt: str, number: int = 0) -> Rendered:
        asked, only = (scoped(f), "") if kind == "announcements" else (f, AnnouncementKind.LESSON.value)
        with self.store.reading() as tx:
            meeting = log.meeting(tx, asked, words(f), kind=only)
            if number:
                closed = log.archives(meeting.total)
                if number > closed:
                    raise NotFound("There is no such archive yet.")
                found = log.archive(tx, meeting, number)
            else:
                found, closed = log.head(tx, meeting)
        previous = number - 1 if number else closed
        updated = found[0].instant if found else self.created
        page = FeedPage(
            instance=self.instance,
            title=self._title(kind, f),
            subtitle="What public buyers are going to require of ICT hardware and its suppliers, announced early.",
            path=canonical,
            html_path=f.address(_HTML[kind]),
            updated=updated,
            hub_url="" if number else self.hub_url,
            prev_archive=f.address(f"/feeds/archive/{kind}/{previous}.{fmt}") if previous > 0 else "",
            current=f.address(f"/feeds/{kind}.{fmt}") if number else "",
            archive=bool(number),
            alternates={}
            if number
            else {o: f.address(f"/feeds/{kind}.{o}") for o in ("atom", "rss", "json") if o != fmt},
            announcements=tuple(found),
        )
        return self._feed(page, fmt)

    def _state(self, canonical: str, f: Filter, fmt: str, number: int) -> Rendered:
        with self.store.reading() as tx:
            total, where = finding.meeting(tx, scoped(f), words(f))
            size = COMPLETE[fmt] if total <= COMPLETE[fmt] else STATE_PAGE
            pages = max(1, -(-total // size))
            if number > pages:
                raise NotFound("There is no such page of this feed.")
            found = finding.find(tx, where, sort="updated", limit=size, offset=(number - 1) * size)
            authorities = catalogue.authorities(tx)
            stale = self._stale(tx, found)
        updated = max((n.updated for n in found), default=self.created).replace(microsecond=0)

        def at(page: int) -> str:
            return _canonical(f"/feeds/notices.{fmt}", f, {"page": str(page)} if page > 1 else {})

        page = StatePage(
            instance=self.instance,
            title=self._title("notices", f),
            subtitle="The present state of every notice: one entry each.",
            path=canonical,
            html_path=f.address("/notices"),
            updated=updated,
            hub_url=self.hub_url,
            first=at(1) if pages > 1 else "",
            previous=at(number - 1) if number > 1 else "",
            next=at(number + 1) if number < pages else "",
            last=at(pages) if pages > 1 else "",
            alternates={o: f.address(f"/feeds/notices.{o}") for o in ("atom", "rss", "json") if o != fmt},
            notices=tuple(found),
            authorities=authorities,
            complete=pages == 1,
            stale=stale,
        )
        return self._feed(page, fmt)

    def _outages(self, canonical: str, f: Filter, fmt: str) -> Rendered:
        with self.store.reading() as tx:
            page = outages.page(tx, self.instance, f, canonical, self.created)
        return self._feed(page, fmt)

    def _feed(self, page: FeedPage | StatePage, fmt: str) -> Rendered:
        body = feeds.render(page, _fmt(fmt), _left_out, self.fragments)
        return self._rendered(body, feeds.CONTENT_TYPES[fmt], page.updated, page.path)

    def _stale(self, tx: Tx, found: list[Notice]) -> dict[str, datetime]:
        """Notices whose source was not read well for three times its interval (meaning.md)."""
        now = self.now()
        late = {
            s.source.id
            for s in catalogue.source_states(tx, sorted({n.source_id for n in found if n.source_id}))
            if s.stale(now)
        }
        return {n.id: n.confirmed for n in found if n.live and n.source_id in late and n.confirmed is not None}

    def _opml(self, f: Filter) -> Rendered:
        label = self.known_values()
        with self.store.reading() as tx:
            used = {name: finding.used_values(tx, name) for name in ("topic", "country", "authority")}
        outlines = [self._outline(Filter(), "All announcements", "")]
        if not f.is_empty:
            outlines.append(self._outline(f, self._title("announcements", f), ""))
        for name, group in (("topic", "By topic"), ("country", "By country"), ("authority", "By authority")):
            for value in sorted(used[name], key=lambda v: label[name].get(v, v)):
                one = Filter().with_value(name, value)
                outlines.append(self._outline(one, label[name].get(value, value), group))
        body = feeds.opml(self.instance, "feedhub", outlines, self.created)
        return self._rendered(body, feeds.CONTENT_TYPES["opml"], self.created, f.address("/feeds.opml"))

    @staticmethod
    def _outline(f: Filter, text: str, group: str) -> Outline:
        return Outline(text, text, f.address("/feeds/announcements.atom"), f.address("/notices"), group)

    # -- calendars

    def _calendar(self, canonical: str, f: Filter, *, reminders: bool) -> Rendered:
        today = self.today()
        where = finding.condition(scoped(f), words(f), milestones=False)
        first = f.since or today - timedelta(days=PAST_DAYS)
        last = f.until or date(today.year + 15, 12, 31)
        with self.store.reading() as tx:
            found = finding.with_dates(tx, where, first, last, gone=True)
            authorities = catalogue.authorities(tx)
        events = [e for n in found for e in self._events(n, _of(authorities, n), first, last, reminders=reminders)]
        return self._ics(canonical, f.address("/calendar"), self._title("calendar", f), events)

    def _events(self, notice: Notice, authority: Authority, first: date, last: date, *, reminders: bool) -> list[Event]:
        today, now = self.today(), self.now()
        out: list[Event] = []
        for m in notice.milestones:
            if m.status.value == "superseded":
                continue
            cancelled = m.status.value == "cancelled" or not notice.live
            if cancelled and (m.changed or notice.updated) < now - timedelta(days=CANCELLED_DAYS):
                continue
            for when in occurrences(m, today):
                if when.last < first or when.first > last:
                    continue
                turn = when.first if m.recurs else None
                out.append(Event(notice, m, authority, occurrence=turn))
                if reminders and not cancelled and when.first > today:
                    out += [
                        Event(notice, m, authority, reminder_days=d, occurrence=turn)
                        for d in self.settings.reminder_days
                    ]
        return out

    def _ics(self, canonical: str, html_path: str, title: str, events: list[Event]) -> Rendered:
        updated = max((e.notice.updated for e in events), default=self.created).replace(microsecond=0)
        page = CalendarPage(self.instance, title, canonical, html_path, tuple(events), updated)
        return self._rendered(
            calendars.render(page, _left_out, self.fragments), calendars.CONTENT_TYPE, updated, canonical
        )

    # -- one notice, and data

    def _one(self, canonical: str, notice_id: str, fmt: str) -> Rendered:
        with self.store.reading() as tx:
            notice = notices.get(tx, notice_id)
            if notice is None:
                raise NotFound(f"There is no notice “{notice_id}” here.")
            authority = self.authority_of(tx, notice.authority_id)
            entries = log.of_notice(tx, notice_id)
        updated = max([notice.updated, *(e.instant for e in entries[:1])]).replace(microsecond=0)
        html = f"/notices/{notice_id}"
        if fmt == "ics":
            events = self._events(notice, authority, date.min, date.max, reminders=False)
            return self._ics(canonical, html, notice.title, events)
        if fmt == "json":
            body = exchange.dumps(_public(notice, authority, self.instance))
            return self._rendered(body, "application/json; charset=utf-8", updated, canonical)
        page = FeedPage(
            instance=self.instance,
            title=notice.title,
            path=canonical,
            html_path=html,
            updated=entries[0].instant if entries else updated,
            hub_url=self.hub_url,
            announcements=tuple(entries),
            alternates={"rss" if fmt == "atom" else "atom": f"{html}.{'rss' if fmt == 'atom' else 'atom'}"},
        )
        return self._feed(page, fmt)

    def _export(self, canonical: str, f: Filter, kind: str) -> Rendered:
        with self.store.reading() as tx:
            authorities = catalogue.authorities(tx)
            at = log.position(tx)
            if kind == "announcements":
                entries = log.states(tx, log.meeting(tx, scoped(f), words(f)).newest(1000))
            else:
                _, where = finding.meeting(tx, scoped(f), words(f))
                found = finding.find(tx, where, sort="updated", limit=1000)
        updated = at.instant or self.created
        if kind == "ocds":
            body = exchange.ocds(found, authorities, self.instance, updated)
        elif kind == "notices":
            rows = [_public(n, _of(authorities, n), self.instance) for n in found]
            body = exchange.dumps({"notices": rows, "licence": self.instance.licence})
        else:
            rows = [exchange.announcement_json(e, self.instance) for e in entries]
            body = exchange.dumps({"announcements": rows, "licence": self.instance.licence})
        return self._rendered(body, "application/json; charset=utf-8", updated, canonical)

    # -- reminders

    def remind(self) -> int:
        """Announce every reminder that is due; the number announced. Called by the clock."""
        now, today = self.now(), self.today()
        thresholds = self.settings.reminder_days
        if not thresholds:
            return 0
        last = today + timedelta(days=max(thresholds) + 1)
        sent = 0
        with self.store.writing() as tx:
            recorder = Recorder(self, tx, now, by="clock")
            refresh_days(tx, today)
            dates = finding.living_dates(tx, today - timedelta(days=1), last, [k.value for k in REMINDED])
            known = notices.many(tx, sorted({n for n, _ in dates}))
            for notice_id, milestone_id in dates:
                notice = known[notice_id]
                milestone = next(m for m in notice.milestones if m.id == milestone_id)
                settled = {
                    (w.first, d)
                    for w in occurrences(milestone, today)
                    for d in log.reminded(tx, notice_id, milestone_id, w.first)
                }
                due = reminder_due(notice, milestone, now, thresholds, settled)
                if due is not None:
                    self._remind(tx, recorder, notice, due)
                    sent += 1
            recorder.publish()
        return sent

    def _remind(self, tx: Tx, recorder: Recorder, notice: Notice, due: Due) -> None:
        authority = recorder.authority(notice.authority_id)
        milestone = replace(due.milestone, when=due.when)
        title = wording.announcement_title(AnnouncementKind.REMINDER, notice, milestone=milestone, days=due.days)
        said = (f"{wording.milestone(milestone)}: {wording.when(due.when)}.",)
        recorder.announce(AnnouncementKind.REMINDER, notice, authority, title=title, changes=said)
        log.put_reminded(tx, notice.id, milestone.id, due.when.first, (due.threshold, *due.passed), recorder.now)

    # -- small

    def _title(self, kind: str, f: Filter) -> str:
        name = {"calendar": "Dates ahead", **_TITLES}[kind]
        if f.is_empty:
            return f"feedhub: {name}"
        label = self.known_values()
        said = [label.get(k, {}).get(v, v) if k in label else f"{k} {v}" for k, v in f.pairs()]
        return f"feedhub: {name} ({', '.join(said)})"[:200]

    def _rendered(self, body: bytes, content_type: str, updated: datetime, canonical: str) -> Rendered:
        links = [("self", self.instance.url(canonical))]
        if is_topic(canonical):
            links.append(("hub", self.hub_url))
        modified = min(updated, self.now()).replace(microsecond=0)
        zipped = gzip.compress(body, 6, mtime=0) if len(body) >= SMALL else b""
        etag = hashlib.sha256(body).hexdigest()[:32]
        return Rendered(body, content_type, etag, modified, tuple(links), zipped=zipped, address=canonical)


def is_topic(address: str) -> bool:
    """Whether a path with its query is a feed that changes, to which a WebSub subscriber can listen."""
    path = address.partition("?")[0]
    return bool(_FEED.fullmatch(path)) or (bool(_NOTICE.fullmatch(path)) and path.endswith((".atom", ".rss")))


def _canonical(path: str, f: Filter, own: Mapping[str, str]) -> str:
    extra = "&".join(f"{k}={v}" for k, v in sorted(own.items()) if not (k == "page" and v == "1"))
    query = "&".join(p for p in (f.query(), extra) if p)
    return f"{path}?{query}" if query else path


def _fmt(fmt: str) -> feeds.Format:
    return fmt  # type: ignore[return-value]


def _of(authorities: Mapping[str, Authority], notice: Notice) -> Authority:
    return authorities.get(notice.authority_id) or Authority(notice.authority_id, notice.authority_id)


def _public(notice: Notice, authority: Authority, instance: Instance) -> dict[str, object]:
    lead = lead_time(notice)
    found: dict[str, object] = exchange.notice_json(notice, authority, instance, lead_days=lead.days if lead else None)
    return found


def _left_out(sentence: str) -> None:
    _log.warning("Left out of a feed or calendar: %s", sentence)
