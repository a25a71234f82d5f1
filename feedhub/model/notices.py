"""Drafts, notices, revisions and announcements: what is published, and what it grows from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from feedhub.model.dates import When
from feedhub.model.filters import Terms


class Stage(StrEnum):
    """Where a requirement stands on its way into contracts."""

    INTENTION = "intention"
    PLANNED = "planned"
    CONSULTATION = "consultation"
    ADOPTED = "adopted"
    IN_FORCE = "in_force"
    RELAXED = "relaxed"
    POSTPONED = "postponed"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"

    @property
    def living(self) -> bool:
        """True unless withdrawn or superseded."""
        return self not in (Stage.WITHDRAWN, Stage.SUPERSEDED)


class Trust(StrEnum):
    """Who or what vouches for a fact, strongest first."""

    POSTED = "posted"
    VERIFIED = "verified"
    OFFICIAL = "official"
    DETECTED = "detected"


class Clause(StrEnum):
    """The procurement role of a requirement."""

    EXCLUSION_GROUND = "exclusion_ground"
    SELECTION_CRITERION = "selection_criterion"
    TECHNICAL_SPECIFICATION = "technical_specification"
    AWARD_CRITERION = "award_criterion"
    CONTRACT_PERFORMANCE_CLAUSE = "contract_performance_clause"
    POLICY = "policy"


class MilestoneKind(StrEnum):
    """What happens on a date."""

    CONSULTATION_OPENS = "consultation_opens"
    CONSULTATION_CLOSES = "consultation_closes"
    MARKET_EVENT = "market_event"
    TENDER_EXPECTED = "tender_expected"
    TENDER_CLOSES = "tender_closes"
    ADOPTED = "adopted"
    PUBLISHED = "published"
    APPLIES_FROM = "applies_from"
    COMPLIANCE_DUE = "compliance_due"
    CONTRACT_STARTS = "contract_starts"
    CONTRACT_ENDS = "contract_ends"
    REVIEW = "review"


class MilestoneStatus(StrEnum):
    """How firm a date is. `superseded` dates are history and never upcoming; `cancelled` ones stay 90 days."""

    EXPECTED = "expected"
    CONFIRMED = "confirmed"
    MOVED = "moved"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"

    @property
    def living(self) -> bool:
        """True while somebody can still be bound by the date."""
        return self not in (MilestoneStatus.CANCELLED, MilestoneStatus.SUPERSEDED)


class RevisionKind(StrEnum):
    """Closed list of what a revision can be; the order is the order of importance in one announcement."""

    RETRACTED = "retracted"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    MOVED = "moved"
    POSTPONED = "postponed"
    STRENGTHENED = "strengthened"
    STAGE = "stage"
    RELAXED = "relaxed"
    VERIFIED = "verified"
    NEW = "new"
    CONFIRMED = "confirmed"
    EDITORIAL = "editorial"
    TECHNICAL = "technical"

    @property
    def announced(self) -> bool:
        """True when the public log gets an entry."""
        return self not in (RevisionKind.CONFIRMED, RevisionKind.EDITORIAL, RevisionKind.TECHNICAL)


class AnnouncementKind(StrEnum):
    """What an entry of the public log is: the announced revision kinds, and four without a revision."""

    NEW = "new"
    MOVED = "moved"
    STRENGTHENED = "strengthened"
    RELAXED = "relaxed"
    STAGE = "stage"
    VERIFIED = "verified"
    RETRACTED = "retracted"
    WITHDRAWN = "withdrawn"
    POSTPONED = "postponed"
    SUPERSEDED = "superseded"
    REMINDER = "reminder"
    ANSWER = "answer"
    LESSON = "lesson"
    DIGEST = "digest"


@dataclass(frozen=True)
class Evidence:
    """Where a fact comes from and who or what judged it (law 10).

    `seen` is the calendar date on which the page showed it, `published` the one that the document gives itself;
    `judged_by` names a rule, a field or a person's role.
    """

    source_id: str = ""
    snapshot: str = ""
    url: str = ""
    quote: str = ""
    context: tuple[str, ...] = ()
    judged_by: tuple[str, ...] = ()
    seen: date | None = None
    published: date | None = None


@dataclass(frozen=True)
class Requirement:
    """One obligation inside a notice. `id` is "" in a draft; stored ones are `r1`, `r2`, … within their notice.

    `cites` are ids of conventions, and articles and acts in the words of the text.
    """

    topic: str
    clause: Clause = Clause.POLICY
    text: str = ""
    quote: str = ""
    trigger: str = ""
    evidence: tuple[str, ...] = ()
    laws: tuple[str, ...] = ()
    threshold: str = ""
    criterion: str = ""
    cites: tuple[str, ...] = ()
    trust: Trust = Trust.DETECTED
    provenance: Evidence = Evidence()
    confidence: float = 1.0
    gone: bool = False
    id: str = ""


@dataclass(frozen=True)
class Milestone:
    """One dated point of a notice. `id` is "" in a draft; stored ones are `m1`, `m2`, … within their notice.

    `subject` tells two milestones of one kind apart; `code` is the structured field it came from (BT-127 …). `sequence` counts changes of date or status (iCalendar SEQUENCE).
    `recurs` holds a yearly rule `--MM-DD` or `+6m after financial year`; `previous` the date before the last move.
    `others` are dates that other sources give for the same milestone.
    """

    kind: MilestoneKind
    when: When
    subject: str = ""
    status: MilestoneStatus = MilestoneStatus.EXPECTED
    code: str = ""
    certainty: str = ""
    recurs: str = ""
    previous: When | None = None
    others: tuple[When, ...] = ()
    trust: Trust = Trust.DETECTED
    provenance: Evidence = Evidence()
    note: str = ""
    sequence: int = 0
    changed: datetime | None = None
    id: str = ""


@dataclass(frozen=True)
class AuthorityRef:
    """How a draft names its authority: an id of the catalogue where known, else name and country."""

    name: str
    country: str = ""
    id: str = ""


@dataclass(frozen=True)
class Draft:
    """Notice content that nobody has judged yet: from signals, from the buyers' form, or from an imported file.

    `source_ref` is the official reference (ocid, procedure identifier, law number), `previous_refs` those it follows
    from (BT-125). `anchor` names the section of the page. `withdrawn` and `postponed` are what the text itself says.
    """

    title: str
    authority: AuthorityRef
    summary: str = ""
    notice_kind: str = "policy"
    stage: Stage = Stage.PLANNED
    source_ref: str = ""
    previous_refs: tuple[str, ...] = ()
    source_id: str = ""
    anchor: str = ""
    url: str = ""
    language: str = ""
    cpv: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    milestones: tuple[Milestone, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    trust: Trust = Trust.DETECTED
    confidence: float = 1.0
    urgent: bool = False
    documents: tuple[str, ...] = ()
    published: date | None = None


@dataclass(frozen=True)
class Notice:
    """The published record; its `id` never changes. Instants are aware UTC.

    `first_recorded` is the instant feedhub first knew it. `trust` is the weakest among living facts.
    `confirmed` is the last good reading that still showed it.
    """

    id: str
    authority_id: str
    title: str
    first_recorded: datetime
    updated: datetime
    country: str = ""
    summary: str = ""
    notice_kind: str = "policy"
    stage: Stage = Stage.PLANNED
    source_ref: str = ""
    source_id: str = ""
    anchor: str = ""
    url: str = ""
    language: str = ""
    cpv: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    trust: Trust = Trust.DETECTED
    confidence: float = 1.0
    urgent: bool = False
    documents: tuple[str, ...] = ()
    revision: int = 1
    confirmed: datetime | None = None
    superseded_by: str = ""

    @property
    def live(self) -> bool:
        """True unless withdrawn or superseded."""
        return self.stage.living

    @property
    def living_milestones(self) -> tuple[Milestone, ...]:
        """Milestones that can still bind somebody."""
        return tuple(m for m in self.milestones if m.status.living)

    @property
    def living_requirements(self) -> tuple[Requirement, ...]:
        """Requirements that have not gone."""
        return tuple(r for r in self.requirements if not r.gone)

    @property
    def fact_ids(self) -> tuple[str, ...]:
        """Ids of all requirements and milestones, gone ones included."""
        return (*(r.id for r in self.requirements), *(m.id for m in self.milestones))


@dataclass(frozen=True)
class NoticeRef:
    """What tells whether a notice has changed, without reading all of it; the fields are those of `Notice`."""

    id: str
    authority_id: str
    source_id: str
    stage: Stage
    revision: int
    first_recorded: datetime
    updated: datetime
    confirmed: datetime | None = None

    @property
    def live(self) -> bool:
        """True unless withdrawn or superseded."""
        return self.stage.living


@dataclass(frozen=True)
class Revision:
    """One numbered state of a notice, never altered. `changes` are English sentences that name every change."""

    notice: Notice
    number: int
    kind: RevisionKind
    instant: datetime
    changes: tuple[str, ...] = ()
    kinds: tuple[RevisionKind, ...] = ()
    by: str = ""


@dataclass(frozen=True)
class Announcement:
    """One entry of the append-only public log. `seq` grows by one; `instant` is a whole UTC second, strictly increasing.

    `terms` are the filter values of before and after, frozen. `notice` is the state at the time, None for entries
    about no single notice (digest, lesson); `items` are then the lines of the digest.
    """

    seq: int
    instant: datetime
    kind: AnnouncementKind
    title: str
    summary: str = ""
    language: str = "en"
    notice_id: str = ""
    revision: int = 0
    authority_id: str = ""
    authority_name: str = ""
    notice: Notice | None = None
    changes: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    terms: Terms = field(default_factory=dict)
    lead_days: int | None = None
