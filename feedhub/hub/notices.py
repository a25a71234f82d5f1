"""What people do with notices: post, revise, withdraw, confirm, retract; and what they look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from feedhub.changes import Create, Revise, founded, merge, weakest, withdrawn
from feedhub.errors import Conflict, InvalidInput, NotAllowed, NotFound
from feedhub.horizon.leads import next_day
from feedhub.hub.overview import Overview
from feedhub.hub.record import Recorder
from feedhub.hub.reviewing import Correction, corrected, soonest
from feedhub.hub.shapes import (
    Actor,
    ReviewItem,
)
from feedhub.hub.terms import INDEX, dated, index
from feedhub.model import (
    AuthorityRef,
    Draft,
    Milestone,
    Notice,
    RevisionKind,
    Stage,
    Trust,
)
from feedhub.store import Condition, Tx, catalogue, desk, finding, from_json, log, notices


class Notices(Overview):
    """The verbs about notices."""

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

    def own_notices(self, actor: Actor, *, page: int = 1, per_page: int = 50) -> list[Notice]:
        """A page of the notices of a buyer's authority, the last changed first; of all for curators and administrators."""
        with self.store.reading() as tx:
            return finding.find(tx, _own(actor), sort="updated", limit=per_page, offset=(page - 1) * per_page)

    def count_own(self, actor: Actor) -> int:
        """How many notices `own_notices` has."""
        with self.store.reading() as tx:
            return finding.count(tx, _own(actor))

    def own_notice(self, actor: Actor, notice_id: str) -> Notice:
        """One notice of a buyer's authority; raises NotFound for everybody else's, so that nobody learns what exists."""
        with self.store.reading() as tx:
            found = notices.get(tx, notice_id)
        if found is None or (actor.role == "buyer" and found.authority_id != actor.authority_id):
            raise NotFound("There is no such notice of your authority.")
        return found

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

    # -- by what they are found

    def reindex(self) -> int:
        """Index every notice again when this feedhub finds them by something new; the number indexed.

        Killed half-way it begins anew at the next start: only the last step says that it is done.
        """
        with self.store.reading() as tx:
            if catalogue.get_value(tx, "index") == INDEX:
                return 0
            ids = notices.all_ids(tx)
        for begin in range(0, len(ids), 200):
            with self.store.writing() as tx:
                log.lock(tx)
                for notice in notices.many(tx, ids[begin : begin + 200]).values():
                    authority = self.authority_of(tx, notice.authority_id)
                    notices.set_present(tx, notice, index(notice, authority, self.taxonomy, self.today()))
        with self.store.writing() as tx:
            catalogue.put_value(tx, "index", INDEX)
            if ids:
                log.touch(tx)
        return len(ids)

    # -- curators

    def count_review(self) -> int:
        """How much waits for a curator."""
        with self.store.reading() as tx:
            return desk.count_waiting(tx)

    def review_queue(self, *, page: int = 1, per_page: int = 25) -> list[ReviewItem]:
        """A page of what waits for a curator: what comes due first stands first, then the oldest."""
        today = self.today()
        with self.store.reading() as tx:
            order = sorted(desk.waiting_dates(tx), key=lambda of: soonest(of[1], today))
            ids = [id_ for id_, _ in order[(page - 1) * per_page : page * per_page]]
            return sorted(_items(tx, ids), key=lambda item: ids.index(item.id))

    def review_item(self, item_id: int) -> ReviewItem:
        """One thing that waits for a curator; raises NotFound when nothing does under this id."""
        with self.store.reading() as tx:
            found = _items(tx, [item_id])
        if not found:
            raise NotFound("This item was decided already.")
        return found[0]

    def resolve(
        self, actor: Actor, item_id: int, *, accept: bool, correction: Correction | None = None
    ) -> Notice | None:
        """Decide a waiting item: accepting publishes the draft as verified, or lets a held absence count.

        `correction` is what the curator says of its facts first; raises InvalidInput when none is left.
        """
        self._curates(actor)
        now = self.now()
        with self.store.writing() as tx:
            recorder = Recorder(self, tx, now, by=f"user:{actor.user_id}")
            item = next(iter(desk.waiting(tx, [item_id])), None)
            if item is None or not desk.resolve(tx, item_id, "accepted" if accept else "rejected", now):
                raise Conflict("This item was decided already.")
            notice: Notice | None = None
            if accept and item.state:
                draft = from_json(Draft, item.state)
                if correction:
                    draft = corrected(draft, correction)
                    desk.remember(tx, item_id, item.state, correction.as_json())
                notice = recorder.create(Create(_vouched(draft)))
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


def _own(actor: Actor) -> Condition:
    return finding.anything() if actor.role in ("curator", "admin") else finding.of_authorities([actor.authority_id])


def _must(notice: Notice | None, notice_id: str) -> Notice:
    if notice is None:
        raise NotFound(f"There is no notice “{notice_id}” here.")
    return notice


def _items(tx: Tx, ids: Sequence[int]) -> list[ReviewItem]:
    items = desk.waiting(tx, ids)
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
    late = finding.find(tx, finding.overdue(today), limit=10_000)
    for notice in late:
        notices.set_next_day(tx, notice, next_day(notice, today), dated(notice, today))
    return len(late)
