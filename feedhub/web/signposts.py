"""Who asks what, by when, on what ground, with what proof, with how much notice. Public pages by subject; read-only."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, render_template
from flask_babel import lazy_gettext as _l

from feedhub.errors import NotFound
from feedhub.horizon import views
from feedhub.hub.shapes import Proof
from feedhub.model import Filter
from feedhub.web.context import evidence_label, number, read_scope, the_hub, value_label
from feedhub.web.pages import authority_names, fixed

bp = Blueprint("signposts", __name__)
#: Dates and notices that a page about an authority or a topic shows at once, and sources on a page.
SHOWN, SOURCES = 25, 40


@bp.get("/authorities")
def authorities() -> str:
    """All authorities by country, with what they signpost."""
    read_scope(takes=())
    by_country: dict[str, list[object]] = {}
    for view in sorted(the_hub().authorities(), key=lambda v: v.authority.name.casefold()):
        by_country.setdefault(view.authority.country, []).append(view)
    by_country = {
        c: by_country[c] for c in sorted(by_country, key=lambda c: (not c, value_label("country", c).casefold()))
    }
    return render_template("authorities.html", countries=by_country)


@bp.get("/authorities/<authority_id>")
def authority(authority_id: str) -> str:
    """One authority: priorities, dates, notices, sources."""
    hub = the_hub()
    view = hub.authority(authority_id)
    scope = read_scope(fixed=[("authority", authority_id)], takes=())
    dates = hub.dates(scope.filter, *hub.ahead(36), per_page=SHOWN)
    return render_template(
        "authority.html",
        view=view,
        authority=view.authority,
        scope=scope,
        dates=dates,
        months=views.agenda(dates.entries),
        names={authority_id: view.authority.name},
    )


@bp.get("/topics")
def topics() -> str:
    """All topics with how many live notices speak of each."""
    read_scope(takes=())
    hub = the_hub()
    counts = hub.counts(Filter()).get("topic", {})
    return render_template("topics.html", topics=list(hub.taxonomy.topics.values()), counts=counts)


@bp.get("/topics/<topic_id>")
def topic(topic_id: str) -> str:
    """One topic: what it means, who asks it, by when, proven how."""
    hub = the_hub()
    if topic_id not in hub.taxonomy.topics:
        raise NotFound(_l("There is no such topic."))
    scope = fixed("topic", topic_id)
    dates = hub.dates(scope.filter, *hub.ahead(36), per_page=SHOWN)
    return render_template(
        "topic.html",
        topic=hub.taxonomy.topics[topic_id],
        laws=hub.taxonomy.laws_for(topic_id),
        scope=scope,
        dates=dates,
        months=views.agenda(dates.entries),
        page=hub.notices(scope.filter, per_page=SHOWN),
        names=authority_names(),
    )


@bp.get("/evidence")
def evidence() -> str:
    """One proof, many requirements."""
    read_scope(takes=())
    hub = the_hub()
    kinds = hub.taxonomy.evidence
    found, more = hub.proofs()
    accepted = {p.id: p for p in found}
    proofs = []
    for kind in dict.fromkeys([*accepted, *kinds]):
        proof = accepted.get(kind) or Proof(kind, 0, ())
        named = kinds[kind].topics if kind in kinds else ()
        said = (r.topic for n in proof.notices for r in n.living_requirements if kind in r.evidence)
        proofs.append((proof, named or tuple(dict.fromkeys(said))))
    proofs.sort(key=lambda p: (-p[0].total, evidence_label(p[0].id).casefold()))
    return render_template("evidence.html", proofs=proofs, more=more, names=authority_names())


@bp.get("/laws")
def laws() -> str:
    """The legal bases with their dates, certain or expected, and what replaced what."""
    read_scope(takes=())
    hub = the_hub()
    counts = hub.counts(Filter()).get("law", {})
    return render_template("laws.html", laws=list(hub.taxonomy.laws.values()), counts=counts)


@bp.get("/lead-times")
def lead_times() -> str:
    """How much notice is given, against the tender window."""
    scope = read_scope("page", takes=())
    hub = the_hub()
    given = hub.lead_times(page=number(scope, "page", 1, 1, 9999))
    return render_template(
        "lead_times.html", scope=scope, given=given, bins=views.distribution(given.days), median=hub.median_lead()
    )


@bp.get("/lessons")
def lessons() -> str:
    """What buyers learned, newest first."""
    scope = read_scope("page")
    found, page, pages = the_hub().lessons(scope.filter, page=number(scope, "page", 1, 1, 9999))
    base = the_hub().instance.base_url
    feeds = {kind: base + scope.filter.address(f"/feeds/lessons.{kind}") for kind in ("atom", "rss", "json")}
    return render_template("lessons.html", scope=scope, lessons=found, page=page, pages=pages, feeds=feeds)


@bp.get("/sources")
def sources() -> str:
    """What is watched and how that goes."""
    scope = read_scope("page", takes=("authority", "country"))
    found = the_hub().source_page(scope.filter, page=number(scope, "page", 1, 1, 9999), per_page=SOURCES)
    bodies = [(a, list(own)) for a, own in groupby(found.sources, key=lambda h: h.authority)]
    return render_template("sources.html", scope=scope, found=found, bodies=bodies)
