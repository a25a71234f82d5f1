"""Writes a decision: revisions, present states, sightings and the log, in the caller's one transaction."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from feedhub.changes import Create, Decision, Revise, founded
from feedhub.errors import InvalidInput
from feedhub.horizon.leads import lead_time
from feedhub.hub.base import Base
from feedhub.hub.laws import role_of
from feedhub.hub.terms import SCOPE, announcement_text, index, terms, union
from feedhub.model import (
    Announcement,
    AnnouncementKind,
    Authority,
    Draft,
    Notice,
    Revision,
    RevisionKind,
)
from feedhub.publish import wording
from feedhub.store import Tx, catalogue, desk, log, notices, sightings
from feedhub.store.sightings import Sighting
from feedhub.text import fold, shorten

#: From so many entries at once a load is bulk: it may use only free seconds, the rest is one digest.
BULK = 25


@dataclass
class Recorded:
    """What one transaction wrote: the notices touched and the log entries made."""

    notices: list[Notice] = field(default_factory=list)
    entries: list[Announcement] = field(default_factory=list)

    @property
    def changes(self) -> tuple[str, ...]:
        """One line a change, for people."""
        return tuple(e.title for e in self.entries)


class Recorder:
    """Applies decisions inside one transaction. `now` is the transaction's instant."""

    def __init__(self, base: Base, tx: Tx, now: datetime, *, by: str = "feedhub") -> None:
        log.lock(tx)  # first, so that the order of the log is the order of commits
        self.base, self.tx, self.now, self.by = base, tx, now, by
        self.done = Recorded()
        self._pending: list[Announcement] = []
        self._authorities: dict[str, Authority] = {}

    # -- applying

    def apply(self, decision: Decision, *, source_id: str = "", announce: bool = True) -> None:
        """Write everything a decision says; entries wait for `publish`."""
        for create in decision.creates:
            self.create(create, announce=announce)
        for revise in decision.revises:
            self.revise(revise, announce=announce, source_id=source_id)
        self._sight(*((seen.notice, seen.draft, seen.missing) for seen in decision.seen))
        for absence in decision.absences:
            sightings.put_absence(self.tx, absence.notice.id, source_id, absence.absences)
        notices.confirm(self.tx, [s.notice.id for s in decision.seen], self.now)
        for held in decision.held:
            desk.put_waiting(
                self.tx,
                "mass_absence",
                self.now,
                source_id=source_id,
                notice_id=held.id,
                detail="Gone together with many others of this source.",
                fingerprint=f"mass:{source_id}:{held.id}",
            )

    def create(self, create: Create, *, announce: bool = True) -> Notice:
        """Make a notice from a draft."""
        authority = self.authority_for(create.draft)
        notice = founded(create.draft, f"n{secrets.token_hex(6)}", authority.id, self.now)
        notice = replace(notice, country=notice.country or authority.country)
        revision = Revision(notice, 1, RevisionKind.NEW, self.now, ("First recorded.",), (RevisionKind.NEW,), self.by)
        self._put(revision, authority)
        self._sight((notice, create.draft, dict.fromkeys(notice.fact_ids, 0)))
        for other, score in create.like:
            desk.propose(self.tx, notice.id, other, score, self.now)
        if announce:
            self.announce(AnnouncementKind.NEW, notice, authority, revision=revision)
        return notice

    def revise(self, revise: Revise, *, announce: bool = True, source_id: str = "") -> Notice:
        """Write a notice's next state."""
        authority = self.authority(revise.after.authority_id)
        after = replace(revise.after, confirmed=self.now if revise.draft else revise.after.confirmed)
        revision = Revision(after, after.revision, revise.kind, self.now, revise.changes, revise.kinds, self.by)
        self._put(revision, authority)
        if revise.draft is not None:
            self._sight((after, revise.draft, revise.missing))
        elif source_id:
            sightings.put_absence(self.tx, after.id, source_id, 0)
        if announce and revise.kind.announced:
            kind = AnnouncementKind(revise.kind.value)
            self.announce(kind, after, authority, revision=revision, before=revise.before)
        return after

    def announce(
        self,
        kind: AnnouncementKind,
        notice: Notice,
        authority: Authority,
        *,
        revision: Revision | None = None,
        before: Notice | None = None,
        title: str = "",
        changes: Sequence[str] = (),
    ) -> None:
        """Queue a log entry about a notice; its filter values of before and after are frozen into it."""
        found = terms(notice, authority, self.base.taxonomy)
        if before is not None:
            found = union(terms(before, authority, self.base.taxonomy), found)
        lead = lead_time(notice) or (lead_time(before) if before else None)
        said = tuple(changes) or (revision.changes if revision else ())
        self._pending.append(
            Announcement(
                seq=0,
                instant=self.now,
                kind=kind,
                title=title or wording.announcement_title(kind, notice, stage=notice.stage),
                summary=shorten(notice.summary or notice.title, 2000),
                notice_id=notice.id,
                revision=revision.number if revision else notice.revision,
                authority_id=authority.id,
                authority_name=authority.name,
                notice=notice,
                changes=said,
                terms=found,
                lead_days=lead.days if lead else None,
            )
        )

    def add_reason(self, sentence: str) -> None:
        """Add a sentence to the entry queued last."""
        last = self._pending[-1]
        self._pending[-1] = replace(last, changes=(*last.changes, sentence))

    def digest(self, title: str, entries: Sequence[tuple[Notice, str]], *, summary: str = "") -> None:
        """Queue one entry that lists many things; it is found by the values of all of them."""
        if not entries:
            return
        found = union(
            *(
                terms(n, self.authority(n.authority_id), self.base.taxonomy)
                for n in {e[0].id: e[0] for e in entries}.values()
            )
        )
        one = {n.authority_id for n, _ in entries}
        authority = self.authority(next(iter(one))) if len(one) == 1 else None
        self._pending.append(
            Announcement(
                seq=0,
                instant=self.now,
                kind=AnnouncementKind.DIGEST,
                title=shorten(title, 200),
                summary=shorten(summary or title, 2000),
                authority_id=authority.id if authority else "",
                authority_name=authority.name if authority else "",
                items=tuple(line for _, line in entries),
                terms=found,
            )
        )

    def lesson(self, title: str, text: str, topics: Sequence[str], authority: Authority | None) -> None:
        """Queue a lesson; it is found by its topics and by who shared it."""
        found = {
            "topic": tuple(sorted(topics)),
            "authority": (authority.id,) if authority else (),
            "country": (authority.country,) if authority and authority.country else (),
            SCOPE: ("core",),
        }
        self._pending.append(
            Announcement(
                seq=0,
                instant=self.now,
                kind=AnnouncementKind.LESSON,
                title=wording.announcement_title(AnnouncementKind.LESSON, None, subject=title),
                summary=shorten(text, 2000),
                authority_id=authority.id if authority else "",
                authority_name=authority.name if authority else "",
                terms={name: values for name, values in found.items() if values},
            )
        )

    def publish(self, *, bulk: bool = False) -> Recorded:
        """Write the queued entries. A bulk load uses only free seconds; what does not fit becomes one digest."""
        pending, self._pending = self._pending, []
        if bulk or len(pending) > BULK:
            pending = self._fold(pending)
        if pending:
            self.done.entries += log.append(self.tx, pending, self.now, announcement_text)
        elif self.done.notices:
            log.touch(self.tx)
        return self.done

    def _fold(self, pending: list[Announcement]) -> list[Announcement]:
        free = log.free_seconds(log.position(self.tx).instant, self.now)
        if free is None or len(pending) <= free or len(pending) < 2:
            return pending
        single, rest = pending[: max(0, free - 1)], pending[max(0, free - 1) :]
        self.digest(
            f"{len(rest)} more changes recorded together",
            [(e.notice, e.title) for e in rest if e.notice is not None],
        )
        folded, self._pending = self._pending, []
        return single + folded

    # -- small steps

    def authority(self, authority_id: str) -> Authority:
        """The authority, remembered for this transaction."""
        if authority_id not in self._authorities:
            self._authorities[authority_id] = self.base.authority_of(self.tx, authority_id)
        return self._authorities[authority_id]

    def authority_for(self, draft: Draft) -> Authority:
        """The draft's authority; one that the catalogue does not know is added by name and country."""
        ref = draft.authority
        authority = catalogue.get_authority(self.tx, ref.id) if ref.id else None
        if authority is None:
            if not ref.name:
                raise InvalidInput("The draft names no authority.")
            authority = Authority(
                id=ref.id or slug(ref.name, ref.country),
                name=ref.name,
                country=ref.country,
                role=role_of(self.base.taxonomy, draft),
                zone=self.base.taxonomy.zones.get(ref.country, "Europe/Brussels"),
            )
            catalogue.add_authority(self.tx, authority)
        self._authorities[authority.id] = authority
        return authority

    def _put(self, revision: Revision, authority: Authority) -> None:
        today = self.base.today()
        notices.put(self.tx, revision, index(revision.notice, authority, self.base.taxonomy, today))
        self.done.notices.append(revision.notice)

    def _sight(self, *seen: tuple[Notice, Draft, Mapping[str, int]]) -> None:
        for notice, draft, _ in seen:
            notices.add_references(self.tx, notice.id, [draft.source_ref, *draft.previous_refs])
        made = [Sighting(notice.id, draft.source_id, draft.anchor, 0, missing) for notice, draft, missing in seen]
        sightings.put_sightings(self.tx, [one for one in made if one.source_id], self.now)


def slug(name: str, country: str = "") -> str:
    """An authority id from a name, as the catalogue writes them."""
    words = "-".join(fold(name).split())[:80].strip("-") or "unknown"
    return f"{country.lower()}-{words}" if country else words
