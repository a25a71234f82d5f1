"""Who asks what, by when, on what ground, with what proof, with how much notice. Public pages by subject; read-only."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from flask import Blueprint, render_template
from flask_babel import lazy_gettext as _l

from feedhub.errors import NotFound
from feedhub.horizon import views
from feedhub.model import Filter, Notice
from feedhub.web.context import evidence_label, read_scope, the_hub
from feedhub.web.pages import authority_names, fixed

bp = Blueprint("signposts", __name__)
_ALL = 1000


@dataclass(frozen=True)
class Proof:
    """One kind of evidence, the topics it proves, and the live notices that accept it."""

    id: str
    label: str
    topics: tuple[str, ...]
    notices: tuple[Notice, ...]


@bp.get("/authorities")
def authorities() -> str:
    """All authorities by country, with what they signpost."""
    read_scope()
    by_country: dict[str, list[object]] = {}
    for view in sorted(the_hub().authorities(), key=lambda v: v.authority.name.casefold()):
        by_country.setdefault(view.authority.country, []).append(view)
    return render_template("authorities.html", countries=dict(sorted(by_country.items())))


@bp.get("/authorities/<authority_id>")
def authority(authority_id: str) -> str:
    """One authority: priorities, dates, notices, sources."""
    hub = the_hub()
    view = hub.authority(authority_id)
    scope = fixed("authority", authority_id)
    entries = hub.agenda(scope.filter, months=36)
    topics = Counter(t for n in view.notices if n.live for t in sorted({r.topic for r in n.living_requirements}))
    return render_template(
        "authority.html",
        view=view,
        authority=view.authority,
        scope=scope,
        months=views.agenda(entries),
        topics=topics.most_common(),
        names={authority_id: view.authority.name},
    )


@bp.get("/topics")
def topics() -> str:
    """All topics with how many live notices speak of each."""
    read_scope()
    hub = the_hub()
    counts = hub.notices(Filter(), per_page=1).facets.get("topic", {})
    return render_template("topics.html", topics=list(hub.taxonomy.topics.values()), counts=counts)


@bp.get("/topics/<topic_id>")
def topic(topic_id: str) -> str:
    """One topic: what it means, who asks it, by when, proven how."""
    hub = the_hub()
    if topic_id not in hub.taxonomy.topics:
        raise NotFound(_l("There is no such topic."))
    scope = fixed("topic", topic_id)
    return render_template(
        "topic.html",
        topic=hub.taxonomy.topics[topic_id],
        laws=hub.taxonomy.laws_for(topic_id),
        scope=scope,
        months=views.agenda(hub.agenda(scope.filter, months=36)),
        page=hub.notices(scope.filter, per_page=100),
        names=authority_names(),
    )


@bp.get("/evidence")
def evidence() -> str:
    """One proof, many requirements."""
    read_scope()
    hub = the_hub()
    accepted: dict[str, dict[str, Notice]] = {}
    proven: dict[str, dict[str, None]] = {}
    for notice in hub.notices(Filter(), per_page=_ALL).notices:
        for requirement in notice.living_requirements:
            for kind in requirement.evidence:
                accepted.setdefault(kind, {})[notice.id] = notice
                proven.setdefault(kind, {})[requirement.topic] = None
    kinds = hub.taxonomy.evidence
    proofs = [
        Proof(k.id, evidence_label(k.id), k.topics, tuple(accepted.get(k.id, {}).values())) for k in kinds.values()
    ]
    proofs += [
        Proof(kind, evidence_label(kind), tuple(proven[kind]), tuple(found.values()))
        for kind, found in accepted.items()
        if kind not in kinds
    ]
    proofs.sort(key=lambda p: (-len(p.notices), p.label.casefold()))
    return render_template("evidence.html", proofs=proofs, names=authority_names())


@bp.get("/laws")
def laws() -> str:
    """The legal bases with their dates, certain or expected, and what replaced what."""
    read_scope()
    hub = the_hub()
    counts = hub.notices(Filter(), per_page=1).facets.get("law", {})
    return render_template("laws.html", laws=list(hub.taxonomy.laws.values()), counts=counts)


@bp.get("/lead-times")
def lead_times() -> str:
    """How much notice is given, against the tender window."""
    read_scope()
    given = sorted(the_hub().lead_times(), key=lambda row: (-row[2], row[0].id))
    days = [row[2] for row in given]
    return render_template("lead_times.html", given=given, bins=views.distribution(days), median=views.median(days))


@bp.get("/sources")
def sources() -> str:
    """What is watched and how that goes."""
    read_scope()
    health = the_hub().source_health()
    health = sorted(
        health, key=lambda h: (not h.failing, h.authority.country, h.authority.name.casefold(), h.source.id)
    )
    return render_template("sources.html", health=health, failing=sum(h.failing for h in health))
