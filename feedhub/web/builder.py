"""The feed builder: choose, preview, copy. A page for people about addresses for machines; it stores nothing."""

from __future__ import annotations

from flask import Blueprint, render_template

from feedhub.web.context import read_scope, the_hub
from feedhub.web.pages import facets

bp = Blueprint("builder", __name__)


@bp.get("/feeds")
def feeds() -> str:
    """Choose a filter, see what it gives, copy its addresses."""
    scope = read_scope()
    hub = the_hub()
    base = hub.instance.base_url
    return render_template(
        "feeds.html",
        scope=scope,
        facets=facets(scope),
        recent=hub.recent(scope.news, 6),
        yearly=hub.count_announcements(scope.news, days=365),
        dates=hub.count_dates(scope.filter, *hub.ahead(24)),
        state={kind: base + scope.filter.address(f"/feeds/notices.{kind}") for kind in ("atom", "rss", "json")},
        reviewed=reviewed(scope.filter.sets.get("trust", ())),
    )


def reviewed(trust: tuple[str, ...]) -> bool:
    """True when the filter leaves out what only the machine found."""
    return bool(trust) and "detected" not in trust
