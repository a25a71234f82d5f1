"""The calendar for people: agenda, month, horizon picture. Public and read-only; the machines' one is `/calendar.ics`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from flask import Blueprint, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from markupsafe import Markup

from feedhub.errors import NotFound
from feedhub.horizon import views
from feedhub.horizon.timeline import Heap, timeline
from feedhub.web import words
from feedhub.web.context import Scope, choice, number, page_of, read_scope, the_hub, value_label

if TYPE_CHECKING:
    from feedhub.hub.shapes import Entry

bp = Blueprint("calendar", __name__, url_prefix="/calendar")

ROWS = {"authority": _l("By authority"), "topic": _l("By topic"), "country": _l("By country")}
SPANS = ("24", "12", "36")
#: Months are linked so far back and ahead; robots would walk for ever otherwise. Others answer when asked for.
PAST, AHEAD = 12, 60
#: Dates on a page of the agenda, and rows in a picture.
PER_PAGE, PER_PICTURE = 60, 15
#: What the picture of rows keeps free at its left, in its units.
MARGIN = 10


@bp.get("")
def agenda() -> str:
    """Every date ahead, by month; a year back on request."""
    scope = read_scope("months", "past", "page")
    months = number(scope, "months", 24, 1, 60)
    past = number(scope, "past", 0, 0, 12)
    hub = the_hub()
    first, last = hub.ahead(months, past)
    first, last = scope.filter.since or first, scope.filter.until or last
    page = hub.dates(scope.filter, first, last, page=number(scope, "page", 1, 1, 9999), per_page=PER_PAGE)
    return render_template(
        "agenda.html", scope=scope, months=views.agenda(page.entries), page=page, ahead=months, past=past
    )


@bp.get("/horizon")
def horizon() -> str:
    """Rows of authorities, topics or countries over one to three years."""
    scope = read_scope("months", "rows", "page")
    months = int(choice(scope, "months", SPANS))
    by = choice(scope, "rows", ROWS)
    hub = the_hub()
    held = hub.rows(scope.filter, by, months)
    labels = _row_labels(by, held)
    ordered = sorted(labels, key=lambda v: (held[v][1], labels[v].casefold(), v))
    page, pages = page_of(scope, len(ordered), PER_PICTURE)
    shown = ordered[(page - 1) * PER_PICTURE : page * PER_PICTURE]
    groups = hub.horizon(scope.filter, by, months, shown) if shown else []
    # A date stands in the row of each of its topics, but only where that row shows it by itself.
    placed: dict[tuple[str, str, date], tuple[Entry, list[str]]] = {}
    for group in groups:
        for e in group.entries:
            placed.setdefault((e.notice.id, e.milestone.id, e.day), (e, []))[1].append(group.row)
    line = timeline(
        [e for e, _rows in placed.values()],
        hub.today(),
        months,
        rows={v: labels[v] for v in shown},
        within=lambda e: placed[e.notice.id, e.milestone.id, e.day][1],
        words=_words(by),
        heaps=[(g.row, g.first, g.total - len(g.entries), bool(g.entries)) for g in groups if g.total > len(g.entries)],
    )
    return render_template(
        "timeline.html",
        scope=scope,
        line=line,
        months=months,
        by=by,
        rows=ROWS,
        spans=sorted(SPANS),
        page=page,
        pages=pages,
        query=lambda value: _row_query(scope, by, value),
        at=lambda x: _share(x + MARGIN, line.width + MARGIN),
        share=lambda x: _share(x, line.width + MARGIN),
        told=_told(),
    )


@bp.get("/<int:year>/<int:month>")
def month(year: int, month: int) -> str:
    """One month as a table."""
    if not (1 <= month <= 12 and 2000 <= year <= 2100):
        raise NotFound(_l("The calendar holds months from 2000 to 2100."))
    scope = read_scope()
    found = the_hub().month(year, month, scope.filter)
    grid = views.month_grid(year, month, found.entries, found.more)
    today = the_hub().today()
    return render_template(
        "month.html",
        scope=scope,
        grid=grid,
        spans_more=found.spans_more,
        within=lambda first, last: _agenda(scope, first, last),
        nothing=not found.entries,
        weekdays=words.weekdays(),
        before=grid.before if grid.before >= views.month_start(today, -PAST) else None,
        after=grid.after if grid.after <= views.month_start(today, AHEAD) else None,
    )


def _row_labels(by: str, values: Iterable[str]) -> dict[str, str]:
    if by == "authority":
        known = the_hub().bodies()
        return {v: known[v].name if v in known else v for v in values}
    none = str(_("No topic given") if by == "topic" else _("No country given"))
    return {v: value_label(by, v) if v else none for v in values}


def _agenda(scope: Scope, first: date, last: date) -> str:
    """The list of this selection's dates from one day to another."""
    f = scope.filter
    since, until = max(first, f.since or first), min(last, f.until or last)
    return replace(f, since=since, until=until).address("/calendar")


def _row_query(scope: Scope, by: str, value: str) -> str:
    """The query of this selection within a row of the horizon, with its `?`."""
    f = scope.filter.without(by).with_value(by, value) if value else scope.filter
    return f.address("")


def _share(x: float, width: float) -> Markup:
    return Markup(f"{x * 100 / width:.2f}%")  # noqa: S704 - a number


def _told() -> Callable[[Heap], str]:
    """What a figure of the picture counts; hundreds of them name the same few months."""
    month, colon, more = cache(words.month_text), words.colon(), str(_("%(month)s: %(num)s more"))

    @cache
    def dates(count: int) -> str:
        return str(ngettext("%(num)s date", "%(num)s dates", count)).replace(str(count), words.number(count))

    def told(heap: Heap) -> str:
        when = month(heap.first)
        if heap.more:
            return more % {"month": when, "num": words.number(heap.count)} + ". "
        return f"{when}{colon}{dates(heap.count)}. "

    return told


def _words(by: str) -> Callable[[Entry], str]:
    """What stands beside a mark: its row names the authority, or the words do; the sign tells the kind of date."""

    def text(entry: Entry) -> str:
        first = words.named("milestone", entry.milestone.kind) if by == "authority" else entry.authority.name
        return f"{first}{words.colon()}{entry.notice.title}"

    return text
