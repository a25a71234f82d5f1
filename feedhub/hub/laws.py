"""The law calendar: each law of the taxonomy as one draft with all its dates. Pure; never stores, never asks the time."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from urllib.parse import urlsplit

from feedhub.model import (
    Authority,
    AuthorityRef,
    Clause,
    Draft,
    Evidence,
    Milestone,
    MilestoneKind,
    MilestoneStatus,
    Precision,
    Requirement,
    Stage,
    Trust,
    When,
)
from feedhub.taxonomy import Law, LawDate, Taxonomy

#: What a date of a law is: role → kind, and the words that tell it from other dates of that kind.
ROLES: dict[str, tuple[MilestoneKind, str]] = {
    "adopted": (MilestoneKind.ADOPTED, ""),
    "adopted_amendment": (MilestoneKind.ADOPTED, "amendment adopted"),
    "published": (MilestoneKind.PUBLISHED, ""),
    "published_amendment": (MilestoneKind.PUBLISHED, "amendment published"),
    "published_gen10": (MilestoneKind.PUBLISHED, "new generation published"),
    "announced": (MilestoneKind.PUBLISHED, "announced"),
    "proposal": (MilestoneKind.PUBLISHED, "proposal"),
    "proposal_expected": (MilestoneKind.PUBLISHED, "proposal"),
    "amendment_cabinet": (MilestoneKind.PUBLISHED, "amendment bill"),
    "bafa_stops_checks": (MilestoneKind.PUBLISHED, "authority stops checking reports"),
    "consultation_updated": (MilestoneKind.PUBLISHED, "consultation updated"),
    "evaluation_published": (MilestoneKind.PUBLISHED, "evaluation"),
    "guidance_published": (MilestoneKind.PUBLISHED, "guidance"),
    "first_version": (MilestoneKind.PUBLISHED, "first version"),
    "standard_text": (MilestoneKind.PUBLISHED, "standard text"),
    "implementation_agenda": (MilestoneKind.PUBLISHED, "implementation agenda"),
    "study_award_criterion": (MilestoneKind.PUBLISHED, "study"),
    "hearing": (MilestoneKind.REVIEW, "hearing"),
    "consultation_open": (MilestoneKind.CONSULTATION_OPENS, ""),
    "consultation_close": (MilestoneKind.CONSULTATION_CLOSES, ""),
    "guidance_due": (MilestoneKind.COMPLIANCE_DUE, "guidance due"),
    "transposition_deadline": (MilestoneKind.COMPLIANCE_DUE, "transposition into national law"),
    "deadline_member_states": (MilestoneKind.COMPLIANCE_DUE, "deadline for Member States"),
    "recurring_deadline": (MilestoneKind.COMPLIANCE_DUE, "report due"),
    "applies_from": (MilestoneKind.APPLIES_FROM, ""),
    "in_force": (MilestoneKind.APPLIES_FROM, ""),
    "in_force_current": (MilestoneKind.APPLIES_FROM, ""),
    "latest_date": (MilestoneKind.APPLIES_FROM, ""),
    "threshold_1000": (MilestoneKind.APPLIES_FROM, "lower threshold"),
    "amendment_in_force": (MilestoneKind.APPLIES_FROM, "amendment in force"),
    "in_force_amendment": (MilestoneKind.APPLIES_FROM, "amendment in force"),
    "amended_version": (MilestoneKind.APPLIES_FROM, "amended version"),
    "spaser_in_force": (MilestoneKind.APPLIES_FROM, "plans of large buyers"),
    "applies_from_ppn0223": (MilestoneKind.APPLIES_FROM, "predecessor applies"),
    "dfars_rule": (MilestoneKind.APPLIES_FROM, "rule for defence contracts"),
    "factory_contract_proof_gen9": (MilestoneKind.APPLIES_FROM, "proof from factories"),
}
SUPERSEDED = ("superseded", "expected_superseded")
#: Dates on which the law itself begins to bind, as against an amendment or a part of it.
_STARTS = ("applies_from", "in_force", "in_force_current", "latest_date", "factory_contract_proof_gen9")
_ENTRY = ("in_force", "in_force_amendment")
_KNOWN = ("certain", "certain-from-memory")
#: The day by which the law calendar was last compared with its pages.
SEEN = date(2026, 11, 23)
_STRENGTH = (Trust.POSTED, Trust.VERIFIED, Trust.OFFICIAL, Trust.DETECTED)
_YEARLY = re.compile(r"--(\d{2})-(\d{2})")
_AFTER_YEAR = re.compile(r"\+(\d{1,2}) months after FY end")
_SPAN = re.compile(r"(\d{4})(?:-(?:Q([1-4])|(\d{2})(?:-(\d{2}))?))?")


#: What an authority is that is known only by an instrument of this kind; by any other it is a legislator.
_ROLES = {
    "label": "label_owner",
    "contract_instrument": "policy_body",
    "policy_instruction": "policy_body",
    "policy_note": "policy_body",
}


def role_of(taxonomy: Taxonomy, draft: Draft) -> str:
    """What the authority of a draft is, where the catalogue does not say it: by its law, else a public buyer."""
    law = taxonomy.laws.get(draft.anchor) if draft.notice_kind == "law" else None
    return _ROLES.get(law.kind, "legislator") if law else Authority.role


def law_drafts(taxonomy: Taxonomy, today: date) -> list[Draft]:
    """One draft a law, in the order of the taxonomy.

    `today` is a calendar date: it decides the stage, and which turn of a yearly duty comes next.
    """
    return [_draft(taxonomy, law, today) for law in taxonomy.laws.values()]


def _draft(taxonomy: Taxonomy, law: Law, today: date) -> Draft:
    milestones = _milestones(taxonomy, law, today)
    requirements = tuple(_requirement(taxonomy, law, topic) for topic in law.topics)
    facts = [m.trust for m in milestones if m.status.living] + [r.trust for r in requirements]
    limits = f" Threshold: {law.thresholds.rstrip('.')}." if law.thresholds else ""
    return Draft(
        title=law.name,
        authority=AuthorityRef(name=law.authority_name, country=law.country, id=law.authority),
        summary=f"Binds: {law.who}.{limits} {law.relevance} When last seen: {law.status}.",
        notice_kind="law",
        stage=stage_on(law, today),
        source_ref=f"law:{law.id}",
        anchor=law.id,
        url=law.url or next((d.source for d in sorted(law.dates, key=lambda d: not _official(law, d)) if d.source), ""),
        language="en",
        milestones=milestones,
        requirements=requirements,
        trust=max(facts, key=_STRENGTH.index, default=Trust.DETECTED),
    )


def _requirement(taxonomy: Taxonomy, law: Law, topic: str) -> Requirement:
    seen = next((d.source for d in law.dates if d.certainty == "certain" and d.source), "")
    yearly = any(d.role == "recurring_deadline" for d in law.dates) and topic == "modern_slavery_reporting"
    return Requirement(
        topic=topic,
        clause=Clause.POLICY,
        text=f"{taxonomy.label('topic', topic)}: asked by {law.short or law.name} of {law.who[:1].lower()}{law.who[1:]}.",
        trigger="yearly" if yearly else "",
        laws=(law.id,),
        threshold=law.thresholds,
        trust=Trust.VERIFIED if seen else Trust.DETECTED,
        provenance=Evidence(url=law.url or seen, judged_by=("law calendar",), seen=SEEN),
    )


def _milestones(taxonomy: Taxonomy, law: Law, today: date) -> tuple[Milestone, ...]:
    zone = taxonomy.zone(law.country)
    out: list[Milestone] = []
    disputed: dict[tuple[MilestoneKind, str], int] = {}
    for given in sorted(law.dates, key=lambda d: d.certainty != "conflict"):
        made = _milestone(law, given, today, zone)
        key = (made.kind, made.subject)
        if given.certainty == "conflict" and key in disputed:
            out[disputed[key]] = _both(out[disputed[key]], made)
            continue
        if given.certainty == "conflict":
            disputed[key] = len(out)
        out.append(made)
    return tuple(sorted(out, key=lambda m: (m.when.first, m.when.last)))


def _both(one: Milestone, other: Milestone) -> Milestone:
    """Two dates of one milestone: the earlier stands first, so that nobody is ready too late; both notes are kept."""
    first, second = sorted((one, other), key=lambda m: m.when.first)
    notes = (f"{m.note} {m.provenance.url}".strip() for m in (first, second))
    return replace(first, others=(*first.others, second.when, *second.others), note=" · ".join(notes))


def _milestone(law: Law, given: LawDate, today: date, zone: str) -> Milestone:
    gone = given.role in SUPERSEDED
    kind, words = ROLES[given.was if gone else given.role]
    if given.role in _ENTRY and _applies_later(law):
        kind = MilestoneKind.ADOPTED  # in force, yet nobody is bound before it applies
    when, recurs = parse_date(given.date, today, zone)
    certain = given.certainty == "certain"
    status = MilestoneStatus.CONFIRMED if certain else MilestoneStatus.EXPECTED
    trust = Trust.OFFICIAL if _official(law, given) else Trust.VERIFIED
    return Milestone(
        kind=kind,
        when=when,
        subject=given.subject or words,
        status=MilestoneStatus.SUPERSEDED if gone else status,
        code=given.role,
        certainty=given.certainty,
        recurs=recurs,
        trust=trust if certain else Trust.DETECTED,
        provenance=Evidence(url=given.source, judged_by=("law calendar", given.certainty), seen=SEEN),
        note=given.note,
    )


def _applies_later(law: Law) -> bool:
    """True when the law knows a date of application of its own, apart from its entry into force."""
    return any(d.role == "applies_from" and d.certainty in _KNOWN for d in law.dates)


def _official(law: Law, given: LawDate) -> bool:
    """True when the date was seen on the maker's own pages or gazette."""
    host = (urlsplit(given.source).hostname or "").removeprefix("www.")
    return host in law.official_hosts


def parse_date(text: str, today: date, zone: str) -> tuple[When, str]:
    """(when, yearly rule or "") of a date as the law calendar writes it; raises ValueError for anything else.

    Of a yearly duty `when` is the next turn from `today` on. Months after the financial year are counted from
    31 December, the end of most companies' year.
    """
    if yearly := _YEARLY.fullmatch(text):
        return When(_turn(int(yearly[1]), int(yearly[2]), today), zone=zone), text
    if after := _AFTER_YEAR.fullmatch(text):
        month = (int(after[1]) - 1) % 12 + 1
        return When(_turn(month, 31, today), zone=zone), f"+{after[1]}m after financial year"
    span = _SPAN.fullmatch(text)
    if span is None:
        raise ValueError(f"“{text}” is no date of the law calendar")
    year, quarter, month_, day = span.groups()
    if quarter:
        return When(date(int(year), 3 * int(quarter) - 2, 1), Precision.QUARTER, zone=zone), ""
    precision = Precision.DAY if day else Precision.MONTH if month_ else Precision.YEAR
    return When(date(int(year), int(month_ or 1), int(day or 1)), precision, zone=zone), ""


def _turn(month: int, day: int, today: date) -> date:
    """The next such day from `today` on, cut to the length of the month."""
    years: Iterable[int] = (today.year, today.year + 1)
    turns = [date(y, month, min(day, monthrange(y, month)[1])) for y in years]
    return next(t for t in turns if t >= today)


def stage_on(law: Law, today: date) -> Stage:
    """Where a law stands on a day: by the start of its duties, then by its adoption and consultation, else as last seen."""
    dates = [(d, parse_date(d.date, today, "UTC")[0]) for d in law.dates if d.role not in SUPERSEDED]
    later = _applies_later(law)
    starts = [(d, w) for d, w in dates if d.role in _STARTS and not (later and d.role in _ENTRY)]
    if any(w.first <= today and d.certainty in _KNOWN for d, w in starts):
        return Stage.IN_FORCE
    adopted = any(d.role in ("adopted", "published", "in_force") and w.first <= today for d, w in dates)
    opens, closes = _day(dates, "consultation_open"), _day(dates, "consultation_close")
    if opens and not adopted and today < (closes or today):
        return Stage.CONSULTATION if opens <= today else Stage.INTENTION
    if starts and any(w.last >= today for _, w in starts):
        return Stage.ADOPTED if adopted or law.stage == "adopted" else Stage.PLANNED
    return Stage(law.stage)


def _day(dates: Iterable[tuple[LawDate, When]], role: str) -> date | None:
    return next((w.first for d, w in dates if d.role == role), None)
