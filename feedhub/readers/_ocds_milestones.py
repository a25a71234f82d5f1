"""The dates of a merged OCDS release as milestones, each with the path of the field it came from.

Never asks the time: what lies behind and what ahead is for others to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from feedhub.model import Milestone, MilestoneKind, MilestoneStatus, Stage, When
from feedhub.readers._notice_time import dated, stamp
from feedhub.readers._ocds_merge import Release, at, rows, words

_EXPECTED, _FIRM = MilestoneStatus.EXPECTED, MilestoneStatus.CONFIRMED
_CLOSES, _ASKED = MilestoneKind.TENDER_CLOSES, MilestoneKind.CONSULTATION_CLOSES
_TENDER = MilestoneKind.TENDER_EXPECTED
#: Words by which an engagement is one meeting on that day, not a time for answers that ends then.
_EVENT = re.compile(
    r"\b(webinar|supplier day|market day|provider event|open day|meet the buyer|briefing event|information session|"
    r"site visit|industry day)\b",
    re.IGNORECASE,
)
_NOTICE = re.compile(r"\btender|notice\b", re.IGNORECASE)
_END_OF_DAY = "T23:59"


@dataclass(frozen=True)
class Dating:
    """What reading a date needs: the zone of local times, the notice's address, and the list for warnings."""

    zone: str
    url: str
    warnings: list[str]

    def when(self, value: object, field: str, *, whole_days: bool = False) -> When | None:
        """The date of a field; the last minute of a day stands for the day where only the day is meant."""
        return stamp(value, self.zone, self.warnings, field, whole_days=whole_days)

    def milestone(
        self, kind: MilestoneKind, when: When, field: str, status: MilestoneStatus, subject: str = ""
    ) -> Milestone:
        """A milestone with the field as its code; structured fields of a notice are official."""
        return dated(kind, when, field, status, subject, self.url)


def milestones(release: Release, stage: Stage, dating: Dating) -> tuple[Milestone, ...]:
    """Every dated point of the process, each once; a planned notice's tender dates are expected, not firm."""
    found = [
        *_engagement(release, dating),
        *_tender(release, stage, dating),
        *_contract(release, dating),
    ]
    unique: dict[tuple[MilestoneKind, str, When], Milestone] = {}
    for milestone in found:
        unique.setdefault((milestone.kind, milestone.subject, milestone.when), milestone)
    return tuple(unique.values())


def _engagement(release: Release, dating: Dating) -> Iterator[Milestone]:
    for section in ("planning", "tender"):
        for row in rows(release, section, "milestones"):
            field = f"{section}/milestones/dueDate"
            kind = _kind_of(row)
            if kind is None:
                continue
            due = row.get("dueDate")
            day_only = isinstance(due, str) and _END_OF_DAY in due
            when = dating.when(due, field, whole_days=day_only)
            if when:
                yield dating.milestone(kind, when, field, _FIRM if kind is _ASKED else _EXPECTED)


def _kind_of(row: Release) -> MilestoneKind | None:
    if row.get("type") == "engagement":
        said = f"{words(row, 'title')} {words(row, 'description')}"
        return MilestoneKind.MARKET_EVENT if _EVENT.search(said) else _ASKED
    if row.get("type") == "preProcurement" and _NOTICE.search(words(row, "title")):
        return _TENDER
    return None


def _tender(release: Release, stage: Stage, dating: Dating) -> Iterator[Milestone]:
    firm = _EXPECTED if stage in (Stage.PLANNED, Stage.CONSULTATION) else _FIRM
    fields: tuple[tuple[MilestoneKind, tuple[str, ...], MilestoneStatus, str, bool], ...] = (
        (_TENDER, ("communication", "futureNoticeDate"), _EXPECTED, "", True),
        (_CLOSES, ("tenderPeriod", "endDate"), firm, "", False),
        (_CLOSES, ("expressionOfInterestDeadline",), firm, "requests to participate", False),
        (_ASKED, ("enquiryPeriod", "endDate"), firm, "questions about the procurement", False),
        (_TENDER, ("secondStage", "invitationDate"), _EXPECTED, "invitations to tender", True),
    )
    for kind, path, status, subject, whole_days in fields:
        field = "/".join(("tender", *path))
        when = dating.when(at(release, "tender", *path), field, whole_days=whole_days)
        if when:
            yield dating.milestone(kind, when, field, status, subject)
    if stage in (Stage.PLANNED, Stage.CONSULTATION) and not at(release, "tender", "communication", "futureNoticeDate"):
        field = "tender/tenderPeriod/startDate"
        when = dating.when(at(release, "tender", "tenderPeriod", "startDate"), field, whole_days=True)
        if when:
            yield dating.milestone(_TENDER, when, field, _EXPECTED)


def _contract(release: Release, dating: Dating) -> Iterator[Milestone]:
    """Start and end of the contract, from the closest to signature that has any: contracts, awards, lots, tender."""
    places: tuple[tuple[str, Sequence[Release], str], ...] = (
        ("contracts/period", rows(release, "contracts"), "period"),
        ("awards/contractPeriod", rows(release, "awards"), "contractPeriod"),
        ("tender/lots/contractPeriod", rows(release, "tender", "lots"), "contractPeriod"),
        ("tender/contractPeriod", [t] if isinstance(t := release.get("tender"), dict) else [], "contractPeriod"),
    )
    for field, holders, name in places:
        found = [(str(h.get("id") or ""), m) for h in holders for m in _period(h.get(name), field, dating)]
        if found:
            yield from _told_apart(found)
            return


def _period(period: object, field: str, dating: Dating) -> Iterator[Milestone]:
    for key, kind, subject in (
        ("startDate", MilestoneKind.CONTRACT_STARTS, ""),
        ("endDate", MilestoneKind.CONTRACT_ENDS, ""),
        ("maxExtentDate", MilestoneKind.CONTRACT_ENDS, "with every extension"),
    ):
        when = dating.when(at(period, key), f"{field}/{key}", whole_days=True)
        if when and not (key == "maxExtentDate" and at(period, "endDate") == at(period, key)):
            yield dating.milestone(kind, when, f"{field}/{key}", _EXPECTED, subject)


def _told_apart(found: Sequence[tuple[str, Milestone]]) -> Iterator[Milestone]:
    """Milestones of lots or contracts; where one kind has several dates, each names its lot or contract."""
    for name, milestone in found:
        dates = {m.when for _, m in found if (m.kind, m.subject) == (milestone.kind, milestone.subject)}
        label = f"{milestone.subject}, {name}".strip(", ") if len(dates) > 1 and name else milestone.subject
        yield replace(milestone, subject=label)
