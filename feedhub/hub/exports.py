"""What other programs take: lists of notices and of the log, OCDS releases, and everything as one file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from feedhub.errors import UsageError
from feedhub.horizon.leads import lead_time
from feedhub.hub.base import Base
from feedhub.hub.terms import words
from feedhub.model import Authority, Filter, Notice
from feedhub.publish import exchange
from feedhub.store import finding, log, notices

#: Entries of a list.
LIST = 1000


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

    def listed(self, f: Filter, kind: str) -> tuple[bytes, datetime]:
        """The newest `notices`, `announcements` or `ocds` releases that meet a filter, and when all last changed."""
        with self.store.reading() as tx:
            updated = log.position(tx).instant or self.created
            if kind == "announcements":
                entries = log.states(tx, log.meeting(tx, self.asked(f), words(f), said=self.said).newest(LIST))
                rows = [exchange.announcement_json(e, self.instance) for e in entries]
                return exchange.dumps({"announcements": rows, "licence": self.instance.licence}), updated
            ids = [r.id for r in finding.newest(tx, self.met(f), limit=LIST)]
            known = notices.many(tx, ids)
            found = [known[i] for i in ids]
            shown = self.shown(self.stale(tx, found))
        if kind == "ocds":
            return exchange.ocds(found, shown, self.instance, updated), updated
        return exchange.dumps({"notices": [shown(n) for n in found], "licence": self.instance.licence}), updated

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
