"""The calendar for people: agenda, month, horizon picture. Public and read-only; the machines' one is `/calendar.ics`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from flask import Blueprint, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from feedhub.errors import FilterError, NotFound
from feedhub.horizon import views
from feedhub.text import shorten
from feedhub.web import words
from feedhub.web.context import choice, number, read_scope, the_hub, value_label

if TYPE_CHECKING:
    from feedhub.hub.shapes import Entry

bp = Blueprint("calendar", __name__, url_prefix="/calendar")

ROWS = {"authority": _l("By authority"), "topic": _l("By topic"), "country": _l("By country")}
SPANS = ("24", "12", "36")
#: Months are linked so far back and ahead; robots would walk for ever otherwise. Others answer when asked for.
PAST, AHEAD = 12, 60


@bp.get("")
def agenda() -> str:
    """Every date ahead, by month; a year back on request."""
    scope = read_scope("months", "past")
    months = number(scope, "months", 24, 1, 60)
    past = number(scope, "past", 0, 0, 12)
    entries = the_hub().agenda(scope.filter, months=months, past_months=past)
    return render_template(
        "agenda.html", scope=scope, months=views.agenda(entries), total=len(entries), ahead=months, past=past
    )


@bp.get("/horizon")
def horizon() -> str:
    """Rows of authorities, topics or countries over one to three years."""
    scope = read_scope("months", "rows")
    months = int(choice(scope, "months", SPANS))
    by = choice(scope, "rows", ROWS)
    hub = the_hub()
    entries = hub.agenda(scope.filter, months=months, past_months=1)
    drawn = views.timeline(entries, hub.today(), months, rows=_rows(by), words=_words(by))
    return render_template(
        "timeline.html",
        scope=scope,
        line=drawn,
        entries=entries,
        months=months,
        by=by,
        rows=ROWS,
        spans=sorted(SPANS),
        agenda=views.agenda(entries),
    )


@bp.get("/<int:year>/<int:month>")
def month(year: int, month: int) -> str:
    """One month as a table."""
    if not (1 <= month <= 12 and 2000 <= year <= 2100):
        raise NotFound(_l("The calendar holds months from 2000 to 2100."))
    scope = read_scope()
    grid = views.month_grid(year, month, the_hub().month(year, month, scope.filter))
    today = the_hub().today()
    return render_template(
        "month.html",
        scope=scope,
        grid=grid,
        weekdays=words.weekdays(),
        before=grid.before if grid.before >= views.month_start(today, -PAST) else None,
        after=grid.after if grid.after <= views.month_start(today, AHEAD) else None,
    )


def _rows(by: str) -> Callable[[Entry], Iterable[tuple[str, str]]]:
    def rows(entry: Entry) -> Iterable[tuple[str, str]]:
        if by == "topic":
            topics = dict.fromkeys(r.topic for r in entry.notice.living_requirements)
            return [(t, value_label("topic", t)) for t in topics] or [("", _("No topic given"))]
        if by == "country":
            country = entry.notice.country or entry.authority.country
            return [(country, value_label("country", country) if country else _("No country given"))]
        if by == "authority":
            return [(entry.authority.id, entry.authority.name)]
        raise FilterError(_l("“%(name)s” must be one of: %(known)s.", name="rows", known=", ".join(ROWS)))

    return rows


def _words(by: str) -> Callable[[Entry], str]:
    def text(entry: Entry) -> str:
        what = words.named("milestone", entry.milestone.kind)
        about = entry.notice.title if by == "authority" else f"{entry.authority.name}: {entry.notice.title}"
        return f"{what}: {shorten(about, 34)}"

    return text
