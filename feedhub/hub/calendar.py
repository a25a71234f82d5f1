"""What people look at by date: agenda, month, horizon. Counts whole selections, reads only what a page shows."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from feedhub.errors import NotFound
from feedhub.horizon.views import month_start
from feedhub.hub.base import Base
from feedhub.hub.shapes import DatePage, Entry, Group, MonthView
from feedhub.hub.terms import words
from feedhub.model import Authority, Filter, MilestoneStatus
from feedhub.store import Condition, Tx, dates, finding, notices
from feedhub.store.dates import Few, Found

#: Dates of a month that lie in the picture one by one, and dates of a day that a month's table shows.
PILE, CELL = 6, 4
#: Spans that a month's page lists.
SPANS = 12
#: Dates up to which a row of the horizon shows each by itself, and how many of a fuller one, the nearest.
ROW, NEAR = 12, 8


class Calendar(Base):
    """The verbs of looking at dates."""

    def agenda(
        self, f: Filter, *, months: int = 24, past_months: int = 0, first: date | None = None, last: date | None = None
    ) -> list[Entry]:
        """All living dates by day, from today (or `first`) over `months`; yearly ones with their next two turns."""
        begin, end = self.ahead(months, past_months)
        return list(self.dates(f, first or begin, last or end, per_page=1_000_000).entries)

    def ahead(self, months: int, past_months: int = 0) -> tuple[date, date]:
        """The first and the last day of so many months to come and past."""
        today = self.today()
        return today - timedelta(days=31 * past_months), today + timedelta(days=round(30.44 * months))

    def dates(self, f: Filter, first: date, last: date, *, page: int = 1, per_page: int = 100) -> DatePage:
        """One page of the living dates that touch `first`..`last`, by day."""
        lower, upper, where = self._window(f, first, last)
        total = self.count_dates(f, first, last)
        pages = max(1, math.ceil(total / per_page))
        page = min(page, pages)
        offset = (page - 1) * per_page

        def make() -> list[Found]:
            with self.store.reading() as tx:
                return dates.page(tx, where, lower, upper, limit=per_page, offset=offset)

        found = self.kept(("page of dates", f.query(), lower, upper, offset, per_page), make)
        with self.store.reading() as tx:
            return DatePage(tuple(self._entries(tx, found, lower)), total, page, pages)

    def count_dates(self, f: Filter, first: date, last: date) -> int:
        """How many living dates touch `first`..`last`."""
        lower, upper, where = self._window(f, first, last)

        def make() -> int:
            with self.store.reading() as tx:
                return dates.count(tx, where, lower, upper)

        return self.kept(("dates", f.query(), lower, upper), make)

    def months(self, f: Filter, months: int = 24) -> list[Group]:
        """The months ahead with how many dates each has, and its first ones."""
        lower, upper, where = self._window(f, *self.ahead(months))

        def make() -> list[Few]:
            with self.store.reading() as tx:
                return dates.by_month(tx, where, lower, upper, each=PILE)

        few = self.kept(("months", f.query(), lower, upper), make)
        with self.store.reading() as tx:
            return self._groups(tx, few, lower)

    def soonest(self, f: Filter, limit: int = 3) -> list[Entry]:
        """The next days on which somebody must be ready: dates known to the day and not cancelled, of different notices."""
        lower, upper, where = self._window(f, *self.ahead(24))

        def make() -> list[Found]:
            with self.store.reading() as tx:
                return dates.page(tx, dates.exact(where), lower, upper, limit=10 * limit)

        found = self.kept(("soonest", f.query(), lower, upper, limit), make)
        with self.store.reading() as tx:
            entries = self._entries(tx, found, lower)
        firsts: dict[str, Entry] = {}
        for entry in entries:
            if entry.milestone.status is not MilestoneStatus.CANCELLED:
                firsts.setdefault(entry.notice.id, entry)
        return list(firsts.values())[:limit]

    def count_bodies(self, f: Filter, months: int = 24) -> int:
        """How many authorities stand behind the dates of the months ahead."""
        lower, upper, where = self._window(f, *self.ahead(months))

        def make() -> int:
            with self.store.reading() as tx:
                return dates.bodies(tx, where, lower, upper)

        return self.kept(("bodies", f.query(), lower, upper), make)

    def rows(self, f: Filter, by: str, months: int) -> Mapping[str, tuple[int, date]]:
        """The rows of the horizon by authority, topic or country: value ("" without one) → number of dates, the next one."""
        lower, upper, where = self._window(f, *self._pictured(months))

        def make() -> dict[str, tuple[int, date]]:
            with self.store.reading() as tx:
                return dates.by_value(tx, where, lower, upper, by)

        return self.kept(("rows", by, f.query(), lower, upper), make)

    def horizon(self, f: Filter, by: str, months: int, values: Sequence[str]) -> list[Group]:
        """The months of some rows of the horizon; a full row keeps its nearest dates and counts the others by month."""
        lower, upper, where = self._window(f, *self._pictured(months))

        def make() -> list[Few]:
            with self.store.reading() as tx:
                return _nearest(dates.by_month(tx, where, lower, upper, each=ROW, rows=by, only=values))

        few = self.kept(("horizon", by, f.query(), lower, upper, tuple(values)), make)
        with self.store.reading() as tx:
            return self._groups(tx, few, lower)

    def _pictured(self, months: int) -> tuple[date, date]:
        """From today to the last day of the picture, whose first month is this one."""
        today = self.today()
        return today, month_start(today, months) - timedelta(days=1)

    def month(self, year: int, month: int, f: Filter) -> MonthView:
        """The living dates of one month: the first ones of each day, the first spans, and how many there are."""
        if not (1 <= month <= 12 and 1990 <= year <= 2200):
            raise NotFound("There is no such month in this calendar.")
        first = date(year, month, 1)
        last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        lower, upper, where = self._window(f, first, last)

        def make() -> tuple[list[Few], list[Found], int]:
            wide = dates.spans(where)
            with self.store.reading() as tx:
                days = dates.by_day(tx, where, lower, upper, each=CELL)
                spans = dates.page(tx, wide, lower, upper, limit=SPANS)
                return days, spans, dates.count(tx, wide, lower, upper)

        days, spans, total = self.kept(("month", f.query(), lower, upper), make)
        with self.store.reading() as tx:
            entries = self._entries(tx, [*spans, *(d for g in days for d in g.found)], lower)
        more = {date.fromordinal(g.key): g.total - len(g.found) for g in days if g.total > len(g.found)}
        return MonthView(tuple(entries), more, total - len(spans))

    def _window(self, f: Filter, first: date, last: date) -> tuple[date, date, Condition]:
        where = finding.condition(self.asked(f), words(f), milestones=False)
        return max(first, f.since or first), min(last, f.until or last), where

    def _groups(self, tx: Tx, few: Iterable[Few], lower: date) -> list[Group]:
        few = list(few)
        entries = iter(self._entries(tx, [d for g in few for d in g.found], lower))
        return [
            Group(g.row, date(g.key // 12, g.key % 12 + 1, 1), g.total, tuple(next(entries) for _ in g.found))
            for g in few
        ]

    def _entries(self, tx: Tx, found: Sequence[Found], lower: date) -> list[Entry]:
        """The dates in full, in the same order; a span stands on its first day, or on `lower` when it began before."""
        known = notices.many(tx, sorted({d.notice_id for d in found}))
        bodies = self.bodies()
        today = self.today()
        out = []
        for d in found:
            notice = known[d.notice_id]
            milestone = next(m for m in notice.milestones if m.id == d.id)
            authority = bodies.get(notice.authority_id) or Authority(notice.authority_id, notice.authority_id)
            days = (d.first - today).days
            out.append(Entry(notice, milestone, authority, max(d.first, lower), days, d.first if d.turn else None))
        return out


def _nearest(months: Sequence[Few]) -> list[Few]:
    """Of each row that is too full, given by month, the nearest dates.

    No month keeps a single date back: it stands in no less room.
    """
    totals = Counter[str]()
    for g in months:
        totals[g.row] += g.total
    left = {row: ROW if total <= ROW else NEAR for row, total in totals.items()}
    out = []
    for g in months:
        found = g.found if g.total <= left[g.row] + 1 else g.found[: left[g.row]]
        left[g.row] = max(0, left[g.row] - len(found))
        out.append(replace(g, found=found))
    return out
