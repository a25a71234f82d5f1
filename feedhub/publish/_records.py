"""Notices and announcements as plain JSON values: the public shape of the API, of JSON Lines and of a notice's .json.

Keys are promises: add freely, never rename. Never holds personal data, never a stored page beyond its quote.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from feedhub.model import Announcement, Authority, Evidence, Instance, Milestone, Notice, Requirement, When
from feedhub.publish import _wording as wording
from feedhub.publish._links import page_url, safe_url
from feedhub.text import clean, clean_lines

_CONTEXT = 2  # neighbouring blocks that may be shown beside a quote (meaning.md, Privacy)


def notice_json(
    notice: Notice,
    authority: Authority | None,
    instance: Instance,
    *,
    lead_days: int | None = None,
    last_confirmed: datetime | None = None,
) -> dict[str, Any]:
    """A notice as JSON values; instants are `YYYY-MM-DDTHH:MM:SSZ`, dates as in `When.iso` beside their precision.

    `last_confirmed` marks it as stale (its source has not been read well for long).
    """
    made: dict[str, Any] = {
        "id": notice.id,
        "uri": instance.tag("notice", notice.id),
        "url": page_url(instance, "notices", notice.id),
        "revision": notice.revision,
        "authority": _authority(notice, authority, instance),
        **_content(notice),
        "first_recorded": wording.stamp(notice.first_recorded),
        "updated": wording.stamp(notice.updated),
        "last_confirmed": _instant(last_confirmed or notice.confirmed),
        "stale": last_confirmed is not None,
        "lead_time_days": lead_days,
        "requirements": [_requirement(r) for r in notice.requirements],
        "milestones": [_milestone(m, notice, instance) for m in notice.milestones],
        "licence": instance.licence,
    }
    tidied: dict[str, Any] = _tidy(made)
    return tidied


def _content(notice: Notice) -> dict[str, Any]:
    return {
        "title": notice.title,
        "summary": notice.summary,
        "language": notice.language,
        "notice_kind": notice.notice_kind,
        "stage": notice.stage.value,
        "trust": notice.trust.value,
        "confidence": round(notice.confidence, 3),
        "live": notice.live,
        "urgent": notice.urgent,
        "source": {"id": notice.source_id, "url": safe_url(notice.url), "anchor": notice.anchor},
        "source_ref": notice.source_ref,
        "superseded_by": notice.superseded_by,
        "cpv": list(notice.cpv),
        "products": list(notice.products),
        "documents": [safe for safe in map(safe_url, notice.documents) if safe],
    }


def announcement_json(value: Announcement, instance: Instance) -> dict[str, Any]:
    """An entry of the log as JSON values, without the notice it froze (that is at `notice_url`)."""
    made: dict[str, Any] = {
        "id": instance.tag("announcement", value.seq),
        "seq": value.seq,
        "instant": wording.stamp(value.instant),
        "kind": value.kind.value,
        "title": value.title,
        "summary": value.summary,
        "language": value.language,
        "changes": list(value.changes),
        "items": list(value.items),
        "notice": value.notice_id,
        "notice_url": page_url(instance, "notices", value.notice_id),
        "revision": value.revision,
        "authority": {"id": value.authority_id, "name": value.authority_name},
        "stage": value.notice.stage.value if value.notice else "",
        "trust": value.notice.trust.value if value.notice else "",
        "lead_time_days": value.lead_days,
        "terms": {name: list(values) for name, values in value.terms.items()},
        "licence": instance.licence,
    }
    tidied: dict[str, Any] = _tidy(made)
    return tidied


def _authority(notice: Notice, authority: Authority | None, instance: Instance) -> dict[str, str]:
    return {
        "id": notice.authority_id,
        "name": authority.name if authority else notice.authority_id,
        "role": authority.role if authority else "",
        "country": notice.country or (authority.country if authority else ""),
        "url": page_url(instance, "authorities", notice.authority_id),
    }


def _requirement(value: Requirement) -> dict[str, Any]:
    return {
        "id": value.id,
        "topic": value.topic,
        "topic_label": wording.topic(value.topic),
        "clause": value.clause.value,
        "text": value.text,
        "quote": value.quote,
        "trigger": value.trigger,
        "threshold": value.threshold,
        "criterion": value.criterion,
        "evidence": list(value.evidence),
        "laws": list(value.laws),
        "cites": list(value.cites),
        "trust": value.trust.value,
        "confidence": round(value.confidence, 3),
        "gone": value.gone,
        "provenance": _evidence(value.provenance),
    }


def _milestone(value: Milestone, notice: Notice, instance: Instance) -> dict[str, Any]:
    return {
        "id": value.id,
        "uid": instance.uid(notice.id, value.id),
        "kind": value.kind.value,
        **_when(value.when),
        "status": value.status.value,
        "subject": value.subject,
        "field": value.code,
        "certainty": value.certainty,
        "recurs": value.recurs,
        "previous": _when(value.previous) if value.previous else None,
        "others": [_when(other) for other in value.others],
        "trust": value.trust.value,
        "note": value.note,
        "sequence": value.sequence,
        "changed": _instant(value.changed),
        "provenance": _evidence(value.provenance),
    }


def _when(value: When) -> dict[str, Any]:
    """`date` is never to be read without `precision`; `last` is the last day of the span."""
    return {
        "date": value.iso,
        "precision": value.precision.value,
        "last": value.last.isoformat(),
        "instant": _instant(value.instant),
        "zone": value.zone,
        "words": wording.when(value),
    }


def _evidence(value: Evidence) -> dict[str, Any]:
    return {
        "source": value.source_id,
        "snapshot": value.snapshot,
        "url": safe_url(value.url),
        "quote": value.quote,
        "context": list(value.context[:_CONTEXT]),
        "judged_by": list(value.judged_by),
        "seen": value.seen.isoformat() if value.seen else None,
    }


def _instant(value: datetime | None) -> str | None:
    return wording.stamp(value) if value else None


def _tidy(value: Any) -> Any:
    """The same values with every text clean: what reaches a reader's screen holds no control or bidi characters."""
    if isinstance(value, str):
        return clean_lines(value) if "\n" in value else clean(value)
    if isinstance(value, dict):
        return {key: _tidy(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_tidy(inner) for inner in value]
    return value
