"""The buyers' desk: post, preview, revise, withdraw. Every verb is the hub's; other authorities' notices do not exist here."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from feedhub.errors import Conflict, InvalidInput, NotFound
from feedhub.hub.shapes import Actor
from feedhub.model import Authority, Notice
from feedhub.web import words
from feedhub.web.context import page_of, read_scope, the_hub
from feedhub.web.forms import MOST, NoticeForm, ReasonForm, values_of
from feedhub.web.guards import actor, require
from feedhub.web.languages import language

bp = Blueprint("desk", __name__, url_prefix="/desk")
bp.before_request(require("buyer"))
PER_PAGE = 50


@bp.get("")
def own() -> str:
    """The authority's own notices."""
    me, hub = actor("buyer"), the_hub()
    scope = read_scope("page", takes=())
    page, pages = page_of(scope, hub.count_own(me), PER_PAGE)
    return render_template(
        "desk.html",
        scope=scope,
        notices=hub.own_notices(me, page=page, per_page=PER_PAGE),
        authority=_authority(me),
        waiting=hub.count_questions(me),
        page=page,
        pages=pages,
    )


@bp.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Write a notice, look at it, publish it; sent twice it is published once."""
    me = actor("buyer")
    authority = _authority(me)
    form = NoticeForm().offer(the_hub().taxonomy)
    if not form.key.data:
        form.key.data = str(uuid.uuid4())
    if request.method == "GET" and authority.languages:
        form.language.data = next((code for code in authority.languages if code == language()), authority.languages[0])
    if request.method == "GET" or _grown(form):
        return _show(form, authority)
    if not form.validate():
        return _show(form, authority, status=400)
    draft = form.draft(authority)
    try:
        if request.form.get("action") != "publish":
            return _show(form, authority, preview=the_hub().preview(me, draft))
        notice = the_hub().post(me, draft, key=form.key.data)
    except InvalidInput as error:
        return _show(form, authority, problem=_said(error), status=400)
    flash(_("Published. Everybody who follows these topics is told."))
    return redirect(f"/notices/{notice.id}", 303)


@bp.route("/<notice_id>/revise", methods=["GET", "POST"])
def revise(notice_id: str) -> ResponseReturnValue:
    """Change a notice; when somebody else did meanwhile, show both and lose nothing."""
    me = actor("buyer")
    authority = _authority(me)
    current = _own_notice(me, notice_id)
    form = _revision_form(current)
    if request.method == "GET" or _grown(form):
        return _show(form, authority, current=current)
    if not form.validate():
        return _show(form, authority, current=current, status=400)
    draft = form.draft(authority, current)
    base = int(form.base_revision.data or 0)
    try:
        if request.form.get("action") != "publish":
            return _show(form, authority, current=current, preview=the_hub().preview(me, draft))
        notice = the_hub().revise(me, notice_id, draft, base_revision=base)
    except InvalidInput as error:
        return _show(form, authority, current=current, problem=_said(error), status=400)
    except Conflict:
        current = _own_notice(me, notice_id)
        form.base_revision.data = str(current.revision)
        return _show(form, authority, current=current, conflict=True, status=409)
    flash(_("The change is published."))
    return redirect(f"/notices/{notice.id}", 303)


@bp.route("/<notice_id>/withdraw", methods=["GET", "POST"])
def withdraw(notice_id: str) -> ResponseReturnValue:
    """Withdraw a notice with a reason; it stays readable, and its readers are told."""
    me = actor("buyer")
    current = _own_notice(me, notice_id)
    form = ReasonForm()
    conflict = False
    if form.validate_on_submit():
        base = int(form.base_revision.data or 0)
        try:
            the_hub().withdraw(me, notice_id, reason=form.reason.data.strip(), base_revision=base)
        except Conflict:
            conflict = True
            current = _own_notice(me, notice_id)
        else:
            flash(_("The notice is withdrawn."))
            return redirect(f"/notices/{notice_id}", 303)
    form.base_revision.data = str(current.revision)
    status = 409 if conflict else 400 if form.errors else 200
    return render_template("withdraw.html", form=form, notice=current, conflict=conflict), status


def _authority(me: Actor) -> Authority:
    found = the_hub().bodies().get(me.authority_id)
    if found is None:
        raise NotFound(_l("Your account is not bound to an authority; ask your administrator."))
    return found


def _own_notice(me: Actor, notice_id: str) -> Notice:
    """Raises NotFound in the reader's language."""
    try:
        return the_hub().own_notice(me, notice_id)
    except NotFound as error:
        raise NotFound(_l("There is no such notice of your authority.")) from error


def _revision_form(current: Notice) -> NoticeForm:
    form = NoticeForm() if request.method == "POST" else NoticeForm(data=values_of(current))
    form.offer(the_hub().taxonomy)
    return form


def _said(error: InvalidInput) -> str:
    return " ".join([str(error), *error.fields.values()])


def _grown(form: NoticeForm) -> bool:
    """Whether one more row was asked for, and given while there is room."""
    action = request.form.get("action", "")
    rows = {"add_requirement": form.requirements, "add_milestone": form.milestones}.get(action)
    if rows is None:
        return False
    if len(rows) < MOST:
        rows.append_entry()
        form.offer(the_hub().taxonomy)
    return True


def _show(
    form: NoticeForm,
    authority: Authority,
    *,
    current: Notice | None = None,
    preview: Notice | None = None,
    problem: str = "",
    conflict: bool = False,
    status: int = 200,
) -> ResponseReturnValue:
    page = render_template(
        "notice_form.html",
        form=form,
        authority=authority,
        current=current,
        preview=preview,
        problem=problem,
        conflict=conflict,
        most=MOST,
        grown=request.form.get("action", "").removeprefix("add_"),
        triggers=[words.TRIGGER[code] for code in words.OFFERED],
    )
    return page, status
