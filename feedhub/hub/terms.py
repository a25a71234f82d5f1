"""By which values a notice or an announcement is found. Pure; frozen into the log by the caller."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from feedhub.horizon.leads import lead_time, next_day, turns
from feedhub.model import Announcement, Authority, Filter, Notice, Terms
from feedhub.publish.exchange import is_procurement
from feedhub.store.notices import Dated, Index
from feedhub.taxonomy import Taxonomy
from feedhub.text import fold, pieces

#: Raised when notices are found by something that was not indexed before; `Hub.open` then indexes them again.
INDEX = "3"
#: Terms of no public parameter: adjacent topics are shown only when a filter asks for a topic; what proof is accepted;
#: what came from a procurement notice.
SCOPE, PROOF, PROCUREMENT = "scope", "proof", "procurement"


def terms(notice: Notice, authority: Authority, taxonomy: Taxonomy) -> dict[str, tuple[str, ...]]:
    """Every filter value of a notice; `trust` holds those of all its living facts."""
    living = notice.living_requirements or notice.requirements
    topics = {r.topic for r in living}
    trust = {r.trust.value for r in living} | {m.trust.value for m in notice.living_milestones}
    adjacent = bool(topics) and not any(t in taxonomy.topics and taxonomy.topics[t].core for t in topics)
    adjacent = adjacent or any(law in taxonomy.laws and not taxonomy.laws[law].core for law in _own_law(notice))
    found: dict[str, set[str]] = {
        "authority": {notice.authority_id},
        "country": {notice.country or authority.country},
        "topic": topics,
        "clause": {r.clause.value for r in living},
        "product": set(notice.products),
        "stage": {notice.stage.value},
        "trust": trust or {notice.trust.value},
        "law": {law for r in living for law in r.laws} | _own_law(notice),
        "lang": {notice.language},
        SCOPE: {"adjacent" if adjacent else "core"},
    }
    return {name: tuple(sorted(v for v in values if v)) for name, values in found.items() if any(values)}


def _own_law(notice: Notice) -> set[str]:
    return {notice.source_ref.removeprefix("law:")} if notice.source_ref.startswith("law:") else set()


def union(*many: Terms) -> dict[str, tuple[str, ...]]:
    """All values of several terms: a filter that matched before or after still matches."""
    names = {name for t in many for name in t}
    return {name: tuple(sorted({v for t in many for v in t.get(name, ())})) for name in sorted(names)}


def search_text(notice: Notice, authority: Authority, taxonomy: Taxonomy) -> str:
    """Folded words of a notice for `q`, with a space at both ends."""
    parts = [notice.title, notice.summary, authority.name, notice.source_ref]
    for r in notice.requirements:
        parts += [r.text, r.quote, *r.laws, *r.evidence, r.topic.replace("_", " ")]
        parts.append(taxonomy.label("topic", r.topic))
    return _found_in(" ".join(parts))


def announcement_text(entry: Announcement) -> str:
    """Folded words of a log entry for `q`, with a space at both ends."""
    parts = [entry.title, entry.summary, entry.authority_name, *entry.changes, *entry.items]
    if entry.notice is not None:
        parts += [entry.notice.title, entry.notice.summary]
        parts += [f"{r.text} {r.quote} {r.topic.replace('_', ' ')}" for r in entry.notice.requirements]
    return _found_in(" ".join(parts))


def _found_in(text: str) -> str:
    return f" {fold(text)} "


def index(notice: Notice, authority: Authority, taxonomy: Taxonomy, today: date) -> Index:
    """Everything a notice is found by on a day."""
    lead = lead_time(notice)
    proofs = {e[:200] for r in notice.living_requirements for e in r.evidence}
    return Index(
        terms={
            **terms(notice, authority, taxonomy),
            PROOF: tuple(sorted(proofs)),
            PROCUREMENT: ("yes",) if is_procurement(notice) else (),
        },
        title=_found_in(notice.title),
        search=search_text(notice, authority, taxonomy),
        lead_days=lead.days if lead else None,
        next_day=next_day(notice, today),
        dates=dated(notice, today),
    )


def dated(notice: Notice, today: date) -> tuple[Dated, ...]:
    """Where the dates of a notice stand in calendars on a day."""
    return tuple(Dated(m, turn, when.first, when.last) for m, turn, when in turns(notice, today))


def scoped(f: Filter) -> Filter:
    """The filter with the default scope: adjacent topics only where a topic or law is asked for."""
    if "topic" in f.sets or "law" in f.sets:
        return f
    sets: Mapping[str, tuple[str, ...]] = {**f.sets, SCOPE: ("core",)}
    return Filter(sets, f.q, f.since, f.until, f.lead_days_min)


def words(f: Filter) -> tuple[str, ...]:
    """The pieces of `q`, all of which must occur."""
    return pieces(f.q)
