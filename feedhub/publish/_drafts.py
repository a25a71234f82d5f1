"""JSON Lines and CSV read back as drafts: the files that `exchange` writes, and simpler ones made by hand.

Never believes a file's claim of trust: whatever comes back waits as detected until somebody vouches for it here.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from feedhub import taxonomy
from feedhub.errors import InvalidInput
from feedhub.model import (
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
    When,
)
from feedhub.publish._links import safe_url
from feedhub.text import clean, clean_lines

_E = TypeVar("_E", bound=StrEnum)
_LINES = (".jsonl", ".ndjson")


def drafts(body: bytes, name: str) -> list[Draft] | None:
    """The drafts of a JSON Lines or CSV file, None when the file is of another kind.

    `name` is the file's name; its ending decides. Raises InvalidInput naming the line and what is wrong with it.
    """
    lower = name.lower()
    if lower.endswith(_LINES):
        return _from_lines(_decoded(body, name), name)
    if lower.endswith(".csv"):
        return _from_csv(_decoded(body, name), name)
    return None


def _decoded(body: bytes, name: str) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{name}: the file is not UTF-8; save it as UTF-8 and try again.") from error


# -- JSON Lines
def _from_lines(text: str, name: str) -> list[Draft]:
    out: list[Draft] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        place = f"{name}, line {number}"
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InvalidInput(f"{place}: this is not JSON.") from error
        if not isinstance(row, dict):
            raise InvalidInput(f"{place}: a line must be a JSON object with a title.")
        out.append(_draft(row, place))
    return out


def _draft(row: Mapping[str, Any], place: str) -> Draft:
    title = _word(row, "title")
    if not title:
        raise InvalidInput(f"{place}: “title” is missing.")
    source, authority = row.get("source"), row.get("authority")
    url = source.get("url", "") if isinstance(source, Mapping) else row.get("original", "")
    return Draft(
        title=title,
        authority=_authority(authority, row, place),
        summary=clean_lines(str(row.get("summary") or "")),
        notice_kind=_word(row, "notice_kind") or "policy",
        stage=_one(Stage, row.get("stage"), Stage.PLANNED, place, "stage"),
        source_ref=_word(row, "source_ref"),
        url=safe_url(str(url or "")),
        language=_word(row, "language"),
        cpv=_words(row.get("cpv")),
        products=_words(row.get("products")),
        milestones=tuple(_milestone(m, place) for m in _rows(row.get("milestones"), place, "milestones")),
        requirements=tuple(_requirement(r, place) for r in _rows(row.get("requirements"), place, "requirements")),
        urgent=row.get("urgent") is True,
    )


def _authority(value: Any, row: Mapping[str, Any], place: str) -> AuthorityRef:
    if isinstance(value, Mapping):
        found = AuthorityRef(_word(value, "name"), _word(value, "country").upper(), _word(value, "id"))
    else:
        found = AuthorityRef(clean(str(value or "")), _word(row, "country").upper(), _word(row, "authority_id"))
    if not found.name and not found.id:
        raise InvalidInput(f"{place}: “authority” is missing.")
    return found


def _requirement(row: Mapping[str, Any], place: str) -> Requirement:
    topic = _word(row, "topic")
    if topic not in taxonomy.load().topics:
        raise InvalidInput(f"{place}: unknown topic “{topic[:60]}”.")
    provenance = row.get("provenance")
    return Requirement(
        topic=topic,
        clause=_one(Clause, row.get("clause"), Clause.POLICY, place, "clause"),
        text=clean_lines(str(row.get("text") or "")),
        quote=_word(row, "quote"),
        trigger=_word(row, "trigger"),
        evidence=_words(row.get("evidence")),
        laws=_words(row.get("laws")),
        cites=_words(row.get("cites")),
        threshold=_word(row, "threshold"),
        criterion=_word(row, "criterion"),
        provenance=_evidence(provenance if isinstance(provenance, Mapping) else {}),
        gone=row.get("gone") is True,
    )


def _milestone(row: Mapping[str, Any], place: str) -> Milestone:
    provenance = row.get("provenance")
    return Milestone(
        kind=_one(MilestoneKind, row.get("kind"), None, place, "kind"),
        when=_when(row, place),
        subject=_word(row, "subject"),
        status=_one(MilestoneStatus, row.get("status"), MilestoneStatus.EXPECTED, place, "status"),
        code=_word(row, "field"),
        certainty=_word(row, "certainty"),
        recurs=_word(row, "recurs"),
        note=clean_lines(str(row.get("note") or "")),
        provenance=_evidence(provenance if isinstance(provenance, Mapping) else {}),
    )


def _evidence(row: Mapping[str, Any]) -> Evidence:
    return Evidence(url=safe_url(_word(row, "url")), quote=_word(row, "quote"), judged_by=("imported file",))


def _when(row: Mapping[str, Any], place: str) -> When:
    """`date` as `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; without `precision` its length tells it."""
    text = _word(row, "date")
    default = {4: Precision.YEAR, 7: Precision.MONTH}.get(len(text), Precision.DAY)
    precision = _one(Precision, row.get("precision"), default, place, "precision")
    try:
        first = date.fromisoformat(f"{text}-01-01"[:10] if len(text) == 4 else f"{text}-01"[:10])
        instant = datetime.fromisoformat(_word(row, "instant")) if row.get("instant") else None
    except ValueError as error:
        raise InvalidInput(f"{place}: “{text[:40]}” is no date such as 2027-03-01, 2027-03 or 2027.") from error
    if instant is not None and instant.tzinfo is None:
        raise InvalidInput(f"{place}: the instant of {text} has no time zone.")
    if precision is Precision.INSTANT and instant is None:
        precision = Precision.DAY
    return When(first, precision, instant, _word(row, "zone") or "Europe/Brussels")


# -- CSV
def _from_csv(text: str, name: str) -> list[Draft]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    names = reader.fieldnames or ()
    if "title" not in names or not {"authority", "authority_id"} & set(names):
        raise InvalidInput(f"{name}: the first line must name the columns, “title” and “authority” among them.")
    groups: dict[str, tuple[dict[str, str], list[dict[str, str]], str]] = {}
    try:
        for row in reader:
            cells = {k: _meant(v) for k, v in row.items() if isinstance(k, str) and isinstance(v, str)}
            key = cells.get("notice_id") or "\n".join(cells.get(k, "") for k in ("authority_id", "authority", "title"))
            groups.setdefault(key, (cells, [], f"{name}, line {reader.line_num}"))[1].append(cells)
    except csv.Error as error:
        raise InvalidInput(f"{name}, line {reader.line_num}: {error}.") from error
    return [_draft(_as_row(first, rows), place) for first, rows, place in groups.values()]


def _meant(cell: str) -> str:
    """The cell without the apostrophe that keeps spreadsheets from evaluating it."""
    return cell[1:] if cell.startswith("'") and cell[1:].lstrip()[:1] in tuple("=+-@＝＋－＠") else cell


def _as_row(cells: Mapping[str, str], rows: Iterable[Mapping[str, str]]) -> dict[str, Any]:
    """The lines of one notice as the JSON shape of a draft."""
    clauses = _split(cells.get("clauses", "") or cells.get("clause", ""))
    clause = clauses[0] if len(clauses) == 1 else ""
    kinds, evidence = taxonomy.load().evidence, _split(cells.get("evidence", ""))
    requirements = [
        {
            "topic": topic,
            "clause": clause,
            "evidence": [e for e in evidence if e in kinds and topic in kinds[e].topics],
            "laws": _split(cells.get("laws", "")),
            "cites": _split(cells.get("cites", "")),
            "threshold": cells.get("threshold", ""),
            "quote": cells.get("quote", ""),
        }
        for topic in _split(cells.get("topics", "") or cells.get("topic", ""))
    ]
    milestones = [{**row, "kind": row["milestone"]} for row in rows if row.get("milestone")]
    lists = {name: _split(cells.get(name, "")) for name in ("cpv", "products")}
    return {**cells, **lists, "requirements": requirements, "milestones": milestones}


def _split(text: str) -> list[str]:
    return [part for part in (clean(p) for p in text.split(";")) if part]


# -- small
def _word(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return clean(value) if isinstance(value, str) else ""


def _words(value: Any) -> tuple[str, ...]:
    return tuple(clean(v) for v in value if isinstance(v, str) and clean(v)) if isinstance(value, list) else ()


def _rows(value: Any, place: str, name: str) -> list[Mapping[str, Any]]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(v, Mapping) for v in value):
        raise InvalidInput(f"{place}: “{name}” must be a list of objects.")
    return value


def _one(kind: Callable[[str], _E], value: Any, default: _E | None, place: str, name: str) -> _E:
    """The member of a closed list; the default for nothing, InvalidInput for anything unknown."""
    if value in (None, "") and default is not None:
        return default
    try:
        return kind(str(value))
    except ValueError as error:
        raise InvalidInput(f"{place}: unknown {name} “{str(value)[:60]}”.") from error
