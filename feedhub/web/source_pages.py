"""Sources for curators: list, edit, try, suspend, check, stored text. Never decides what a declaration may say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from feedhub.errors import FetchError, InvalidInput, ReadError
from feedhub.hub.looking import Look
from feedhub.hub.shapes import Actor
from feedhub.hub.sources import SourceView
from feedhub.model import PublishPolicy, Signposts, Source, SourceKind
from feedhub.web import words
from feedhub.web.context import number, read_scope, the_hub
from feedhub.web.forms import EmptyForm
from feedhub.web.guards import actor, require

bp = Blueprint("source_pages", __name__, url_prefix="/admin/sources")
bp.before_request(require("curator", "admin"))

PER_PAGE = 100
_POLICIES = {
    "review": _l("A curator looks first"),
    "detected": _l("Publish at once, labelled as found by machine"),
    "official": _l("Publish structured fields of procurement notices at once"),
}
#: Field of the form → key of the declaration, where they differ.
_KEYS = {"select": "read.select", "drop": "read.drop", "at_least": "expect.at_least", "source_id": "id"}


def _signposts() -> list[SelectChoice]:
    return [SelectChoice(s.value, words.named("signposts", s)) for s in Signposts]


class SourceForm(FlaskForm):  # type: ignore[misc]
    """A source as a curator edits it; what the form does not show stays as the files say."""

    source_id = StringField(
        _l("Id"),
        [Length(max=120)],
        description=_l(
            "Begins with the authority's id, small letters, digits and hyphens: se-adda-news. Never changes."
        ),
    )
    title = StringField(_l("Title"), [InputRequired(_l("Give the source a title.")), Length(max=200)])
    kind = SelectField(_l("Kind"), choices=[SelectChoice(k.value, words.SOURCE_KIND[k]) for k in SourceKind])
    url = StringField(_l("Address"), [InputRequired(_l("Write the address.")), Length(max=1000)])
    signposts = SelectField(_l("Used for"), choices=_signposts)
    every = StringField(
        _l("Read every"),
        [InputRequired(_l("Say how often.")), Length(max=8)],
        description=_l("30m, 6h, 24h, 7d."),
        default="24h",
    )
    publish = SelectField(
        _l("What is found"), choices=[SelectChoice(p.value, _POLICIES[p]) for p in PublishPolicy], default="review"
    )
    language = SelectField(_l("Language"), choices=[])
    select = StringField(
        _l("Selector of the main text"),
        [Length(max=300)],
        description=_l("CSS. Leave it out first: feedhub finds the main text by itself on most pages."),
    )
    drop = TextAreaField(_l("Selectors to leave out"), [Length(max=1500)], description=_l("CSS, one a line."))
    at_least = IntegerField(_l("Blocks of text, at least"), [Optional(), NumberRange(0, 10000)], default=1)
    browser = BooleanField(
        _l("Draw the page with a browser"),
        description=_l("Only for pages that scripts fill. Needs feedhub[browser] and Chromium on this machine."),
    )
    notes = TextAreaField(_l("Notes for the next curator"), [Length(max=2000)])

    def offer(self) -> SourceForm:
        """Fill the list of languages; returns itself."""
        self.language.choices = [
            SelectChoice("", _l("The authority's")),
            *(SelectChoice(code, words.language_name(code)) for code in words.WRITTEN),
        ]
        return self

    def row(self, base: dict[str, Any]) -> dict[str, Any]:
        """The row of a declaration these words make, over what stood there before."""
        row = {k: v for k, v in base.items() if k not in ("read", "expect")}
        for name in ("title", "kind", "url", "signposts", "every", "publish", "language", "notes"):
            row[name] = (self[name].data or "").replace("\r\n", "\n").strip()
        drop = [line.strip() for line in (self.drop.data or "").splitlines() if line.strip()]
        row["read"] = {k: v for k, v in {"select": (self.select.data or "").strip(), "drop": drop}.items() if v}
        row["browser"] = bool(self.browser.data)
        row["expect"] = {"at_least": 1 if self.at_least.data is None else self.at_least.data}
        return {k: v for k, v in row.items() if v not in ("", None)}

    def blame(self, problems: dict[str, str]) -> str:
        """Put each problem beside its field; what has no field here is said above."""
        rest = dict(problems)
        for field in self:
            said = rest.pop(_KEYS.get(field.name, field.name), "")
            if said:
                field.errors = [*field.errors, said[:1].upper() + said[1:] + "."]
        return "; ".join(f"{k} {v}" for k, v in rest.items())


class NewSourceForm(SourceForm):
    """A source of any authority."""

    authority_id = SelectField(_l("Authority"), choices=[], validators=[InputRequired(_l("Choose the authority."))])

    def __iter__(self) -> Iterator[Field]:
        """The authority stands first, as on the page."""
        return iter(sorted(super().__iter__(), key=lambda field: field.name != "authority_id"))

    def offer(self) -> NewSourceForm:
        """Fill the lists of languages and authorities; returns itself."""
        super().offer()
        found = sorted(the_hub().bodies().values(), key=lambda a: a.name.casefold())
        pairs = [(a.id, f"{a.name} ({a.id})") for a in found]
        self.authority_id.choices = [SelectChoice(v, n) for v, n in [("", _l("Choose")), *pairs]]
        return self


class SuspendForm(FlaskForm):  # type: ignore[misc]
    """Why a source is not watched."""

    reason = StringField(_l("Reason"), [InputRequired(_l("Say why, for the next person.")), Length(min=3, max=400)])


def _who() -> Actor:
    return actor("curator")


def _values(source: Source) -> dict[str, Any]:
    row = the_hub().source_row(source)
    return {
        "source_id": source.id,
        "title": source.title,
        "kind": source.kind.value,
        "url": source.url,
        "signposts": source.signposts.value,
        "every": row["every"],
        "publish": source.publish.value,
        "language": row.get("language", ""),
        "select": source.select,
        "drop": "\n".join(source.drop),
        "at_least": source.at_least,
        "browser": source.browser,
        "notes": source.notes,
    }


@bp.get("")
def overview() -> str:
    """Every source with its health: what fails first, then what curators edited."""
    hub = the_hub()
    scope = read_scope("page", "q", takes=("authority", "country"))
    edited = {e.source_id: e for e in hub.edited_sources()}
    page = number(scope, "page", 1, 1, 9999)
    said = scope.own.get("q", "").strip()
    found = hub.source_list(scope.filter, said, edited=edited, page=page, per_page=PER_PAGE)
    return render_template("source_list.html", scope=scope, said=said, found=found, edited=edited)


@bp.get("/edited.zip")
def edited() -> ResponseReturnValue:
    """Declaration files of every authority with an edited source, to put into the catalogue."""
    response = Response(the_hub().edited_files(_who()), content_type="application/zip")
    response.headers["Content-Disposition"] = 'attachment; filename="feedhub-sources.zip"'
    return response


@bp.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Declare a source of any authority, after trying it."""
    form = NewSourceForm().offer()
    if request.method == "GET":
        return render_template("source_form.html", form=form, view=None)
    if not form.validate():
        return render_template("source_form.html", form=form, view=None), 400
    base = {"id": (form.source_id.data or "").strip()}
    if request.form.get("do") == "try":
        return _try(form, None)
    try:
        source = the_hub().save_source(_who(), form.authority_id.data, form.row(base), new=True)
    except InvalidInput as error:
        return render_template("source_form.html", form=form, view=None, problem=form.blame(error.fields)), 400
    flash(_("%(source)s is watched from now on.", source=source.id))
    return redirect(f"/admin/sources/{source.id}", 303)


@bp.route("/<source_id>", methods=["GET", "POST"])
def one(source_id: str) -> ResponseReturnValue:
    """One source: how it does, what the files say, and the form."""
    view = the_hub().source_view(_who(), source_id)
    form = SourceForm(data=_values(view.source)).offer()
    if request.method == "GET":
        return _page(form, view)
    if not form.validate():
        return _page(form, view), 400
    if request.form.get("do") == "try":
        return _try(form, view)
    row = form.row(the_hub().source_row(view.source)) | {"id": source_id}
    try:
        the_hub().save_source(_who(), view.source.authority_id, row)
    except InvalidInput as error:
        return _page(form, view, problem=form.blame(error.fields)), 400
    flash(_("Saved. It wins over the files."))
    return redirect(f"/admin/sources/{source_id}", 303)


def _page(form: SourceForm, view: SourceView | None, *, look: Look | None = None, problem: str = "") -> str:
    own = {"button": EmptyForm(), "suspending": SuspendForm(formdata=None)} if view else {}
    return render_template("source_form.html", form=form, view=view, look=look, problem=problem, **own)


def _try(form: SourceForm, view: SourceView | None) -> ResponseReturnValue:
    """Fetch the address twice as the form says; stores nothing."""
    drop = tuple(line.strip() for line in (form.drop.data or "").splitlines() if line.strip())
    language = form.language.data or (view.source.language if view else "")
    try:
        look = the_hub().look_twice(
            form.url.data.strip(),
            select=(form.select.data or "").strip(),
            language=language,
            kind=form.kind.data,
            drop=drop,
            browser=bool(form.browser.data),
        )
    except (FetchError, ReadError) as error:
        return _page(form, view, problem=f"{error}. {error.todo}"), 400
    return _page(form, view, look=look)


@bp.post("/<source_id>/revert")
def revert(source_id: str) -> ResponseReturnValue:
    """The files hold again."""
    the_hub().revert_source(_who(), source_id)
    flash(_("The files hold again."))
    return redirect(f"/admin/sources/{source_id}", 303)


@bp.post("/<source_id>/suspend")
def suspend(source_id: str) -> ResponseReturnValue:
    """Stop watching, with a reason."""
    form = SuspendForm()
    if not form.validate_on_submit():
        view = the_hub().source_view(_who(), source_id)
        own = {"button": EmptyForm(), "suspending": form}
        filled = SourceForm(formdata=None, data=_values(view.source)).offer()
        return render_template("source_form.html", form=filled, view=view, **own), 400
    the_hub().suspend_source(_who(), source_id, form.reason.data)
    flash(_("It is not watched any more; what was published stays."))
    return redirect(f"/admin/sources/{source_id}", 303)


@bp.post("/<source_id>/resume")
def resume(source_id: str) -> ResponseReturnValue:
    """Watch again."""
    the_hub().resume_source(_who(), source_id)
    flash(_("It is watched again."))
    return redirect(f"/admin/sources/{source_id}", 303)


@bp.post("/<source_id>/check")
def check(source_id: str) -> ResponseReturnValue:
    """Read one source now; the same verb as the clock's and the command line's."""
    for result in the_hub().check([source_id], due_only=False):
        flash(result.line())
    return redirect(f"/admin/sources/{source_id}", 303)


@bp.get("/<source_id>/text")
def stored(source_id: str) -> ResponseReturnValue:
    """The text read from the newest stored page, as plain text."""
    try:
        text = the_hub().stored_text(_who(), source_id)
    except ReadError as error:
        text = f"{error}.\n"
    return Response(text, content_type="text/plain; charset=utf-8")
