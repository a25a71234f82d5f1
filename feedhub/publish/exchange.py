"""Public data for other programs: JSON Lines, CSV and, for what came from a procurement notice, OCDS releases.

Never decides what is public; never asks the time.
"""

from __future__ import annotations

import csv as _csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from feedhub.model import Clause, Instance, Milestone, MilestoneKind, Notice, Precision, Stage, When
from feedhub.publish import _wording as wording
from feedhub.publish._drafts import drafts
from feedhub.publish._links import safe_url
from feedhub.publish._records import announcement_json, notice_json
from feedhub.text import clean

__all__ = [
    "CONTENT_TYPES",
    "announcement_json",
    "csv",
    "drafts",
    "dumps",
    "is_procurement",
    "jsonl",
    "notice_json",
    "ocds",
    "ocds_release",
]

CONTENT_TYPES: Mapping[str, str] = {
    "jsonl": "application/x-ndjson; charset=utf-8",
    "csv": "text/csv; charset=utf-8; header=present",
    "ocds": "application/json; charset=utf-8",
    "json": "application/json; charset=utf-8",
}
#: Columns of the CSV file in order; a name, once published, keeps its meaning.
COLUMNS = (
    *("notice_id", "url", "authority_id", "authority", "country", "title", "summary", "stage", "trust"),
    *("topics", "clauses", "evidence", "laws", "products", "cpv"),
    *(
        "milestone_id",
        "milestone",
        "subject",
        "date",
        "precision",
        "last_day",
        "instant",
        "zone",
        "status",
        "previous_date",
    ),
    *("milestone_trust", "original", "first_recorded", "updated", "cites", "threshold"),
    *("last_confirmed", "stale", "authority_role"),
)
#: How a notice stands as JSON values (`notice_json`) with what follows from it today.
Shown = Callable[[Notice], Mapping[str, Any]]
_MARK = "\ufeff"  # without it spreadsheet programs read UTF-8 as the machine's old character set
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def dumps(value: Any) -> bytes:
    """JSON values as compact UTF-8; half a character pair from a broken source becomes a question mark."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


# -- JSON Lines
def jsonl(notices: Iterable[Notice], shown: Shown) -> Iterator[bytes]:
    """One notice a line, in the order given."""
    for notice in notices:
        yield dumps(shown(notice)) + b"\n"


# -- CSV
def csv(notices: Iterable[Notice], shown: Shown) -> Iterator[bytes]:
    """A line a milestone (a notice without dates has one line), after a line of names; RFC 4180, UTF-8 with its mark.

    Lists are joined by "; ". A cell that a spreadsheet would take for a formula begins with an apostrophe.
    """
    yield _line(COLUMNS, _MARK)
    for notice in notices:
        common = _notice_cells(notice, shown(notice))
        for milestone in notice.milestones or (None,):
            cells = {**common, **(_milestone_cells(milestone) if milestone else {})}
            yield _line([neutral(cells.get(name, "")) for name in COLUMNS])


def neutral(cell: str) -> str:
    """The cell as text that no spreadsheet evaluates (OWASP, CSV injection; ASVS 5.0.0, 1.2.10)."""
    stripped = cell.lstrip(" \u00a0\u3000'\"")
    return f"'{cell}" if cell.startswith(_FORMULA) or stripped.startswith(_FORMULA) else cell


def _line(cells: Iterable[str], mark: str = "") -> bytes:
    out = io.StringIO(newline="")
    _csv.writer(out, quoting=_csv.QUOTE_ALL, lineterminator="\r\n").writerow(cells)
    return (mark + out.getvalue()).encode("utf-8")


def _notice_cells(notice: Notice, row: Mapping[str, Any]) -> dict[str, str]:
    required = notice.living_requirements
    return {
        "notice_id": row["id"],
        "url": row["url"],
        "authority_id": row["authority"]["id"],
        "authority": row["authority"]["name"],
        "country": row["authority"]["country"],
        "title": row["title"],
        "summary": clean(row["summary"]),
        "stage": row["stage"],
        "trust": row["trust"],
        "topics": _joined(wording.topics(required)),
        "clauses": _joined(r.clause.value for r in required),
        "evidence": _joined(e for r in required for e in r.evidence),
        "laws": _joined(law for r in required for law in r.laws),
        "products": _joined(notice.products),
        "cpv": _joined(notice.cpv),
        "original": row["source"]["url"],
        "first_recorded": row["first_recorded"],
        "updated": row["updated"],
        "cites": _joined(c for r in required for c in r.cites),
        "threshold": _joined(part for r in required for part in r.threshold.split("; ")),
        "last_confirmed": row["last_confirmed"] or "",
        "stale": "yes" if row["stale"] else "no",
        "authority_role": row["authority"]["role"],
    }


def _milestone_cells(value: Milestone) -> dict[str, str]:
    return {
        "milestone_id": value.id,
        "milestone": value.kind.value,
        "subject": clean(value.subject),
        "date": value.when.iso,
        "precision": value.when.precision.value,
        "last_day": value.when.last.isoformat(),
        "instant": wording.stamp(value.when.instant) if value.when.instant else "",
        "zone": value.when.zone,
        "status": value.status.value,
        "previous_date": value.previous.iso if value.previous else "",
        "milestone_trust": value.trust.value,
    }


def _joined(values: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(clean(v) for v in values if v))


# -- OCDS
_PROCUREMENT = re.compile(
    r"ocds-[0-9a-z]{6}-.+"  # an OCID
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?:-\d{2})?"  # BT-04, or BT-701 with its version
    r"|\d{1,8}-20\d\d",  # a TED publication number
    re.IGNORECASE,
)
_SUSTAINABILITY = (
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_sustainability_extension/master/extension.json"
)
_PAGINATION = (
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_pagination_extension/master/extension.json"
)
_STRATEGY = {
    Clause.AWARD_CRITERION: "awardCriteria",
    Clause.CONTRACT_PERFORMANCE_CLAUSE: "contractPerformanceConditions",
    Clause.SELECTION_CRITERION: "selectionCriteria",
    Clause.TECHNICAL_SPECIFICATION: "technicalSpecifications",
}
_HUMAN_RIGHTS = "social.humanRightsInSupplyChains"
_LABOUR = "social.laborRightsPromotion"
#: Topic → goal of the sustainability extension (open code list); other topics say "social".
_GOAL = {
    **dict.fromkeys(("supply_chain_transparency", "hrdd_process", "responsible_minerals"), _HUMAN_RIGHTS),
    **dict.fromkeys(("forced_labour", "state_imposed_forced_labour", "child_labour"), _HUMAN_RIGHTS),
    **dict.fromkeys(("conflict_affected_areas", "modern_slavery_reporting", "grievance_mechanism"), _HUMAN_RIGHTS),
    **dict.fromkeys(("ilo_core_labour_standards", "living_wage", "working_hours"), _LABOUR),
    **dict.fromkeys(("freedom_of_association", "occupational_health_safety", "responsible_recruitment"), _LABOUR),
    "accessibility": "social.accessibility",
    "social_value_employment": "social.disadvantagedEmploymentOpportunities",
}


def is_procurement(notice: Notice) -> bool:
    """True when the notice came from a procurement notice (OCDS or eForms), by its official reference."""
    return _PROCUREMENT.fullmatch(notice.source_ref) is not None


def ocds(
    notices: Iterable[Notice],
    shown: Shown,
    instance: Instance,
    updated: datetime,
    path: str = "/ocds/releases.json",
    links: Mapping[str, str] | None = None,
) -> bytes:
    """An OCDS 1.1 release package of the notices that came from a procurement notice; the others are passed over.

    `updated` (aware) is the instant of the newest change, `path` the canonical path of this document, `links` the
    addresses of the pages beside it (`prev`, `next`: pagination extension).
    """
    package = {
        "uri": instance.url(path),
        "version": "1.1",
        "extensions": [_SUSTAINABILITY, *([_PAGINATION] if links else [])],
        "publishedDate": wording.stamp(updated),
        "publisher": {"name": clean(instance.name), "uri": instance.url("/")},
        "license": instance.licence,
        **({"links": dict(links)} if links else {}),
        "releases": [ocds_release(n, shown(n), instance) for n in notices if is_procurement(n)],
    }
    return dumps(package)


def ocds_release(notice: Notice, row: Mapping[str, Any], instance: Instance) -> dict[str, Any]:
    """One release. The OCID is the buyer's own; a notice that has none gets a tag URI, as feedhub owns no prefix.

    The standard has no word for a stale one: two fields of our own say it, and are there only then.
    """
    ref = clean(notice.source_ref)
    buyer = {"id": row["authority"]["id"], "name": row["authority"]["name"]}
    party: dict[str, Any] = {**buyer, "roles": ["buyer"]}
    if row["authority"]["country"]:
        party["address"] = {"countryName": wording.country(row["authority"]["country"])}
    return {
        "ocid": ref if ref.lower().startswith("ocds-") else instance.tag("procedure", ref),
        "id": f"{notice.id}-{notice.revision}",
        "date": row["updated"],
        "tag": [_tag(notice)],
        "initiationType": "tender",
        **({"language": row["language"]} if row["language"] else {}),
        **({"stale": True, "lastConfirmed": row["last_confirmed"]} if row["stale"] else {}),
        "parties": [party],
        "buyer": buyer,
        "tender": _tender(notice, row, ref),
    }


def _tag(notice: Notice) -> str:
    if notice.stage is Stage.WITHDRAWN:
        return "tenderCancellation"
    return "planning" if notice.stage in (Stage.INTENTION, Stage.PLANNED, Stage.CONSULTATION) else "tender"


def _tender(notice: Notice, row: Mapping[str, Any], ref: str) -> dict[str, Any]:
    status = {"tenderCancellation": "cancelled", "planning": "planned", "tender": "active"}[_tag(notice)]
    tender: dict[str, Any] = {"id": ref, "title": row["title"], "status": status}
    if row["summary"]:
        tender["description"] = row["summary"]
    if notice.cpv:
        tender["items"] = [
            {"id": str(i), "classification": {"scheme": "CPV", "id": clean(code)}}
            for i, code in enumerate(notice.cpv, 1)
        ]
    closes = [m for m in notice.living_milestones if m.kind is MilestoneKind.TENDER_CLOSES and not m.when.is_span]
    if closes:
        tender["tenderPeriod"] = {"endDate": _moment(closes[0].when)}
    tender["milestones"] = [_ocds_milestone(m) for m in notice.milestones]
    documents = [{"id": "original", "documentType": "tenderNotice", "url": safe_url(notice.url)}]
    tender["documents"] = [d for d in documents if d["url"]]
    if notice.living_requirements:
        tender["hasSustainability"] = True
        tender["sustainability"] = _sustainability(notice)
    return {key: value for key, value in tender.items() if value not in ([], "")}


def _sustainability(notice: Notice) -> list[dict[str, Any]]:
    made: dict[str, dict[str, Any]] = {}
    for requirement in notice.living_requirements:
        goal = {"goal": _GOAL.get(requirement.topic, "social"), "description": wording.topic(requirement.topic)}
        entry = made.setdefault(requirement.topic, goal)
        strategy = _STRATEGY.get(requirement.clause)
        if strategy and strategy not in entry.setdefault("strategies", []):
            entry["strategies"].append(strategy)
    return [{key: value for key, value in entry.items() if value} for entry in made.values()]


def _ocds_milestone(value: Milestone) -> dict[str, Any]:
    """A milestone; `dueDate` only where the day is known, as OCDS has no dates of coarser precision."""
    made: dict[str, Any] = {
        "id": value.id,
        "title": wording.milestone(value),
        "type": "engagement" if value.kind is MilestoneKind.MARKET_EVENT else "preProcurement",
        "code": value.kind.value,
        "description": f"{wording.when(value.when)} ({wording.status(value.status)}; {wording.trust(value.trust)})",
        "status": "scheduled" if value.status.living else "notMet",
    }
    if not value.when.is_span:
        made["dueDate"] = _moment(value.when)
    return made


def _moment(value: When) -> str:
    """A date as the instant OCDS wants: the end of the day in the authority's zone, or the instant itself."""
    if value.precision is Precision.INSTANT and value.instant is not None:
        return wording.stamp(value.instant)
    return datetime.combine(value.first, time(23, 59, 59), ZoneInfo(value.zone)).isoformat()
