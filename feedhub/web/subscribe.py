"""Being told without looking: by e-mail, by webhook, and the WebSub hub. Asks, confirms, ends; sends nothing itself.

Links in mails carry their own signed proof, so that one click ends a subscription without a session (RFC 8058).
"""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from feedhub.errors import FeedhubError, InvalidInput
from feedhub.web.context import read_scope, the_hub
from feedhub.web.errors import plain
from feedhub.web.languages import language
from feedhub.web.security import csrf

bp = Blueprint("subscribe", __name__)

_RHYTHMS = (
    ("immediate", _l("At once")),
    ("daily", _l("Once a day, at 8")),
    ("weekly", _l("Once a week, on Monday at 8")),
)


class MailForm(FlaskForm):  # type: ignore[misc]
    """Announcements by e-mail."""

    email = StringField(
        _l("E-mail address"),
        [InputRequired(_l("Write your address.")), Length(max=254)],
        description=_l("You get one mail that asks whether it was you. Every mail has a link that ends it."),
        render_kw={"type": "email", "autocomplete": "email"},
    )
    rhythm = RadioField(_l("How often"), choices=[SelectChoice(v, t) for v, t in _RHYTHMS], default="daily")


class WebhookForm(FlaskForm):  # type: ignore[misc]
    """Announcements for a program."""

    url = StringField(
        _l("Address of your program"),
        [InputRequired(_l("Write the address.")), Length(max=2000)],
        description=_l("It begins with https:// and answers a POST with 2xx."),
        render_kw={"inputmode": "url"},
    )


@bp.get("/subscribe")
def choose() -> str:
    """The two ways for the filter of this page."""
    return _page(MailForm(), WebhookForm())


@bp.post("/subscribe/mail")
def mail() -> ResponseReturnValue:
    """Ask an address for its consent; the answer is the same whatever is known of it."""
    form, scope = MailForm(), read_scope()
    if not form.validate_on_submit():
        return _page(form, WebhookForm(formdata=None)), 400
    try:
        the_hub().ask_mail(form.email.data, scope.news, form.rhythm.data, request.remote_addr or "", language())
    except InvalidInput as error:
        _blame(form, error)
        return _page(form, WebhookForm(formdata=None)), 400
    return render_template("subscribe_done.html", what="mail")


@bp.post("/subscribe/webhook")
def webhook() -> ResponseReturnValue:
    """Make a webhook and show its secret this once."""
    form, scope = WebhookForm(), read_scope()
    if not form.validate_on_submit():
        return _page(MailForm(formdata=None), form), 400
    try:
        made = the_hub().ask_webhook(form.url.data, scope.news, request.remote_addr or "")
    except InvalidInput as error:
        _blame(form, error)
        return _page(MailForm(formdata=None), form), 400
    return render_template("subscribe_done.html", what="webhook", made=made)


@bp.route("/subscribe/confirm/<token>", methods=["GET", "POST"])
def confirm(token: str) -> ResponseReturnValue:
    """A page with a button, because programs that look at mails open links; the button confirms."""
    hub = the_hub()
    if request.method == "POST":
        made = hub.confirm_subscription(token, language())
        return _private(render_template("subscribe_link.html", shown=made, state="confirmed"))
    shown = hub.subscription(token, language())
    return _private(render_template("subscribe_link.html", shown=shown, state="confirm" if shown else "gone"))


@bp.route("/subscribe/end/<token>", methods=["GET", "POST"])
def end(token: str) -> ResponseReturnValue:
    """What a subscription is and how it does, with a button that ends it; a POST ends it at once."""
    hub = the_hub()
    if request.method == "POST":
        hub.unsubscribe(token)
        return _private(render_template("subscribe_link.html", shown=None, state="ended"))
    shown = hub.subscription(token, language())
    return _private(render_template("subscribe_link.html", shown=shown, state="end" if shown else "gone"))


@bp.post("/websub")
def websub() -> Response:
    """The WebSub hub: 202, and the callback is asked; 4xx with a sentence in plain text."""
    try:
        the_hub().ask_websub(request.form.items(multi=True), request.remote_addr or "")
    except FeedhubError as error:
        return plain(error)
    return Response("Accepted; the callback is asked now.\n", status=202, content_type="text/plain; charset=utf-8")


for _view in (confirm, end, websub):
    # Signed links are their own proof, and programs use them without a session; a WebSub callback is asked itself.
    csrf.exempt(_view)


def _page(mail_form: MailForm, webhook_form: WebhookForm) -> str:
    scope = read_scope()
    mails = bool(the_hub().settings.smtp_url)
    return render_template("subscribe.html", scope=scope, mail=mail_form, webhook=webhook_form, mails=mails)


def _blame(form: FlaskForm, error: InvalidInput) -> None:
    for name, sentence in (error.fields or {next(iter(form.data)): str(error)}).items():
        form[name].errors = [*form[name].errors, sentence]


def _private(page: str) -> Response:
    """A page whose address is a proof: never kept, never told to another site."""
    response = Response(page)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
