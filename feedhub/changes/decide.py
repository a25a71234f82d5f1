"""The decision: which draft is which notice, what each changes, and what is missing. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from feedhub.changes.merge import GOOD_ABSENCES, Elsewhere, Merged, merge, withdrawn
from feedhub.model import Draft, Milestone, MilestoneKind, Notice, RevisionKind
from feedhub.text import similarity

#: Similarity from which a draft with the same authority, topic and clause is the same notice …
SAME = 0.6
#: … and from which a curator is asked.
ALIKE = 0.35
#: How alike the same facts in two languages are taken to be: asked about, never merged.
TOLD = 0.5
#: More than this share of a source's live notices gone at once is held, when it has four or more.
MASS_SHARE = 0.30
MASS_LEAST = 4


@dataclass(frozen=True)
class Known:
    """A notice as `decide` must know it.

    `refs` are all its official references, `anchors` its section per source, `absences` the good readings of this
    source without it, and `missing` the same per fact id; `elsewhere` is what its other sources make of it.
    """

    notice: Notice
    refs: frozenset[str] = frozenset()
    anchors: Mapping[str, str] = field(default_factory=dict)
    absences: int = 0
    missing: Mapping[str, int] = field(default_factory=dict)
    elsewhere: Elsewhere = field(default_factory=Elsewhere)


@dataclass(frozen=True)
class Create:
    """A draft that is a notice of its own; `like` are (notice id, similarity) pairs to propose as duplicates."""

    draft: Draft
    like: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Revise:
    """A notice with a new numbered state. `kinds` are in order of importance; `draft` is None for an absence."""

    before: Notice
    after: Notice
    kinds: tuple[RevisionKind, ...]
    changes: tuple[str, ...]
    draft: Draft | None = None
    missing: Mapping[str, int] = field(default_factory=dict)

    @property
    def kind(self) -> RevisionKind:
        """The most important of `kinds`."""
        return self.kinds[0]


@dataclass(frozen=True)
class Seen:
    """A notice shown again without change."""

    notice: Notice
    draft: Draft
    missing: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Absence:
    """A notice that a good reading did not show; `absences` counts this one."""

    notice: Notice
    absences: int


@dataclass(frozen=True)
class Decision:
    """Everything that follows from one good reading (or one post, or one file)."""

    creates: tuple[Create, ...] = ()
    revises: tuple[Revise, ...] = ()
    seen: tuple[Seen, ...] = ()
    absences: tuple[Absence, ...] = ()
    held: tuple[Notice, ...] = ()

    @property
    def changed(self) -> bool:
        """True when anything must be written beyond confirmations."""
        return bool(self.creates or self.revises)


def decide(
    current: Sequence[Known],
    drafts: Sequence[Draft],
    now: datetime,
    *,
    source_id: str = "",
    complete: bool = False,
    today: date | None = None,
) -> Decision:
    """Compare what is known with what was found.

    `complete` says that `drafts` are all that `source_id` shows: notices of that source without a draft are absent.
    `now` is an aware UTC instant; `today` the calendar date to judge "ahead" by (default: its UTC date).
    """
    today = today or now.date()
    matched, unmatched = _match(current, drafts)
    revises: list[Revise] = []
    seen: list[Seen] = []
    for known, draft in matched:
        result: Merged = merge(known.notice, draft, now, today, known.missing, known.elsewhere)
        missing = result.missing or {}
        if result.kinds:
            revises.append(Revise(known.notice, result.after, result.kinds, result.changes, draft, missing))
        else:
            seen.append(Seen(known.notice, draft, missing))
    creates = tuple(Create(d, _alike(current, d)) for d in unmatched)
    absences, held = (), ()  # type: tuple[Absence, ...], tuple[Notice, ...]
    if complete:
        shown = {k.notice.id for k, _ in matched}
        absences, held = _absent([k for k in current if source_id in k.anchors], shown)
    told = {k.notice.id for k in current if k.elsewhere.showing}
    for absence in absences:
        if absence.absences >= GOOD_ABSENCES and absence.notice.id not in told:
            sentence = "The authority's page no longer states it."
            after = withdrawn(absence.notice, now)
            revises.append(Revise(absence.notice, after, (RevisionKind.WITHDRAWN,), (sentence,)))
    return Decision(creates, tuple(revises), tuple(seen), absences, held)


def _absent(own: Sequence[Known], shown: set[str]) -> tuple[tuple[Absence, ...], tuple[Notice, ...]]:
    live = [k for k in own if k.notice.live]
    gone = [k for k in live if k.notice.id not in shown]
    if len(live) >= MASS_LEAST and len(gone) > MASS_SHARE * len(live):
        return (), tuple(k.notice for k in gone)
    return tuple(Absence(k.notice, min(k.absences + 1, GOOD_ABSENCES)) for k in gone), ()


def _match(current: Sequence[Known], drafts: Sequence[Draft]) -> tuple[list[tuple[Known, Draft]], list[Draft]]:
    """Pair drafts with notices: official reference, then source and section, then likeness; best first."""
    ranked: list[tuple[float, int, int]] = []
    for j, draft in enumerate(drafts):
        for i, known in enumerate(current):
            strength = _strength(known, draft)
            if strength > 0:
                ranked.append((strength, i, j))
    ranked.sort(key=lambda t: (-t[0], t[1], t[2]))
    of_draft: dict[int, int] = {}
    taken: set[int] = set()
    for strength, i, j in ranked:
        if j in of_draft or (i in taken and strength < 3):
            continue
        if i in taken and any(of == i and drafts[k].source_ref == drafts[j].source_ref for k, of in of_draft.items()):
            continue
        of_draft[j] = i
        taken.add(i)
    pairs = [(current[i], drafts[j]) for j, i in sorted(of_draft.items())]
    return pairs, [d for j, d in enumerate(drafts) if j not in of_draft]


def _strength(known: Known, draft: Draft) -> float:
    """How surely a draft is this notice: over 3 by reference, over 2 by section, over 1 by likeness, else 0."""
    refs = {r for r in (draft.source_ref, *draft.previous_refs) if r}
    if refs & known.refs and _one_body(known.notice, draft):
        return 3.0 + (draft.source_ref in known.refs)
    if draft.source_ref and known.refs:
        return 0.0  # two procedures with official references of their own are two notices
    if not known.notice.live:
        return 0.0
    like = likeness(known.notice, draft)
    if draft.source_id and known.anchors.get(draft.source_id, None) == draft.anchor and draft.anchor:
        return 2.0 + like
    if known.notice.authority_id == draft.authority.id and _shares(known.notice, draft) and like >= SAME:
        return 1.0 + like
    return 0.0


def _one_body(notice: Notice, draft: Draft) -> bool:
    """False for a reference that two buyers use for two things (found in the wild): it then identifies neither."""
    return notice.authority_id == draft.authority.id or similarity(notice.title, draft.title) >= SAME


def _shares(notice: Notice, draft: Draft) -> bool:
    """True when one requirement has the same topic and clause in both."""
    have = {(r.topic, r.clause) for r in notice.living_requirements}
    return any((r.topic, r.clause) in have for r in draft.requirements)


def likeness(notice: Notice, draft: Draft) -> float:
    """How alike the wording of a notice and a draft is, from 0 to 1: the best of their requirements."""
    return max(
        (
            similarity(a.quote or a.text, b.quote or b.text)
            for a in notice.living_requirements
            for b in draft.requirements
            if a.topic == b.topic
        ),
        default=similarity(notice.title, draft.title) if not draft.requirements else 0.0,
    )


def _alike(current: Sequence[Known], draft: Draft) -> tuple[tuple[str, float], ...]:
    """Notices of the same authority that a curator should compare, best three."""
    scored = [
        (k.notice.id, round(_hint(k.notice, draft), 3))
        for k in current
        if k.notice.live and k.notice.authority_id == draft.authority.id
    ]
    return tuple(sorted((s for s in scored if s[1] >= ALIKE), key=lambda s: (-s[1], s[0]))[:3])


def _hint(notice: Notice, draft: Draft) -> float:
    """How much speaks for one thing told twice: alike words, the same facts in two languages, a plan and its tender."""
    worded = likeness(notice, draft) if _shares(notice, draft) else 0.0
    topics, others = {r.topic for r in notice.living_requirements}, {r.topic for r in draft.requirements}
    if not topics & others:
        return worded
    translated = topics == others and notice.language != draft.language and _same_facts(notice, draft)
    planned = (
        _opens(draft.milestones) and not _opens(notice.milestones) and bool(notice.source_ref and draft.source_ref)
    )
    titled = similarity(notice.title, draft.title) if planned else 0.0
    return max(worded, TOLD if translated else 0.0, titled if titled >= SAME else 0.0)


def _same_facts(notice: Notice, draft: Draft) -> bool:
    """True when both name one date of a kind, or one convention, act or limit: words that no language changes."""
    dates = {(m.kind, m.when.first, m.when.precision) for m in notice.living_milestones}
    cites = {c for r in notice.living_requirements for c in (*r.cites, *r.laws)}
    found = {(m.kind, m.when.first, m.when.precision) for m in draft.milestones if m.status.living}
    return bool(dates & found) or bool(cites & {c for r in draft.requirements for c in (*r.cites, *r.laws)})


def _opens(milestones: Sequence[Milestone]) -> bool:
    return any(m.kind is MilestoneKind.TENDER_CLOSES and m.status.living for m in milestones)
