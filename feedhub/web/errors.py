"""What is said when something cannot be done: one sentence, the right status, as a page or as plain text."""

from __future__ import annotations

import logging
from http import HTTPStatus

from flask import Flask, Response, current_app, make_response, render_template, request
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import current_user
from flask_wtf.csrf import CSRFError
from markupsafe import escape
from werkzeug.exceptions import HTTPException

from feedhub.errors import Conflict, FeedhubError, Gone, Moved, NotAllowed, NotFound, TooMany, UsageError
from feedhub.web.retold import retold

log = logging.getLogger(__name__)

SENTENCES = {
    400: _l("The address or the form holds something feedhub does not understand."),
    401: _l("Please sign in first."),
    403: _l("Your account may not do this."),
    404: _l("There is nothing at this address."),
    405: _l("This address cannot be used in this way."),
    409: _l("Somebody else changed the same thing first; nothing was written."),
    410: _l("What was here is gone for good."),
    413: _l("That is too much at once; a form may hold up to one megabyte."),
    415: _l("feedhub cannot read content of this kind here."),
    429: _l("Too many attempts; please wait before you try again."),
    500: _l("Something broke on our side. It is written down, and nothing you sent was published."),
    503: _l("feedhub cannot write just now; reading works. Please try again in a few minutes."),
}
TITLES = {
    400: _l("Not understood"),
    401: _l("Sign in"),
    403: _l("Not allowed"),
    404: _l("Not found"),
    405: _l("Not possible"),
    409: _l("Changed meanwhile"),
    410: _l("Gone"),
    413: _l("Too large"),
    429: _l("Please wait"),
    500: _l("Our fault"),
    503: _l("Not just now"),
}


#: Blueprints where people write at length, and fields that hold no words of theirs.
KEPT = ("desk", "answers", "review", "source_pages")
NO_WORDS = ("csrf_token", "action", "do", "decision")


def status_of(error: FeedhubError) -> int:
    """The HTTP status of an error of the house."""
    kinds: tuple[tuple[type[FeedhubError], int], ...] = (
        (TooMany, 429),
        (UsageError, 400),
        (NotFound, 404),
        (NotAllowed, 403),
        (Conflict, 409),
        (Gone, 410),
        (Moved, 301),
    )
    for kind, status in kinds:
        if isinstance(error, kind):
            return status
    return 503


def wants_text() -> bool:
    """Whether the address is read by programs, which get plain text."""
    path = request.path
    return path.startswith(("/feeds/", "/feeds.", "/api/", "/ocds/", "/websub")) or path.endswith(
        (".ics", ".json", ".atom", ".rss", ".opml")
    )


def plain(error: FeedhubError) -> Response:
    """The error as one line of text."""
    response = Response(f"{error}\n", status=status_of(error), content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    if isinstance(error, Moved):
        response.headers["Location"] = error.location
    return response


def answer(status: int, sentence: str | LazyString, **headers: str) -> Response:
    """An error page, or its sentence as plain text for feed addresses.

    A sentence that is no lazy one comes from below the web and is English; the page says so.
    """
    if wants_text():
        response = Response(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8")
    else:
        response = make_response(_page(status, sentence), status)
    response.headers["Cache-Control"] = "no-store"
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = value
    return response


def _page(status: int, sentence: str | LazyString) -> str:
    title = TITLES.get(status) or HTTPStatus(status).phrase
    told = sentence if isinstance(sentence, LazyString) else retold(sentence)
    english, sentence = told is None, told or sentence
    try:
        return render_template("error.html", status=status, title=title, sentence=sentence, english=english)
    except (
        Exception
    ):  # the page about a fault must not fail with it (a database that does not answer, a broken template)
        log.exception("the error page failed")
        return f"<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title><h1>{title}</h1><p>{escape(sentence)}"


def _kept(status: int) -> Response | None:
    """A page that keeps what somebody wrote at a desk and could not send, None where nobody wrote anything.

    Only the buyers' form can be sent again from there, and only to be previewed: who did not mean it loses nothing.
    """
    if request.blueprint not in KEPT or request.method != "POST":
        return None
    words = [(k, v) for k, v in request.form.items(multi=True) if v.strip() and k not in NO_WORDS]
    prose = [w for w in words if " " in w[1] or w[0] == "title"]
    if not prose:
        return None
    again = request.endpoint in ("desk.new", "desk.revise")
    words = [*words, ("action", "preview")] if again else prose
    signed_in = current_user.is_authenticated
    page = render_template("kept.html", title=_("Not sent yet"), words=words, again=again, signed_in=signed_in)
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def register(app: Flask) -> None:
    """Answer every error; the last handler catches what nobody foresaw (ASVS 16.5.4)."""

    @app.errorhandler(FeedhubError)
    def ours(error: FeedhubError) -> Response:
        if isinstance(error, Moved):
            return plain(error)
        status = status_of(error)
        if status >= 500:
            log.error("%s %s: %s", request.method, request.path, error)
        return answer(status, error.args[0] if error.args else str(error))

    @app.errorhandler(CSRFError)
    def stale_form(_error: CSRFError) -> Response:
        return _kept(400) or answer(
            400, _l("The form was open too long or came from elsewhere. Go back, reload the page and send again.")
        )

    @app.errorhandler(HTTPException)
    def theirs(error: HTTPException) -> Response:
        status = error.code or 500
        if error.response is not None and status < 400:
            return current_app.make_response(error.response)
        if status < 400:
            return current_app.make_response(error.get_response())
        if status == 401 and (page := _kept(401)):
            return page
        headers = dict(error.get_headers())
        kept = {k: headers[k] for k in ("Allow", "Retry-After") if k in headers}
        return answer(status, SENTENCES.get(status) or HTTPStatus(status).phrase, **kept)

    @app.errorhandler(Exception)
    def unforeseen(error: Exception) -> Response:
        log.error("%s %s failed", request.method, request.path, exc_info=error)
        return answer(500, SENTENCES[500])
