"""One draft merged into one notice: the new state, and what kinds of change that was. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from feedhub.changes import wording
from feedhub.changes.pairing import pair_milestones, pair_requirements
from feedhub.model import (
    Clause,
    Draft,
    Evidence,
    Milestone,
    MilestoneStatus,
    Notice,
    Requirement,
    RevisionKind,
    Stage,
    Trust,
    When,
)
from feedhub.text import normalise

_TRUST = tuple(Trust)
_STAGES = (Stage.INTENTION, Stage.PLANNED, Stage.CONSULTATION, Stage.ADOPTED, Stage.IN_FORCE)
_ENDS = {
    Stage.WITHDRAWN: RevisionKind.WITHDRAWN,
    Stage.SUPERSEDED: RevisionKind.SUPERSEDED,
    Stage.POSTPONED: RevisionKind.POSTPONED,
    Stage.RELAXED: RevisionKind.RELAXED,
}
_CLAUSES = (
    Clause.POLICY,
    Clause.AWARD_CRITERION,
    Clause.SELECTION_CRITERION,
    Clause.TECHNICAL_SPECIFICATION,
    Clause.CONTRACT_PERFORMANCE_CLAUSE,
    Clause.EXCLUSION_GROUND,
)
#: After so many good readings without it a fact is gone (meaning.md, Reading and absence).
GOOD_ABSENCES = 3


@dataclass(frozen=True)
class Elsewhere:
    """What other sources make of a notice.

    `showing` holds, per source that still shows it, the absences counted per fact id (nought for a fact that it
    showed); `silent` are sources that showed it once and no longer do, or are no longer read.
    """

    showing: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()

    def states(self, fact_id: str, source_id: str) -> bool:
        """True when one of them still states a fact that came from `source_id`."""
        if source_id in self.showing and not self.left_by(source_id, fact_id):
            return True
        return any(f.get(fact_id, GOOD_ABSENCES) < GOOD_ABSENCES for f in self.showing.values())

    def left_by(self, source_id: str, fact_id: str) -> bool:
        """True when this source no longer states a fact."""
        return source_id in self.silent or self.showing.get(source_id, {}).get(fact_id, 0) >= GOOD_ABSENCES


@dataclass(frozen=True)
class Merged:
    """The outcome: `after` equals the notice when nothing changed; `missing` counts absences per fact id."""

    after: Notice
    kinds: tuple[RevisionKind, ...] = ()
    changes: tuple[str, ...] = ()
    missing: Mapping[str, int] | None = None


def _outranks(one: Trust, other: Trust) -> bool:
    return _TRUST.index(one) < _TRUST.index(other)


def weakest(notice: Notice) -> Trust:
    """The weakest trust among living facts; the notice's own when it has none."""
    living = [r.trust for r in notice.living_requirements] + [m.trust for m in notice.living_milestones]
    return max(living, key=_TRUST.index) if living else notice.trust


def founded(draft: Draft, notice_id: str, authority_id: str, now: datetime) -> Notice:
    """A notice grown from one draft, with ids for its facts. `now` is an aware UTC instant."""
    notice = Notice(
        id=notice_id,
        authority_id=authority_id,
        title=draft.title,
        first_recorded=now,
        updated=now,
        country=draft.authority.country,
        summary=draft.summary,
        notice_kind=draft.notice_kind,
        stage=draft.stage,
        source_ref=draft.source_ref,
        source_id=draft.source_id,
        anchor=draft.anchor,
        url=draft.url,
        language=draft.language,
        cpv=draft.cpv,
        products=draft.products,
        requirements=tuple(replace(r, id=f"r{i}") for i, r in enumerate(draft.requirements, 1)),
        milestones=tuple(replace(m, id=f"m{i}", changed=now) for i, m in enumerate(draft.milestones, 1)),
        trust=draft.trust,
        confidence=draft.confidence,
        urgent=draft.urgent,
        documents=draft.documents,
        confirmed=now,
    )
    return replace(notice, trust=weakest(notice))


def withdrawn(notice: Notice, now: datetime, stage: Stage = Stage.WITHDRAWN) -> Notice:
    """The notice ended: its living dates are cancelled and stay visible as such."""
    milestones = tuple(
        replace(m, status=MilestoneStatus.CANCELLED, sequence=m.sequence + 1, changed=now) if m.status.living else m
        for m in notice.milestones
    )
    return replace(notice, stage=stage, milestones=milestones, updated=now, revision=notice.revision + 1)


def merge(
    notice: Notice,
    draft: Draft,
    now: datetime,
    today: date,
    missing: Mapping[str, int] | None = None,
    elsewhere: Elsewhere | None = None,
) -> Merged:
    """What one draft about a notice changes.

    `missing` holds the absences that this source counted so far per fact id, nought for a fact that it showed.
    """
    work = _Merge(notice, draft, now, today, dict(missing or {}), elsewhere or Elsewhere())
    requirements = work.requirements()
    milestones = work.milestones()
    stage = work.stage()
    after = replace(notice, requirements=requirements, milestones=milestones, stage=stage, **work.texts())
    after = replace(after, trust=weakest(after))
    kinds = tuple(sorted(set(work.kinds), key=list(RevisionKind).index))
    if not kinds:
        return Merged(notice, missing=work.counted)
    after = replace(after, updated=now, revision=notice.revision + 1)
    return Merged(after, kinds, tuple(work.changes), work.counted)


class _Merge:
    def __init__(
        self,
        notice: Notice,
        draft: Draft,
        now: datetime,
        today: date,
        missing: dict[str, int],
        elsewhere: Elsewhere,
    ) -> None:
        self.notice, self.draft, self.now, self.today, self.before = notice, draft, now, today, missing
        self.elsewhere = elsewhere
        self.counted: dict[str, int] = {}
        self.kinds: list[RevisionKind] = []
        self.changes: list[str] = []

    def note(self, kind: RevisionKind, sentence: str) -> None:
        self.kinds.append(kind)
        self.changes.append(sentence)

    def mine(self, source_id: str) -> bool:
        """True when the draft speaks for the source a fact came from: only that one can take it back.

        A file that somebody imports is no source: what it leaves out is not thereby gone.
        """
        return source_id == self.draft.source_id and bool(source_id or self.draft.trust is Trust.POSTED)

    def gone(self, fact_id: str, source_id: str) -> bool:
        """Count one more good reading without a fact that came from `source_id`; True when no source states it.

        A fact that this source never showed is not missing here. People's word counts at once.
        """
        here = bool(self.draft.source_id) and fact_id in self.before
        if not (here or self.mine(source_id)):
            return False
        if self.draft.trust is Trust.POSTED:
            return True
        self.counted[fact_id] = min(self.before.get(fact_id, 0) + 1, GOOD_ABSENCES)
        return self.counted[fact_id] >= GOOD_ABSENCES and not self.elsewhere.states(fact_id, source_id)

    def speaks(self, fact_id: str, source_id: str) -> bool:
        """True when the draft may say anew what came from `source_id`: its own source, or one that fell silent."""
        return self.mine(source_id) or self.elsewhere.left_by(source_id, fact_id)

    def shown(self, fact_id: str) -> None:
        """Note that this source shows a fact, so that its absence later counts."""
        if self.draft.source_id:
            self.counted[fact_id] = 0

    # -- requirements

    def requirements(self) -> tuple[Requirement, ...]:
        pairs, added, left = pair_requirements(self.notice.living_requirements, self.draft.requirements)
        out = {r.id: r for r in self.notice.requirements}
        for old, new in pairs:
            if self._another(old, new):
                added.append(new)
                left.append(old)
                continue
            self.shown(old.id)
            out[old.id] = self._requirement(old, new)
        for old in left:
            if self.gone(old.id, old.provenance.source_id):
                out[old.id] = replace(old, gone=True)
                self.note(RevisionKind.RELAXED, wording.dropped(old))
        last = max((int(i[1:]) for i in out), default=0)
        for number, new in enumerate(added, last + 1):
            out[f"r{number}"] = replace(new, id=f"r{number}")
            self.shown(f"r{number}")
            self.note(RevisionKind.STRENGTHENED, wording.added(new))
        return tuple(out.values())

    def _rewords(self, old: Requirement, new: Requirement) -> bool:
        """True when a draft's wording replaces the known one; two sources of one weight would take turns for ever."""
        later = self._same_procedure() and not self._older(old.provenance)
        return _outranks(new.trust, old.trust) or later or self.speaks(old.id, old.provenance.source_id)

    def _another(self, old: Requirement, new: Requirement) -> bool:
        """True when a second source asks for the same in another way: that stands beside, nothing took its place."""
        return old.clause is not new.clause and not self._rewords(old, new) and new.trust is old.trust

    def _requirement(self, old: Requirement, new: Requirement) -> Requirement:
        if not self._rewords(old, new):
            return old
        kept = replace(new, id=old.id, trust=min(old.trust, new.trust, key=_TRUST.index))
        if old.clause is not new.clause:
            up = _CLAUSES.index(new.clause) > _CLAUSES.index(old.clause)
            self.note(RevisionKind.STRENGTHENED if up else RevisionKind.RELAXED, wording.clause_changed(old, new))
        elif old.threshold != new.threshold:
            kind = RevisionKind.EDITORIAL
            if not (old.threshold and new.threshold):
                kind = RevisionKind.STRENGTHENED if old.threshold else RevisionKind.RELAXED
            self.note(kind, wording.threshold_changed(old, new))
        elif normalise(old.quote) != normalise(new.quote) or normalise(old.text) != normalise(new.text):
            self.note(RevisionKind.EDITORIAL, "Wording changed.")
        elif (old.trigger, old.evidence, old.laws, old.cites) != (new.trigger, new.evidence, new.laws, new.cites):
            self.note(RevisionKind.TECHNICAL, "Details read anew.")
        elif self.elsewhere.left_by(old.provenance.source_id, old.id):
            self.note(RevisionKind.TECHNICAL, "Stated by another page now.")
        else:
            return old
        return kept

    # -- milestones

    def milestones(self) -> tuple[Milestone, ...]:
        old_living = self.notice.living_milestones
        pairs, added, left = pair_milestones(old_living, self.draft.milestones)
        out = {m.id: m for m in self.notice.milestones}
        for old, new in pairs:
            self.shown(old.id)
            out[old.id] = self._milestone(old, new)
        for old in left:
            past = old.when.last < self.today and not old.recurs
            if not past and self.gone(old.id, old.provenance.source_id):
                out[old.id] = self._changed(old, status=MilestoneStatus.CANCELLED)
                self.note(RevisionKind.RELAXED, wording.dropped_date(old))
        number = max((int(i[1:]) for i in out), default=0)
        for new in added:
            if any(m.kind is new.kind and m.when.same(new.when) for m in out.values()):
                continue
            number += 1
            out[f"m{number}"] = replace(new, id=f"m{number}", changed=self.now)
            self.shown(f"m{number}")
            ahead = new.status.living and new.when.last >= self.today
            self.note(RevisionKind.NEW if ahead else RevisionKind.TECHNICAL, wording.added_date(new))
        return tuple(out.values())

    def _changed(self, old: Milestone, **what: Any) -> Milestone:
        return replace(old, sequence=old.sequence + 1, changed=self.now, **what)

    def _milestone(self, old: Milestone, new: Milestone) -> Milestone:
        facts: dict[str, Any] = {
            "provenance": new.provenance,
            "trust": min(old.trust, new.trust, key=_TRUST.index),
            "certainty": new.certainty or old.certainty,
        }
        if new.status is MilestoneStatus.CANCELLED:
            self.note(RevisionKind.RELAXED, wording.dropped_date(old))
            return self._changed(old, status=MilestoneStatus.CANCELLED, **facts)
        if old.recurs and old.recurs == new.recurs and not old.when.same(new.when):
            self.note(RevisionKind.TECHNICAL, "The next turn of a yearly duty.")
            return replace(old, when=new.when)
        if old.when.same(new.when):
            if old.status is MilestoneStatus.EXPECTED and new.status is MilestoneStatus.CONFIRMED:
                self.note(RevisionKind.CONFIRMED, wording.confirmed_date(old))
                return self._changed(old, status=new.status, **facts)
            if self.elsewhere.left_by(old.provenance.source_id, old.id):
                self.note(RevisionKind.TECHNICAL, "Stated by another page now.")
                return replace(old, **facts)
            return old
        if new.when.covers(old.when):
            return old  # the page speaks less exactly of the same date
        if old.when.covers(new.when):
            after = self._changed(old, when=new.when, status=MilestoneStatus.CONFIRMED, **facts)
            self.note(RevisionKind.CONFIRMED, wording.confirmed_date(after))
            return after
        if not self._may_move(old):
            return self._disagree(old, new.when)
        self.note(RevisionKind.MOVED, wording.moved(old, old.when, new.when))
        return self._changed(old, when=new.when, previous=old.when, status=MilestoneStatus.MOVED, **facts)

    def _may_move(self, old: Milestone) -> bool:
        if self._older(old.provenance):
            return False
        stronger = _outranks(self.draft.trust, old.trust)
        return stronger or self._same_procedure() or self.speaks(old.id, old.provenance.source_id)

    def _same_procedure(self) -> bool:
        return bool(self.draft.source_ref) and self.draft.source_ref == self.notice.source_ref

    def _older(self, known: Evidence) -> bool:
        """True for a publication older than the one that a fact came from, read later."""
        before, told = known.published or known.seen, self.draft.published
        return bool(told and before and told < before)

    def _disagree(self, old: Milestone, other: When) -> Milestone:
        if any(o.same(other) for o in old.others):
            return old
        self.note(RevisionKind.TECHNICAL, wording.other_date(old, other))
        return replace(old, others=(*old.others, other))

    # -- the rest

    def stage(self) -> Stage:
        old, new = self.notice.stage, self.draft.stage
        if old is new:
            return old
        if new in _ENDS:
            self.note(_ENDS[new], wording.stage(old, new))
            return new
        posted = self.draft.trust is Trust.POSTED
        backwards = old in _STAGES and _STAGES.index(new) < _STAGES.index(old)
        if backwards and not posted:
            return old  # another page lags behind; what is in force does not become planned again
        self.note(RevisionKind.STAGE, wording.stage(old, new))
        return new

    def texts(self) -> dict[str, Any]:
        """Title, summary and the like, taken only from the source that wrote them or from a stronger one."""
        stronger = _outranks(self.draft.trust, self.notice.trust)
        speaks = self.mine(self.notice.source_id) or self.notice.source_id in self.elsewhere.silent
        if not (self._same_procedure() or speaks or stronger):
            return {}
        names = ("title", "summary", "url", "language", "cpv", "products", "urgent", "documents", "anchor")
        new = {n: getattr(self.draft, n) for n in names if getattr(self.draft, n)}
        changed = {n: v for n, v in new.items() if v != getattr(self.notice, n)}
        if self.draft.source_ref and self.draft.source_ref != self.notice.source_ref:
            changed["source_ref"] = self.draft.source_ref
        if {"title", "summary"} & changed.keys():
            self.note(RevisionKind.EDITORIAL, "Wording of the notice changed.")
        elif changed:
            self.note(RevisionKind.TECHNICAL, "Details read anew.")
        return changed
