"""What other programs take: lists of notices and of the log, OCDS releases, and everything as one file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from feedhub.errors import NotFound, UsageError
from feedhub.horizon.leads import lead_time
from feedhub.hub.base import Base
from feedhub.hub.terms import words
from feedhub.model import Authority, Filter, Notice
from feedhub.publish import exchange
from feedhub.store import finding, log, notices

#: Entries of a page of a list.
LIST = 1000


@dataclass(frozen=True)
class Listed:
    """One page of a list, when anything last changed, and the addresses of the pages beside it by their relation."""

    body: bytes
    updated: datetime
    links: Mapping[str, str]


class Exports(Base):
    """The verbs of structured data."""

    def shown(self, stale: Mapping[str, datetime]) -> exchange.Shown:
        """How notices stand as JSON values: with their lead time, and whether they are stale."""
        bodies = self.bodies()

        def one(notice: Notice) -> Mapping[str, Any]:
            authority = bodies.get(notice.authority_id) or Authority(notice.authority_id, notice.authority_id)
            lead = lead_time(notice)
            days, confirmed = lead.days if lead else None, stale.get(notice.id)
            return exchange.notice_json(notice, authority, self.instance, lead_days=days, last_confirmed=confirmed)

        return one

    def listed(self, f: Filter, kind: str, number: int, at: Callable[[int], str]) -> Listed:
        """A page (from 1) of the newest `notices`, `announcements` or `ocds` releases that meet a filter.

        `at` gives the address of a page. Raises NotFound when there is no such page.
        """
        released = kind == "ocds"
        begin = (number - 1) * LIST
        found: list[Notice] = []
        with self.store.reading() as tx:
            updated = log.position(tx).instant or self.created
            if kind == "announcements":
                meeting = log.meeting(tx, self.asked(f), words(f), said=self.said)
                total, end = meeting.total, meeting.total - begin
                entries = log.states(tx, meeting.between(max(0, end - LIST), end)[::-1])
                rows: list[Mapping[str, Any]] = [exchange.announcement_json(e, self.instance) for e in entries]
            else:
                met = self.met(f, procurement=released)
                total, refs = met.total, finding.newest(tx, met, limit=LIST, offset=begin)
                known = notices.many(tx, [r.id for r in refs])
                found = [known[r.id] for r in refs]
                shown = self.shown(self.stale(tx, found))
        if begin and begin >= total:
            raise NotFound("There is no such page of this list.")
        beside = {"prev": number - 1 if begin else 0, "next": number + 1 if begin + LIST < total else 0}
        links = {rel: self.instance.url(at(page)) for rel, page in beside.items() if page}
        if released:
            return Listed(exchange.ocds(found, shown, self.instance, updated, at(number), links), updated, links)
        if kind == "notices":
            rows = [shown(n) for n in found]
        return Listed(exchange.dumps({kind: rows, **links, "licence": self.instance.licence}), updated, links)

    def export(self, fmt: str) -> Iterator[bytes]:
        """Everything public as JSON Lines, CSV or OCDS."""
        with self.store.reading() as tx:
            found = finding.find(tx, finding.anything(), sort="newest", limit=1_000_000)
            shown = self.shown(self.stale(tx, found))
            updated = log.position(tx).instant or self.created
        if fmt == "jsonl":
            yield from exchange.jsonl(found, shown)
        elif fmt == "csv":
            yield from exchange.csv(found, shown)
        elif fmt == "ocds":
            yield exchange.ocds(found, shown, self.instance, updated)
        else:
            raise UsageError(f"Unknown format “{fmt}”: choose jsonl, csv or ocds.")
