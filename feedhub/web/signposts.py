"""Who asks what, by when, on what ground, with what proof, with how much notice. Public pages by subject; read-only."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from flask import Blueprint, render_template
from flask_babel import lazy_gettext as _l

from feedhub.errors import NotFound
from feedhub.horizon import views
from feedhub.hub.shapes import Proof
from feedhub.model import Authority, Filter, Notice
from feedhub.text import fold
from feedhub.web import words
from feedhub.web.context import evidence_label, number, page_of, read_scope, the_hub, value_label
from feedhub.web.pages import authority_names, fixed

bp = Blueprint("signposts", __name__)
#: Dates and notices that a page about an authority or a topic shows at once; sources and authorities on a page.
SHOWN, SOURCES, BODIES = 25, 40, 60


@bp.get("/authorities")
def authorities() -> str:
    """All authorities by country, with what they signpost; found by name and country."""
    listing = read_scope("page", takes=("country", "q"))
    all_of_them = the_hub().authorities()
    found = [v for v in all_of_them if _fits(listing.filter, v.authority)]
    found.sort(key=lambda v: (*_country(v.authority.country), words.alphabetic(v.authority.name)))
    page, pages = page_of(listing, len(found), BODIES)
    shown = groupby(found[(page - 1) * BODIES : page * BODIES], key=lambda v: v.authority.country)
    return render_template(
        "authorities.html",
        listing=listing,
        total=len(found),
        countries=[(country, list(views)) for country, views in shown],
        choices=sorted({v.authority.country for v in all_of_them if v.authority.country}, key=_country),
        page=page,
        pages=pages,
    )


def _fits(f: Filter, a: Authority) -> bool:
    name = fold(a.name)
    return a.country in f.sets.get("country", (a.country,)) and all(word in name for word in fold(f.q).split())


def _country(country: str) -> tuple[bool, str]:
    """By the name of the country in the reader's language; those of none come last."""
    return not country, words.alphabetic(value_label("country", country))


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
    scope = read_scope("page", takes=())
    hub = the_hub()
    page = number(scope, "page", 1, 1, 9999)
    found, pages = hub.proofs(page=page)
    page = min(page, pages)
    accepted = {p.id: p for p in found}
    unasked = hub.taxonomy.evidence if page == 1 else ()
    proofs = [accepted.get(kind) or Proof(kind, 0, ()) for kind in dict.fromkeys([*accepted, *unasked])]
    proofs.sort(key=lambda p: (-p.total, words.alphabetic(evidence_label(p.id))))
    return render_template(
        "evidence.html",
        scope=scope,
        proofs=[(p, _shows(p.id, p.notices)) for p in proofs],
        names=authority_names(),
        page=page,
        pages=pages,
    )


@bp.get("/evidence/<path:kind>")
def proof(kind: str) -> str:
    """One kind of evidence: what it can show, and every notice that accepts it."""
    scope = read_scope("page", takes=())
    found = the_hub().accepting(kind, page=number(scope, "page", 1, 1, 9999))
    shows = _shows(kind, found.notices)
    return render_template("proof.html", scope=scope, kind=kind, topics=shows, page=found, names=authority_names())


def _shows(kind: str, notices: Iterable[Notice]) -> tuple[str, ...]:
    """The topics that a kind of evidence can show: by the taxonomy, or those for which notices accept it."""
    known = the_hub().taxonomy.evidence
    if kind in known and known[kind].topics:
        return tuple(known[kind].topics)
    return tuple(dict.fromkeys(r.topic for n in notices for r in n.living_requirements if kind in r.evidence))


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
        "lead_times.html",
        scope=scope,
        given=given,
        bins=views.distribution(given.days),
        median=hub.median_lead(Filter()),
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
