"""What people do with notices: post, revise, withdraw, confirm, retract; and what they look at."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from statistics import median

from feedhub.changes import Create, Revise, founded, merge, weakest, withdrawn
from feedhub.errors import Conflict, InvalidInput, NotAllowed, NotFound
from feedhub.horizon.leads import lead_time, next_day, occurrences
from feedhub.hub.base import Base
from feedhub.hub.health import source_health
from feedhub.hub.record import Recorder
from feedhub.hub.shapes import (
    Actor,
    AuthorityView,
    Entry,
    NoticePage,
    NoticeView,
    ReviewItem,
    SourceHealth,
)
from feedhub.hub.terms import SCOPE, scoped, words
from feedhub.model import (
    Announcement,
    Authority,
    AuthorityRef,
    Draft,
    Filter,
    Milestone,
    Notice,
    RevisionKind,
    Stage,
    Trust,
)
from feedhub.store import Tx, catalogue, desk, from_json, log, notices


class Notices(Base):
    """The verbs about notices."""

    # -- looking

    def notices(self, f: Filter, *, sort: str = "date", page: int = 1, per_page: int = 25) -> NoticePage:
        """One page of notices with facet counts. `sort` is `date`, `lead` or `newest`."""
        if sort not in ("date", "lead", "newest", "updated"):
            raise InvalidInput(f"Unknown order “{sort}”: choose date, lead or newest.")
        with self.store.reading() as tx:
            total, where = notices.meeting(tx, scoped(f), words(f))
            pages = max(1, math.ceil(total / per_page))
            page = min(max(1, page), pages)
            found = notices.find(tx, where, sort=sort, limit=per_page, offset=(page - 1) * per_page)
            counts = notices.facets(tx, where)
        counts.pop(SCOPE, None)
        return NoticePage(tuple(found), total, page, pages, counts)

    def notice(self, notice_id: str) -> NoticeView:
        """Everything about one notice; raises NotFound."""
        with self.store.reading() as tx:
            found = _must(notices.get(tx, notice_id), notice_id)
            authority = self.authority_of(tx, found.authority_id)
            state = catalogue.get_source(tx, found.source_id) if found.source_id else None
            same = [o for i, o in notices.many(tx, desk.proposals(tx, notice_id)).items() if i != notice_id]
            related = self._related(tx, found)
            lead = lead_time(found)
            stale = None
            if state is not None and found.live and found.confirmed is not None:
                late = found.confirmed + 3 * state.source.every < self.now()
                stale = found.confirmed if late else None
            return NoticeView(
                notice=found,
                authority=authority,
                revisions=tuple(notices.revisions(tx, notice_id)),
                announcements=tuple(log.of_notice(tx, notice_id)),
                source=state.source if state else None,
                lead_days=lead.days if lead else None,
                lead_from_span=lead.approximate if lead else False,
                stale_since=stale,
                related=related,
                duplicates=tuple(same),
            )

    def _related(self, tx: Tx, notice: Notice) -> tuple[Notice, ...]:
        """Up to six living notices of other authorities that ask the same."""
        topics = tuple(sorted({r.topic for r in notice.living_requirements}))
        if not topics:
            return ()
        where = notices.condition(Filter(sets={"topic": topics}), ())
        return tuple(notices.find(tx, notices.of_others(where, notice.authority_id), limit=6))

    def agenda(
        self, f: Filter, *, months: int = 24, past_months: int = 0, first: date | None = None, last: date | None = None
    ) -> list[Entry]:
        """Living dates by day, from today (or `first`) over `months`; recurring ones with their next two turns."""
        today = self.today()
        begin = first or today - timedelta(days=31 * past_months)
        end = last or today + timedelta(days=round(30.44 * months))
        lower, upper = max(begin, f.since or begin), min(end, f.until or end)
        where = notices.condition(scoped(f), words(f), milestones=False)
        with self.store.reading() as tx:
            found = notices.with_dates(tx, where, lower, upper)
            authorities = catalogue.authorities(tx)
        out: list[Entry] = []
        for notice in found:
            authority = authorities.get(notice.authority_id) or Authority(notice.authority_id, notice.authority_id)
            for milestone in notice.living_milestones:
                for when in occurrences(milestone, today):
                    if when.last >= lower and when.first <= upper:
                        day = max(when.first, lower) if when.is_span else when.first
                        turn = when.first if milestone.recurs else None
                        out.append(Entry(notice, milestone, authority, day, (when.first - today).days, turn))
        out.sort(key=lambda e: (e.day, e.milestone.when.last, e.authority.name, e.notice.id, e.milestone.id))
        return out

    def count_dates(self, f: Filter, *, months: int = 24) -> int:
        """How many entries `agenda` has, without reading the notices."""
        today = self.today()
        end = today + timedelta(days=round(30.44 * months))
        lower, upper = max(today, f.since or today), min(end, f.until or end)
        with self.store.reading() as tx:
            _, where = notices.meeting(tx, replace(scoped(f), since=None, until=None), words(f))
            number, recurring = notices.dates(tx, where, lower, upper)
            known = notices.many(tx, sorted({n for n, _ in recurring}))
        for notice_id, milestone_id in recurring:
            milestone = next(m for m in known[notice_id].milestones if m.id == milestone_id)
            number += sum(w.last >= lower and w.first <= upper for w in occurrences(milestone, today))
        return number

    def month(self, year: int, month: int, f: Filter) -> list[Entry]:
        """The living dates of one month."""
        if not (1 <= month <= 12 and 1990 <= year <= 2200):
            raise NotFound("There is no such month in this calendar.")
        first = date(year, month, 1)
        last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        return self.agenda(f, first=first, last=last)

    def recent(self, f: Filter, limit: int = 20) -> list[Announcement]:
        """The newest announcements."""
        with self.store.reading() as tx:
            return log.states(tx, log.meeting(tx, scoped(f), words(f)).newest(limit))

    def count_announcements(self, f: Filter, days: int = 365) -> int:
        """How many announcements a filter gave in the last `days`."""
        since = (self.now() - timedelta(days=days)).date()
        within = replace(f, since=max(since, f.since) if f.since else since)
        with self.store.reading() as tx:
            return log.meeting(tx, scoped(within), words(within)).total

    def authorities(self) -> list[AuthorityView]:
        """All authorities with their notices and sources, by name."""
        with self.store.reading() as tx:
            known = catalogue.authorities(tx)
            found = notices.find(tx, notices.condition(Filter(), ()), limit=100_000)
            health = source_health(tx, self.now(), known)
        return [self._authority(a, found, health) for a in known.values()]

    def authority(self, authority_id: str) -> AuthorityView:
        """One authority; raises NotFound."""
        with self.store.reading() as tx:
            one = catalogue.get_authority(tx, authority_id)
            if one is None:
                raise NotFound(f"There is no authority “{authority_id}” here.")
            found = notices.find(tx, notices.of_authority(authority_id), limit=10_000)
            health = source_health(tx, self.now(), {one.id: one}, authority_id=authority_id)
        return self._authority(one, found, health)

    def _authority(self, a: Authority, found: Sequence[Notice], health: Sequence[SourceHealth]) -> AuthorityView:
        own = tuple(n for n in found if n.authority_id == a.id)
        leads = [lead.days for n in own if (lead := lead_time(n)) is not None]
        return AuthorityView(
            authority=a,
            notices=own,
            sources=tuple(h for h in health if h.authority.id == a.id),
            median_lead_days=median(leads) if leads else None,
            live_notices=sum(n.live for n in own),
        )

    def source_health(self) -> list[SourceHealth]:
        """How every source does."""
        with self.store.reading() as tx:
            return source_health(tx, self.now(), catalogue.authorities(tx))

    def lead_times(self) -> list[tuple[Notice, Authority, int]]:
        """Notices that have a lead time, with it in days, shortest first."""
        with self.store.reading() as tx:
            known = catalogue.authorities(tx)
            found = notices.find(tx, notices.with_lead(), sort="lead", limit=100_000)
        out = [
            (n, known.get(n.authority_id) or Authority(n.authority_id, n.authority_id), lead.days)
            for n in found
            if (lead := lead_time(n)) is not None
        ]
        return sorted(out, key=lambda row: (row[2], row[0].id))

    # -- buyers

    def preview(self, actor: Actor, draft: Draft) -> Notice:
        """What a post would look like; stores nothing. Raises NotAllowed or InvalidInput."""
        checked = self._checked(actor, draft)
        return founded(checked, "preview", checked.authority.id, self.now())

    def post(self, actor: Actor, draft: Draft, *, key: str = "") -> Notice:
        """Publish a buyer's draft. The same `key` sent twice gives the same notice."""
        checked, now = self._checked(actor, draft), self.now()
        with self.store.writing() as tx:
            recorder = Recorder(self, tx, now, by=f"user:{actor.user_id}")
            if key:
                first = desk.take_key(tx, key, "", now)
                if first:
                    return _must(notices.get(tx, first), first)
            notice = recorder.create(Create(checked))
            if key:
                desk.bind_key(tx, key, notice.id)
            recorder.publish()
        return notice

    def revise(self, actor: Actor, notice_id: str, draft: Draft, *, base_revision: int) -> Notice:
        """Replace a buyer's notice by a new state; raises Conflict when somebody was faster."""
        checked, now = self._checked(actor, draft), self.now()
        with self.store.writing() as tx:
            recorder = Recorder(self, tx, now, by=f"user:{actor.user_id}")
            notice = self._own(tx, actor, notice_id, base_revision)
            checked = replace(checked, source_ref=notice.source_ref, source_id=notice.source_id)
            merged = merge(notice, checked, now, self.today())
            if not merged.kinds:
                return notice
            after = recorder.revise(Revise(notice, merged.after, merged.kinds, merged.changes, checked))
            recorder.publish()
        return after

    def withdraw(self, actor: Actor, notice_id: str, *, reason: str, base_revision: int) -> Notice:
        """End a buyer's notice; its dates stay in the calendar as cancelled."""
        now = self.now()
        with self.store.writing() as tx:
            recorder = Recorder(self, tx, now, by=f"user:{actor.user_id}")
            notice = self._own(tx, actor, notice_id, base_revision)
            if not notice.live:
                return notice
            said = (f"Withdrawn by the authority: {reason}" if reason else "Withdrawn by the authority.",)
            after = withdrawn(notice, now)
            recorder.revise(Revise(notice, after, (RevisionKind.WITHDRAWN,), said))
            recorder.publish()
        return after

    def own_notices(self, actor: Actor) -> list[Notice]:
        """The notices of a buyer's authority; all of them for curators and administrators."""
        where = notices.of_authority(actor.authority_id)
        if actor.role in ("curator", "admin"):
            where = notices.anything()
        with self.store.reading() as tx:
            return notices.find(tx, where, sort="updated", limit=500)

    def _checked(self, actor: Actor, draft: Draft) -> Draft:
        """The draft with what the account may not choose set for it: authority and trust."""
        wanted = draft.authority.id or actor.authority_id
        if actor.role == "buyer" and wanted != actor.authority_id:
            raise NotAllowed("You can post only for your own authority.")
        with self.store.reading() as tx:
            authority = catalogue.get_authority(tx, wanted)
        if authority is None:
            raise InvalidInput("Choose the authority that the notice is of.", {"authority": "This field is required."})
        problems = {}
        if not draft.title.strip():
            problems["title"] = "Say in one line what will be asked."
        if not draft.requirements and not draft.milestones:
            problems["requirements"] = "Give at least one requirement or one date."
        if problems:
            raise InvalidInput("The notice is not complete yet.", problems)
        return replace(
            draft,
            authority=AuthorityRef(authority.name, authority.country, authority.id),
            trust=Trust.POSTED,
            notice_kind="post",
            confidence=1.0,
            source_id="",
            requirements=tuple(replace(r, trust=Trust.POSTED, confidence=1.0) for r in draft.requirements),
            milestones=tuple(
                replace(m, trust=Trust.POSTED, when=replace(m.when, zone=authority.zone)) for m in draft.milestones
            ),
        )

    def _own(self, tx: Tx, actor: Actor, notice_id: str, base_revision: int) -> Notice:
        notice = _must(notices.get(tx, notice_id), notice_id)
        if actor.role == "buyer" and notice.authority_id != actor.authority_id:
            raise NotFound(f"There is no notice “{notice_id}” here.")
        if notice.revision != base_revision:
            raise Conflict("Somebody else changed this notice while you were writing: compare and try again.")
        return notice

    # -- curators

    def review_queue(self) -> list[ReviewItem]:
        """What waits for a curator, oldest first."""
        with self.store.reading() as tx:
            items = desk.waiting(tx)
            known = notices.many(tx, [i.notice_id for i in items if i.notice_id])
            out = []
            for item in items:
                draft = from_json(Draft, item.state) if item.state else None
                notice = known.get(item.notice_id)
                if draft is not None and notice is None:
                    notice = founded(draft, "", draft.authority.id, item.at)
                title = draft.title if draft else notice.title if notice else item.detail
                out.append(ReviewItem(item.id, item.why, item.at, title, item.source_id, notice, item.detail))
        return out

    def resolve(self, actor: Actor, item_id: int, *, accept: bool) -> Notice | None:
        """Decide a waiting item: accepting publishes the draft as verified, or lets a held absence count."""
        self._curates(actor)
        now = self.now()
        with self.store.writing() as tx:
            recorder = Recorder(self, tx, now, by=f"user:{actor.user_id}")
            item = next(iter(desk.waiting(tx, item_id)), None)
            if item is None or not desk.resolve(tx, item_id, "accepted" if accept else "rejected", now):
                raise Conflict("This item was decided already.")
            notice: Notice | None = None
            if accept and item.state:
                draft = _vouched(from_json(Draft, item.state))
                notice = recorder.create(Create(draft))
            elif accept and item.notice_id:
                held = _must(notices.get(tx, item.notice_id), item.notice_id)
                if held.live:
                    notice = withdrawn(held, now)
                    said = ("The authority's page no longer states it (confirmed by a curator).",)
                    recorder.revise(Revise(held, notice, (RevisionKind.WITHDRAWN,), said))
            recorder.publish()
        return notice

    def confirm(self, actor: Actor, notice_id: str) -> Notice:
        """A curator vouches for a detected notice: its facts become verified."""
        self._curates(actor)
        now = self.now()
        with self.store.writing() as tx:
            recorder = Recorder(self, tx, now, by=f"user:{actor.user_id}")
            notice = _must(notices.get(tx, notice_id), notice_id)
            after = replace(
                notice,
                requirements=tuple(replace(r, trust=_up(r.trust)) for r in notice.requirements),
                milestones=tuple(replace(m, trust=_up(m.trust)) for m in notice.milestones),
                trust=_up(notice.trust),
            )
            after = replace(after, trust=weakest(after))
            if after == notice:
                return notice
            after = replace(after, revision=notice.revision + 1, updated=now)
            said = ("A curator confirmed it against the source.",)
            recorder.revise(Revise(notice, after, (RevisionKind.VERIFIED,), said))
            recorder.publish()
        return after

    def retract(self, actor: Actor, notice_id: str, reason: str) -> Notice:
        """A curator says that feedhub was wrong: the authority never said this."""
        self._curates(actor)
        now = self.now()
        with self.store.writing() as tx:
            recorder = Recorder(self, tx, now, by=f"user:{actor.user_id}")
            notice = _must(notices.get(tx, notice_id), notice_id)
            if not notice.live:
                return notice
            after = withdrawn(notice, now)
            said = (f"feedhub was wrong: {reason or 'the authority never said this'}.",)
            recorder.revise(Revise(notice, after, (RevisionKind.RETRACTED,), said))
            recorder.publish()
        return after

    def _curates(self, actor: Actor) -> None:
        if actor.role not in ("curator", "admin"):
            raise NotAllowed("Only curators can decide this.")


def _must(notice: Notice | None, notice_id: str) -> Notice:
    if notice is None:
        raise NotFound(f"There is no notice “{notice_id}” here.")
    return notice


def _up(trust: Trust) -> Trust:
    return Trust.VERIFIED if trust is Trust.DETECTED else trust


def _vouched(draft: Draft) -> Draft:
    def milestone(m: Milestone) -> Milestone:
        return replace(m, trust=_up(m.trust))

    return replace(
        draft,
        trust=_up(draft.trust),
        requirements=tuple(replace(r, trust=_up(r.trust)) for r in draft.requirements),
        milestones=tuple(milestone(m) for m in draft.milestones),
        stage=draft.stage if draft.stage is not Stage.WITHDRAWN else Stage.PLANNED,
    )


def refresh_days(tx: Tx, today: date) -> int:
    """Move every notice's next day on when it has passed; the number moved. Called by the clock."""
    late = notices.find(tx, notices.overdue(today), limit=10_000)
    for notice in late:
        notices.set_next_day(tx, notice.id, next_day(notice, today))
    return len(late)
