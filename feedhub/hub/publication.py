"""What the world reads: one canonical address, one body. The only caller of `publish`; also sends reminders due."""

from __future__ import annotations

import gzip
import hashlib
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property, partial
from urllib.parse import parse_qsl, urlsplit

from feedhub.errors import FilterError, Moved, NotFound
from feedhub.horizon.leads import REMINDED, Due, occurrences, reminder_due
from feedhub.hub import listing, outages
from feedhub.hub.exports import Exports
from feedhub.hub.notices import refresh_days
from feedhub.hub.record import Recorder
from feedhub.hub.shapes import Rendered
from feedhub.hub.shelf import Fragments, Shelf
from feedhub.hub.terms import words
from feedhub.model import AnnouncementKind, Filter, Notice
from feedhub.publish import CalendarPage, FeedPage, Outline, StatePage, calendars, exchange, feeds, wording
from feedhub.store import Condition, Tx, finding, log, notices
from feedhub.text import shorten

#: Bytes; below one packet compression gains nothing, and above a megabyte it takes longer than all the rest: half the
#: time then costs a seventh more bytes.
SMALL, LARGE = 860, 1_000_000
#: A state feed is complete up to so many notices; a longer one has pages of so many.
COMPLETE, STATE_PAGE = {"atom": 1000, "rss": 1000, "json": 500}, 100
#: The calendar shows so many past days.
PAST_DAYS = 366
_FEED = re.compile(r"/feeds/(announcements|notices|lessons)\.(atom|rss|json)")
_SOURCES = re.compile(r"/feeds/sources\.(atom|rss|json)")
_ARCHIVE = re.compile(r"/feeds/archive/(announcements|lessons)/([1-9]\d{0,6})\.(atom|rss|json)")
_NOTICE = re.compile(r"/notices/([a-z0-9-]{1,40})\.(json|ics|atom|rss)")
_LISTS = {
    "/api/v1/notices": "notices",
    "/api/v1/announcements": "announcements",
    "/ocds/releases.json": "ocds",
}
_HTML = {"announcements": "/notices", "notices": "/notices", "lessons": "/lessons"}
_log = logging.getLogger("feedhub.publication")
_TITLES = {"announcements": "Announcements", "notices": "Notices", "lessons": "Lessons learned"}


class Publication(Exports):
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
        """The bytes of a public address.

        Raises FilterError for a wrong query, NotFound for a wrong path, Moved and Gone for what was there once.
        """
        parts = urlsplit(address)
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        own: dict[str, str] = {}
        for name, value in pairs:
            if name in ("reminders", "page") and own.setdefault(name, value) != value:
                raise FilterError(f"“{name}” can be given only once.")
        f = self.parse_filter((k, v) for k, v in pairs if k not in own)
        make = self._maker(parts.path, f, own)
        canonical = _canonical(parts.path, f, own)
        wanted = [value.strip() for name, value in pairs if name == "authority"]
        if wanted and not self.renamed().keys().isdisjoint(wanted):
            raise Moved(canonical)
        edition = (self.publication_counter(), self.today().isoformat())
        return self.shelf.get(canonical, edition, lambda: make(canonical))

    def _maker(self, path: str, f: Filter, own: Mapping[str, str]) -> Callable[[str], Rendered]:
        if own.get("reminders", "events") != "events" or ("reminders" in own and not path.endswith(".ics")):
            raise FilterError("“reminders” can only be “events”, and only for a calendar.")
        page = own.get("page", "1")
        lists = path.startswith("/feeds/notices") or path in _LISTS
        if not (page.isdigit() and 0 < int(page) < 100_000) or ("page" in own and not lists):
            raise FilterError("“page” must be a page number, and only for a feed of notices or a list.")
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
        if path in _LISTS:
            return lambda canonical: self._listed(canonical, f, _LISTS[path], int(page))
        if path == "/feeds.opml":
            return lambda _: self._opml(f)
        raise NotFound(f"There is nothing at {shorten(path, 80)}.")

    # -- feeds

    def _log(self, canonical: str, f: Filter, kind: str, fmt: str, number: int = 0) -> Rendered:
        lessons = kind == "lessons"
        asked, only = (self.aliased(f), AnnouncementKind.LESSON.value) if lessons else (self.asked(f), "")
        title = self._title(kind, f)
        with self.store.reading() as tx:
            meeting = log.meeting(tx, asked, words(f), kind=only, said=self.said)
            if number:
                closed = log.archives(meeting.total)
                if number > closed:
                    raise NotFound("There is no such archive yet.")
                seqs = log.archive(meeting, number)
            else:
                seqs, closed = log.head(meeting)
            previous = number - 1 if number else closed
            page = FeedPage(
                instance=self.instance,
                title=title,
                subtitle="What public buyers are going to require of ICT hardware and its suppliers, announced early.",
                path=canonical,
                html_path=f.address(_HTML[kind]),
                updated=log.instant_of(tx, seqs[0]) if seqs else self.created,
                hub_url="" if number else self.hub_url,
                prev_archive=f.address(f"/feeds/archive/{kind}/{previous}.{fmt}") if previous > 0 else "",
                current=f.address(f"/feeds/{kind}.{fmt}") if number else "",
                archive=bool(number),
                alternates={} if number else _others(f, kind, fmt),
                seqs=tuple(seqs),
                read=partial(log.many, tx),
            )
            return self._feed(page, fmt)

    def _state(self, canonical: str, f: Filter, fmt: str, number: int) -> Rendered:
        title, bodies, met = self._title("notices", f), self.bodies(), self.met(f)
        with self.store.reading() as tx:
            size = COMPLETE[fmt] if met.total <= COMPLETE[fmt] else STATE_PAGE
            pages = max(1, -(-met.total // size))
            if number > pages:
                raise NotFound("There is no such page of this feed.")
            found = finding.newest(tx, met, limit=size, offset=(number - 1) * size)

            def at(page: int) -> str:
                return _canonical(f"/feeds/notices.{fmt}", f, {"page": str(page)} if page > 1 else {})

            page = StatePage(
                instance=self.instance,
                title=title,
                subtitle="The present state of every notice: one entry each.",
                path=canonical,
                html_path=f.address("/notices"),
                updated=max((n.updated for n in found), default=self.created).replace(microsecond=0),
                hub_url=self.hub_url,
                first=at(1) if pages > 1 else "",
                previous=at(number - 1) if number > 1 else "",
                next=at(number + 1) if number < pages else "",
                last=at(pages) if pages > 1 else "",
                alternates=_others(f, "notices", fmt),
                notices=tuple(found),
                read=partial(notices.many, tx),
                authorities=bodies,
                complete=pages == 1,
                stale=self.stale(tx, found),
            )
            return self._feed(page, fmt)

    def _outages(self, canonical: str, f: Filter, fmt: str) -> Rendered:
        with self.store.reading() as tx:
            page = outages.page(tx, self.instance, f, canonical, self.created)
        return self._feed(page, fmt)

    def _feed(self, page: FeedPage | StatePage, fmt: str) -> Rendered:
        body = feeds.render(page, _fmt(fmt), _left_out, self.fragments)
        return self._rendered(body, feeds.CONTENT_TYPES[fmt], page.updated, page.path)

    def _opml(self, f: Filter) -> Rendered:
        label = self.known_values()
        with self.store.reading() as tx:
            used = {name: finding.used_values(tx, name) for name in ("topic", "country", "authority")}
        former = self.renamed()
        used["authority"] = sorted({former.get(v, v) for v in used["authority"]})
        outlines = [self._outline(Filter(), "All announcements", "")]
        if not f.is_empty:
            outlines.append(self._outline(f, self._title("announcements", f), ""))
        for name, group in (("topic", "By topic"), ("country", "By country"), ("authority", "By authority")):
            for value in sorted((v for v in used[name] if v in label[name]), key=label[name].__getitem__):
                outlines.append(self._outline(Filter().with_value(name, value), label[name][value], group))
        body = feeds.opml(self.instance, "feedhub", outlines, self.created)
        return self._rendered(body, feeds.CONTENT_TYPES["opml"], self.created, f.address("/feeds.opml"))

    @staticmethod
    def _outline(f: Filter, text: str, group: str) -> Outline:
        return Outline(text, text, f.address("/feeds/announcements.atom"), f.address("/notices"), group)

    # -- calendars

    def _calendar(self, canonical: str, f: Filter, *, reminders: bool) -> Rendered:
        first = f.since or self.today() - timedelta(days=PAST_DAYS)
        last = f.until or date(self.today().year + 15, 12, 31)
        remind = self.settings.reminder_days if reminders else ()
        where = self.met(replace(f, since=None, until=None)).where
        return self._ics(canonical, f.address("/calendar"), self._title("calendar", f), where, first, last, remind)

    def _ics(
        self,
        canonical: str,
        html_path: str,
        title: str,
        where: Condition,
        first: date = date.min,
        last: date = date.max,
        remind: Sequence[int] = (),
    ) -> Rendered:
        bodies = self.bodies()
        with self.store.reading() as tx:
            now, today = self.now(), self.today()
            found, newest = listing.events(tx, where, first, last, bodies, now=now, today=today, remind=remind)
            updated = (newest or self.created).replace(microsecond=0)
            read = partial(notices.many, tx)
            page = CalendarPage(self.instance, title, canonical, html_path, tuple(found), updated, read)
            body = calendars.render(page, _left_out, self.fragments)
        return self._rendered(body, calendars.CONTENT_TYPE, updated, canonical)

    # -- one notice, and data

    def _one(self, canonical: str, notice_id: str, fmt: str) -> Rendered:
        html = f"/notices/{notice_id}"
        with self.store.reading() as tx:
            notice = notices.get(tx, notice_id)
            if notice is None:
                raise NotFound(f"There is no notice “{notice_id}” here.")
            seqs = log.seqs_of_notice(tx, notice_id)
            told = log.instant_of(tx, seqs[0]) if seqs else notice.updated.replace(microsecond=0)
            stale = self.stale(tx, [notice])
            if fmt in ("atom", "rss"):
                page = FeedPage(
                    instance=self.instance,
                    title=notice.title,
                    path=canonical,
                    html_path=html,
                    updated=told,
                    hub_url=self.hub_url,
                    seqs=tuple(seqs),
                    read=partial(log.many, tx),
                    alternates={"rss" if fmt == "atom" else "atom": f"{html}.{'rss' if fmt == 'atom' else 'atom'}"},
                )
                return self._feed(page, fmt)
        if fmt == "ics":
            return self._ics(canonical, html, notice.title, finding.only(notice_id))
        body = exchange.dumps(self.shown(stale)(notice))
        updated = max(notice.updated, told).replace(microsecond=0)
        return self._rendered(body, exchange.CONTENT_TYPES["json"], updated, canonical)

    def _listed(self, canonical: str, f: Filter, kind: str, number: int) -> Rendered:
        path = urlsplit(canonical).path
        page = self.listed(f, kind, number, lambda n: _canonical(path, f, {"page": str(n)}))
        made = self._rendered(page.body, exchange.CONTENT_TYPES["json"], page.updated, canonical)
        return replace(made, links=(*made.links, *page.links.items()))

    # -- reminders

    def remind(self) -> int:
        """Announce every reminder that is due; the number announced. Called by the clock."""
        now, today = self.now(), self.today()
        thresholds = self.settings.reminder_days
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
        zipped = gzip.compress(body, 6 if len(body) < LARGE else 4, mtime=0) if len(body) >= SMALL else b""
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


def _others(f: Filter, kind: str, fmt: str) -> dict[str, str]:
    """The other formats of a feed."""
    return {o: f.address(f"/feeds/{kind}.{o}") for o in ("atom", "rss", "json") if o != fmt}


def _fmt(fmt: str) -> feeds.Format:
    return fmt  # type: ignore[return-value]


def _left_out(sentence: str) -> None:
    _log.warning("Left out of a feed or calendar: %s", sentence)
