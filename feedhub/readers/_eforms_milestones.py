"""The dates of an eForms notice as milestones, each with the business term it came from.

Never asks the time: what lies behind and what ahead is for others to say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lxml import etree

from feedhub.model import Milestone, MilestoneKind, MilestoneStatus, When
from feedhub.readers._eforms_fields import EXTENSION, PROJECT, first, lots
from feedhub.readers._notice_time import dated, end_of, moment

_PROCESS = "cac:TenderingProcess"
_EXPECTED, _FIRM = MilestoneStatus.EXPECTED, MilestoneStatus.CONFIRMED
_CLOSES, _ASKED = MilestoneKind.TENDER_CLOSES, MilestoneKind.CONSULTATION_CLOSES


@dataclass(frozen=True)
class _DateField:
    """A date with its time, relative to a lot."""

    code: str
    path: str
    kind: MilestoneKind
    status: MilestoneStatus
    subject: str = ""
    end: str = "End"


_LOT_DATES = (
    _DateField("BT-131", f"{_PROCESS}/cac:TenderSubmissionDeadlinePeriod", _CLOSES, _FIRM),
    _DateField(
        "BT-1311", f"{_PROCESS}/cac:ParticipationRequestReceptionPeriod", _CLOSES, _FIRM, "requests to participate"
    ),
    _DateField(
        "BT-630",
        f"{_PROCESS}/{EXTENSION}/efac:InterestExpressionReceptionPeriod",
        _CLOSES,
        _FIRM,
        "expressions of interest",
    ),
    _DateField("BT-800", f"{_PROCESS}/{EXTENSION}/efac:AnswerReceptionPeriod", _ASKED, _FIRM),
    _DateField(
        "BT-13", f"{_PROCESS}/cac:AdditionalInformationRequestPeriod", _ASKED, _FIRM, "questions about the procurement"
    ),
    _DateField(
        "BT-130",
        f"{_PROCESS}/cac:InvitationSubmissionPeriod",
        MilestoneKind.TENDER_EXPECTED,
        _EXPECTED,
        "invitations to tender",
        "Start",
    ),
)


def milestones(root: etree._Element, zone: str, warnings: list[str], *, url: str = "") -> tuple[Milestone, ...]:
    """Every dated point of the notice; equal dates of several lots are one milestone, others name their lot.

    `zone` is the IANA name of the buyer's zone. Impossible dates are left out with a warning.
    """
    found: list[tuple[str, Milestone]] = []
    planned = moment(first(root, "cbc:PlannedDate"), "", zone, warnings, "BT-127")
    if planned:
        found.append(("", dated(MilestoneKind.TENDER_EXPECTED, planned, "BT-127", _EXPECTED, "", url)))
    for name, lot in lots(root):
        found += [(name, m) for m in _of_lot(lot, zone, warnings, url)]
        found += [(name, m) for m in _contract(lot, zone, warnings, url)]
    found += [("", m) for m in _contract(root, zone, warnings, url)]
    return _joined([pair for pair in found if not _repeats(pair, found)], sum(1 for _ in lots(root)))


def _repeats(pair: tuple[str, Milestone], found: Sequence[tuple[str, Milestone]]) -> bool:
    """True for a deadline for interest that only repeats the lot's deadline for tenders, as converters write it."""
    lot, milestone = pair
    return milestone.code in ("BT-630", "BT-1311") and any(
        lot == other_lot and other.code == "BT-131" and other.when.same(milestone.when) for other_lot, other in found
    )


def _of_lot(lot: etree._Element, zone: str, warnings: list[str], url: str) -> Iterator[Milestone]:
    for f in _LOT_DATES:
        day, clock = first(lot, f"{f.path}/cbc:{f.end}Date"), first(lot, f"{f.path}/cbc:{f.end}Time")
        when = moment(day, clock, zone, warnings, f.code) if day else None
        if when:
            yield dated(f.kind, when, f.code, f.status, f.subject, url)


def _contract(element: etree._Element, zone: str, warnings: list[str], url: str) -> Iterator[Milestone]:
    period = f"{PROJECT}/cac:PlannedPeriod"
    start = moment(first(element, f"{period}/cbc:StartDate"), "", zone, warnings, "BT-536")
    end = moment(first(element, f"{period}/cbc:EndDate"), "", zone, warnings, "BT-537")
    if start:
        yield dated(MilestoneKind.CONTRACT_STARTS, start, "BT-536", _EXPECTED, "", url)
    if end:
        yield dated(MilestoneKind.CONTRACT_ENDS, end, "BT-537", _EXPECTED, "", url)
    elif start:
        number = first(element, f"{period}/cbc:DurationMeasure")
        units = element.xpath(
            "string(*[local-name()='ProcurementProject']/*[local-name()='PlannedPeriod']"
            "/*[local-name()='DurationMeasure']/@unitCode)"
        )
        counted = end_of(start.first, int(number), str(units)) if number.isascii() and number.isdigit() else None
        if counted:
            reckoned = dated(MilestoneKind.CONTRACT_ENDS, replace(counted, zone=zone), "BT-36", _EXPECTED, "", url)
            yield replace(reckoned, note="Reckoned from the start (BT-536) and the duration (BT-36).")


def _joined(found: Sequence[tuple[str, Milestone]], lot_count: int) -> tuple[Milestone, ...]:
    """One milestone for each kind and date; a date that only some lots have names them."""
    groups: dict[tuple[MilestoneKind, str, str, When], list[str]] = {}
    kept: dict[tuple[MilestoneKind, str, str, When], Milestone] = {}
    for name, milestone in found:
        key = (milestone.kind, milestone.subject, milestone.code, milestone.when)
        kept.setdefault(key, milestone)
        groups.setdefault(key, []).append(name)
    dates = Counter(key[:3] for key in kept)
    return tuple(
        _named(milestone, groups[key], lot_count) if dates[key[:3]] > 1 else milestone
        for key, milestone in kept.items()
    )


def _named(milestone: Milestone, lot_names: Sequence[str], lot_count: int) -> Milestone:
    names = [n for n in dict.fromkeys(lot_names) if n]
    if not names or len(names) >= lot_count:
        return milestone
    label = ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
    return replace(milestone, subject=f"{milestone.subject}, {label}" if milestone.subject else label)
