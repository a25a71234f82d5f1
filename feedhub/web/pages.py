"""The horizon, the notices, and what feedhub says about itself. Public, read-only, the same for everybody."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask_babel import lazy_gettext as _l

from feedhub.horizon import views
from feedhub.model import FILTER_NAMES, Filter
from feedhub.web.context import Scope, choice, known_values, number, read_scope, the_hub, value_label

bp = Blueprint("pages", __name__)

SORTS = {"date": _l("Next date first"), "newest": _l("Newest first"), "lead": _l("Longest notice first")}
#: In the order in which a reseller narrows down.
FACETS = ("topic", "country", "authority", "stage", "trust", "clause", "product", "lang", "law")
SHOWN = 6


@dataclass(frozen=True)
class Choice:
    """One checkbox of a facet."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """One facet: the choices shown at once, and those folded away."""

    name: str
    first: tuple[Choice, ...]
    more: tuple[Choice, ...]

    @property
    def open(self) -> bool:
        """True when something of it is chosen."""
        return any(c.chosen for c in (*self.first, *self.more))


@bp.get("/")
def horizon() -> str:
    """What is coming, by date; what is new."""
    scope = read_scope()
    hub = the_hub()
    months = hub.months(scope.filter)
    shown = [e for m in months for e in m.entries]
    return render_template(
        "horizon.html",
        scope=scope,
        soonest=hub.soonest(scope.filter),
        months=views.agenda(e for m in months[:4] for e in m.entries),
        more={m.first: m.total - len(m.entries) for m in months[:4]},
        total=sum(m.total for m in months),
        strip=views.strip(shown, hub.today(), totals={m.first: m.total for m in months}),
        recent=hub.recent(scope.news, 8),
        median=hub.median_lead(scope.filter),
        authorities=hub.count_bodies(scope.filter),
    )


@bp.get("/notices")
def notices() -> str:
    """Search and filter all notices."""
    scope = read_scope("page", "sort")
    sorts = {"match": _l("Best match first"), **SORTS} if scope.filter.q else SORTS
    sort = choice(scope, "sort", sorts)
    page = the_hub().notices(scope.filter, sort=sort, page=number(scope, "page", 1, 1, 9999), per_page=25)
    return render_template(
        "notices.html",
        scope=scope,
        page=page,
        sort=sort,
        sorts=sorts,
        facets=facets(scope, page.facets),
        authorities=authority_names(),
        today=the_hub().today(),
    )


@bp.get("/notices/<notice_id>")
def notice(notice_id: str) -> str:
    """One notice with everything known about it."""
    read_scope(takes=())
    view = the_hub().notice(notice_id)
    base = f"{the_hub().instance.base_url}/notices/{view.notice.id}"
    living = [m for m in view.notice.milestones if m.status.living]
    history = [m for m in view.notice.milestones if not m.status.living]
    return render_template(
        "notice.html",
        view=view,
        notice=view.notice,
        living=sorted(living, key=lambda m: (m.when.first, m.id)),
        history=sorted(history, key=lambda m: (m.when.first, m.id)),
        alternates={kind: f"{base}.{kind}" for kind in ("atom", "ics", "json")},
    )


@bp.get("/notices/<notice_id>/revisions/<int:number>")
def revision(notice_id: str, number: int) -> str:
    """What one revision changed, word by word."""
    read_scope(takes=())
    return render_template("revision.html", view=the_hub().revision(notice_id, number))


@bp.get("/about")
def about() -> str:
    """What feedhub is and is not."""
    read_scope(takes=())
    return render_template("about.html")


@bp.get("/privacy")
def privacy() -> str:
    """What is kept about people."""
    read_scope(takes=())
    return render_template("privacy.html")


@bp.get("/takedown")
def takedown() -> str:
    """How to have something corrected or removed."""
    read_scope(takes=())
    return render_template("takedown.html")


def authority_names() -> dict[str, str]:
    """Authority id → name."""
    return {a.id: a.name for a in the_hub().bodies().values()}


def facets(scope: Scope, counts: object = None) -> list[Facet]:
    """The facets of a page, most frequent first, chosen ones always shown; without counts, all known values, those of most notices first."""
    found: dict[str, dict[str, int]] = {}
    if isinstance(counts, dict):
        found = {name: dict(values) for name, values in counts.items()}
    else:
        told = the_hub().counts(Filter())
        found = {n: {v: told.get(n, {}).get(v, 0) for v in values} for n, values in known_values().items()}
    out = []
    for name in FACETS:
        chosen = scope.filter.sets.get(name, ())
        values = found.get(name, {}) | {v: found.get(name, {}).get(v, 0) for v in chosen}
        choices = [Choice(v, value_label(name, v), n, v in chosen) for v, n in values.items()]
        choices.sort(key=lambda c: (not c.chosen, -c.count, c.label.casefold()))
        if choices:
            cut = max(SHOWN if counts is not None else SHOWN // 2, len(chosen))
            cut += len(choices) == cut + 1  # a fold for one choice hides more than it saves
            out.append(Facet(name, tuple(choices[:cut]), tuple(choices[cut:])))
    return out


def fixed(name: str, value: str, *own: str) -> Scope:
    """The scope of a page whose address already names one filter value."""
    return read_scope(*own, fixed=[(name, value)], takes=[n for n in FILTER_NAMES if n != name])
