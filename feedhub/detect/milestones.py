"""Dates of signals made into milestones. Never finds a date, never decides what is upcoming."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from feedhub.model import (
    Evidence,
    Milestone,
    MilestoneKind,
    MilestoneStatus,
    Precision,
    Signal,
    SignalDate,
    Stage,
    Trust,
    When,
)

#: What each role of a date becomes; a role that stands here with None is known and is no point of a notice. The last
#: ones are names that labelled passages use (`feedhub evaluate`). The same table stands in docs/detecting.md.
KINDS: Mapping[str, MilestoneKind | None] = {
    "applies_from": MilestoneKind.APPLIES_FROM,
    "in_force": MilestoneKind.APPLIES_FROM,
    "deadline": MilestoneKind.COMPLIANCE_DUE,
    "recurring_deadline": MilestoneKind.COMPLIANCE_DUE,
    "consultation_close": MilestoneKind.CONSULTATION_CLOSES,
    "consultation_open": MilestoneKind.CONSULTATION_OPENS,
    "event": MilestoneKind.MARKET_EVENT,
    "hearing": MilestoneKind.MARKET_EVENT,
    "tender_deadline": MilestoneKind.TENDER_CLOSES,
    "tender_expected": MilestoneKind.TENDER_EXPECTED,
    "tender_publication": MilestoneKind.TENDER_EXPECTED,
    "contract_start": MilestoneKind.CONTRACT_STARTS,
    "contract_end": MilestoneKind.CONTRACT_ENDS,
    "adopted": MilestoneKind.ADOPTED,
    "review": MilestoneKind.REVIEW,
    "superseded_date": MilestoneKind.APPLIES_FROM,
    "award_expected": None,
    "guidance_due": None,
    "mentioned": None,
    "published": None,
    "trigger": None,
    "adopted_by_cabinet": MilestoneKind.ADOPTED,
    "background_event": None,
    "updated": None,
}
_YEAR = re.compile(r"\d{4}|[./]\d{2}$|['’]\d{2}\b")
_YEARLY = re.compile(r"--\d{2}-\d{2}")
#: Stages at which an authority has bound itself to its dates.
_FIRM = (Stage.ADOPTED, Stage.IN_FORCE, Stage.POSTPONED)


def milestones(
    found: Sequence[tuple[Signal, int]],
    zone: str,
    evidence: Callable[[tuple[Signal, int]], Evidence],
    page_date: date | None = None,
    published: date | None = None,
) -> tuple[Milestone, ...]:
    """The milestones that the dates of signals name, each once, in the order of the text.

    `zone` is an IANA name; a yearly rule is placed on its first day from `page_date` on. A date that names no year
    ("in six months") counts only in a document that was `published` on a day: else it would move with every reading.
    """
    out: dict[tuple[MilestoneKind, str], Milestone] = {}
    for signal, index in found:
        for told in signal.dates:
            if not _lasting(told, published):
                continue
            made = _milestone(told, signal, zone, page_date)
            if made is not None:
                key = (made.kind, made.recurs or made.when.iso)
                out.setdefault(key, _proved(made, evidence((signal, index))))
    return tuple(out.values())


def _lasting(told: SignalDate, published: date | None) -> bool:
    """False for "today", and for what has another value at every reading of a page without a day."""
    named = bool(_YEAR.search(told.text) or _YEARLY.fullmatch(told.why))
    return named or (published is not None and any(c.isdigit() for c in told.text))


def _milestone(told: SignalDate, signal: Signal, zone: str, page_date: date | None) -> Milestone | None:
    kind = KINDS.get(told.role)
    if kind is not None and _YEARLY.fullmatch(told.why):
        return Milestone(kind, _next(told.why, zone, page_date), recurs=told.why)
    if kind is None or not told.iso or told.precision is None:
        return None
    when = When(_first(told.iso), told.precision, zone=zone)
    if told.role == "recurring_deadline":
        recurs = f"--{when.first.month:02d}-{when.first.day:02d}" if told.precision is Precision.DAY else ""
        return Milestone(kind, when, recurs=recurs)
    if told.role == "superseded_date":
        return Milestone(kind, when, subject="superseded", status=MilestoneStatus.SUPERSEDED)
    firm = signal.stage in _FIRM and told.precision in (Precision.DAY, Precision.INSTANT)
    return Milestone(kind, when, status=MilestoneStatus.CONFIRMED if firm else MilestoneStatus.EXPECTED)


def _next(rule: str, zone: str, page_date: date | None) -> When:
    """The first occurrence of a yearly rule from a day on; 29 February falls on the 28th of other years."""
    month, day = int(rule[2:4]), int(rule[5:7])
    start = page_date or date(2000, 1, 1)
    for year in (start.year, start.year + 1):
        first = date(year, month, min(day, calendar.monthrange(year, month)[1]))
        if first >= start:
            break
    return When(first, Precision.DAY, zone=zone)


def _first(iso: str) -> date:
    parts = [int(p) for p in iso.split("-")]
    return date(parts[0], parts[1] if len(parts) > 1 else 1, parts[2] if len(parts) > 2 else 1)


def _proved(made: Milestone, proof: Evidence) -> Milestone:
    return Milestone(
        kind=made.kind,
        when=made.when,
        subject=made.subject,
        status=made.status,
        recurs=made.recurs,
        trust=Trust.DETECTED,
        provenance=proof,
    )
