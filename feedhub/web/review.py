"""The curators' desk: what waits for judgement, and corrections of what is published. Every verb is the hub's."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedhub.web.context import page_of, read_scope, the_hub
from feedhub.web.forms import EmptyForm, ReasonForm
from feedhub.web.guards import actor, require

bp = Blueprint("review", __name__, url_prefix="/review")
bp.before_request(require("curator", "admin"))
PER_PAGE = 25


@bp.get("")
def queue() -> str:
    """What waits, oldest first."""
    hub, scope = the_hub(), read_scope("page", takes=())
    total = hub.count_review()
    page, pages = page_of(scope, total, PER_PAGE)
    waiting = hub.review_queue(page=page, per_page=PER_PAGE)
    health = hub.source_health([i.source_id for i in waiting if i.source_id])
    return render_template(
        "review.html",
        scope=scope,
        items=waiting,
        titles={h.source.id: f"{h.authority.name}: {h.source.title}" for h in health},
        total=total,
        page=page,
        pages=pages,
        form=EmptyForm(),
    )


@bp.post("/<int:item_id>")
def resolve(item_id: int) -> ResponseReturnValue:
    """Accept or reject one item."""
    decision = request.form.get("decision")
    if decision not in ("accept", "reject"):
        abort(400)
    the_hub().resolve(actor("curator"), item_id, accept=decision == "accept")
    flash(_("Accepted.") if decision == "accept" else _("Rejected."))
    return redirect("/review", 303)


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
