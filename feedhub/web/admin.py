"""Administration: accounts. Shows a one-time link once, on the page that made it; never a password."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import current_user

from feedhub.errors import InvalidInput, NotFound
from feedhub.web.accounts import add_user, count_users, disable_user, list_users
from feedhub.web.context import Scope, page_of, read_scope, the_hub
from feedhub.web.forms import EmptyForm, UserForm
from feedhub.web.guards import require

bp = Blueprint("admin", __name__, url_prefix="/admin")
bp.before_request(require("admin"))
PER_PAGE = 50


@bp.get("")
def overview() -> str:
    """Accounts."""
    return _page(_form())


@bp.post("/users")
def add() -> ResponseReturnValue:
    """Make an account and show its one-time link."""
    form = _form()
    if not form.validate_on_submit():
        return _page(form), 400
    try:
        link = add_user(the_hub(), form.email.data, form.role.data, form.authority_id.data)
    except InvalidInput as error:
        return _page(form, problem=str(error)), 400
    return _page(_form(blank=True), link=link, invited=form.email.data.strip())


@bp.post("/users/<int:user_id>/disable")
def disable(user_id: int) -> ResponseReturnValue:
    """Stop an account; nobody can stop their own."""
    account = next((a for a in list_users(the_hub()) if a.id == user_id), None)
    if account is None:
        raise NotFound(_l("There is no such account."))
    if account.id == current_user.id:
        flash(_("You cannot disable your own account."))
    else:
        disable_user(the_hub(), account.email)
        flash(_("%(email)s can no longer sign in.", email=account.email))
    return redirect(_scope().here(), 303)


def _scope() -> Scope:
    """The list of accounts as it is asked for, also by an action that leads back to it."""
    return replace(read_scope("page", "q", takes=()), path="/admin")


def _form(*, blank: bool = False) -> UserForm:
    form = UserForm(formdata=None) if blank else UserForm()
    authorities = sorted(the_hub().bodies().values(), key=lambda a: a.name.casefold())
    form.offer((a.id, f"{a.name} ({a.country})") for a in authorities)
    return form


def _page(form: UserForm, *, problem: str = "", link: str = "", invited: str = "") -> str:
    hub, scope = the_hub(), _scope()
    said = scope.own.get("q", "")
    total = count_users(hub, said)
    number, pages = page_of(scope, total, PER_PAGE)
    return render_template(
        "admin.html",
        form=form,
        button=EmptyForm(),
        scope=scope,
        said=said,
        total=total,
        page=number,
        pages=pages,
        users=list_users(hub, said, page=number, per_page=PER_PAGE),
        problem=problem,
        link=link,
        invited=invited,
    )
