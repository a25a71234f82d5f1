"""The curators' desk: what waits for judgement, and corrections of what is published. Every verb is the hub's."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, FieldList, FormField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from feedhub.errors import InvalidInput
from feedhub.hub.reviewing import OTHER_FACTS, Correction
from feedhub.hub.shapes import ReviewItem
from feedhub.model import Clause, Milestone, MilestoneKind, Notice, When
from feedhub.web import words
from feedhub.web.context import page_of, read_scope, the_hub
from feedhub.web.forms import CODE, EmptyForm, ReasonForm, Row, is_date, named, options, parse_when
from feedhub.web.guards import actor, require

bp = Blueprint("review", __name__, url_prefix="/review")
bp.before_request(require("curator", "admin"))
PER_PAGE = 25


class FactForm(Row):
    """A requirement that the machine found."""

    keep = BooleanField(_l("Publish this"))
    topic = SelectField(_l("Topic"))
    clause = SelectField(_l("Where it stands"), choices=lambda: named("clause", (c.value for c in Clause)))


class DateForm(Row):
    """A date that the machine found."""

    keep = BooleanField(_l("Publish this"))
    kind = SelectField(_l("What happens"), choices=lambda: named("milestone", (k.value for k in MilestoneKind)))
    date = StringField(_l("Date"), [InputRequired(_l("Write the date.")), Length(max=20), is_date], render_kw=CODE)


class CorrectionForm(FlaskForm):  # type: ignore[misc]
    """A found draft, fact by fact."""

    title = StringField(_l("Title"), [InputRequired(_l("Give the notice a title.")), Length(max=300)])
    requirements = FieldList(FormField(FactForm))
    milestones = FieldList(FormField(DateForm))

    def offer(self, notice: Notice) -> CorrectionForm:
        """Fill the list of topics; returns itself."""
        known = dict.fromkeys([*the_hub().taxonomy.topics, *(r.topic for r in notice.requirements)])
        topics = sorted(((t, words.named("topic", t)) for t in known), key=lambda pair: pair[1].casefold())
        for row in self.requirements:
            row.form.topic.choices = options(topics)
        return self

    def fits(self, notice: Notice) -> bool:
        """Whether it has a row for each fact; a page read meanwhile may have changed the draft."""
        return (len(self.requirements), len(self.milestones)) == (len(notice.requirements), len(notice.milestones))

    def correction(self, notice: Notice) -> Correction:
        """What a curator says of each fact; a date left as it stood keeps its hour and zone."""
        said = zip((row.form for row in self.milestones), notice.milestones, strict=True)
        return Correction(
            self.title.data,
            tuple(
                (f.topic.data, Clause(f.clause.data)) if f.keep.data else None
                for f in (row.form for row in self.requirements)
            ),
            tuple((MilestoneKind(f.kind.data), _when(f.date.data, m)) if f.keep.data else None for f, m in said),
        )


def _when(typed: str, found: Milestone) -> When:
    return found.when if typed.strip() == words.input_text(found.when) else parse_when(typed, found.when.zone)


def _unchanged(notice: Notice) -> CorrectionForm:
    """The form of a draft as it waits, whatever was sent."""
    values = {
        "title": notice.title,
        "requirements": [{"keep": True, "topic": r.topic, "clause": r.clause.value} for r in notice.requirements],
        "milestones": [
            {"keep": True, "kind": m.kind.value, "date": words.input_text(m.when)} for m in notice.milestones
        ],
    }
    return CorrectionForm(formdata=None, data=values).offer(notice)


def _sources(items: list[ReviewItem]) -> dict[str, str]:
    health = the_hub().source_health([i.source_id for i in items if i.source_id])
    return {h.source.id: h.source.title for h in health}


@bp.get("")
def queue() -> str:
    """What waits: what comes due first stands first."""
    hub, scope = the_hub(), read_scope("page", takes=())
    total = hub.count_review()
    page, pages = page_of(scope, total, PER_PAGE)
    waiting = hub.review_queue(page=page, per_page=PER_PAGE)
    return render_template(
        "review.html",
        scope=scope,
        items=waiting,
        titles=_sources(waiting),
        bodies=hub.bodies(),
        total=total,
        page=page,
        pages=pages,
        form=EmptyForm(),
    )


@bp.get("/<int:item_id>")
def item(item_id: int) -> ResponseReturnValue:
    """One draft, to be corrected fact by fact."""
    found = the_hub().review_item(item_id)
    if not (found.notice and not found.notice.id):
        return redirect(f"/review#w{item_id}")
    return _one(found, _unchanged(found.notice))


def _one(found: ReviewItem, form: CorrectionForm, *, problem: str = "") -> str:
    hub = the_hub()
    body = hub.bodies().get(found.notice.authority_id) if found.notice else None
    return render_template(
        "review_item.html", item=found, form=form, problem=problem, authority=body, titles=_sources([found])
    )


@bp.post("/<int:item_id>")
def resolve(item_id: int) -> ResponseReturnValue:
    """Accept, as it is or corrected, or reject one item; then to the next."""
    decision = request.form.get("decision")
    if decision not in ("accept", "reject"):
        abort(400)
    correction, corrects = None, "title" in request.form
    if corrects and decision == "accept":
        found = the_hub().review_item(item_id)
        if found.notice is None:
            abort(400)
        form = CorrectionForm().offer(found.notice)
        if not form.fits(found.notice):
            return _one(found, _unchanged(found.notice), problem=OTHER_FACTS), 400
        if not form.validate():
            return _one(found, form), 400
        try:
            correction = form.correction(found.notice)
            the_hub().resolve(actor("curator"), item_id, accept=True, correction=correction)
        except InvalidInput as error:
            return _one(found, form, problem=str(error)), 400
    else:
        the_hub().resolve(actor("curator"), item_id, accept=decision == "accept")
    flash(_("Accepted.") if decision == "accept" else _("Rejected."))
    return redirect(_next(one_by_one=corrects), 303)


def _next(*, one_by_one: bool) -> str:
    """Where a curator goes on: the next draft on its own page, or the row that followed in the list."""
    if one_by_one:
        first = next((i for i in the_hub().review_queue(per_page=PER_PAGE) if i.notice and not i.notice.id), None)
        return f"/review/{first.id}" if first else "/review"
    page, then = request.form.get("page", ""), request.form.get("then", "")
    address = f"/review?page={page}" if page.isdecimal() and int(page[:4]) > 1 else "/review"
    return f"{address}#w{then}" if then.isdecimal() else address


@bp.get("/notices/<notice_id>")
def judge(notice_id: str) -> str:
    """Confirm or retract a published notice."""
    return render_template("judge.html", view=the_hub().notice(notice_id), form=ReasonForm())


@bp.post("/notices/<notice_id>/confirm")
def confirm(notice_id: str) -> ResponseReturnValue:
    """A curator has compared the notice with its source."""
    the_hub().confirm(actor("curator"), notice_id)
    flash(_("Confirmed."))
    return redirect(f"/notices/{notice_id}", 303)


@bp.post("/notices/<notice_id>/retract")
def retract(notice_id: str) -> ResponseReturnValue:
    """The authority never said this: correct it, with a reason that readers see."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return render_template("judge.html", view=the_hub().notice(notice_id), form=form), 400
    the_hub().retract(actor("curator"), notice_id, form.reason.data.strip())
    flash(_("Corrected."))
    return redirect(f"/notices/{notice_id}", 303)
