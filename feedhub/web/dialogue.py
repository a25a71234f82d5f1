"""Asking a notice, answering, and sharing lessons. Knows nothing of who asks: no address is kept, in no log, for no hour."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import current_user
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from feedhub.errors import InvalidInput, TooMany
from feedhub.hub.dialogue import ANSWER, QUESTION, Asked
from feedhub.hub.shapes import Actor
from feedhub.web import words
from feedhub.web.context import page_of, read_scope, the_hub
from feedhub.web.forms import Checks, EmptyForm
from feedhub.web.guards import actor, require
from feedhub.web.security import Limiter

ask_bp = Blueprint("ask", __name__)
answers_bp = Blueprint("answers", __name__, url_prefix="/desk")
answers_bp.before_request(require("buyer", "curator", "admin"))
PER_PAGE = 50

#: Questions from one address in an hour, counted in memory alone: the database never learns of it.
PER_HOUR = 10
_limit = Limiter(PER_HOUR, 3600)


class QuestionForm(FlaskForm):  # type: ignore[misc]
    """A question; `site` is a trap that people do not see and programs fill in."""

    text = TextAreaField(
        _l("Your question"),
        [InputRequired(_l("Write your question.")), Length(max=QUESTION)],
        description=_l("Do not write your name or your company: the question is published with its answer."),
    )
    site = StringField("Site", [Optional()])


class AnswerForm(FlaskForm):  # type: ignore[misc]
    """An answer, and the question in the words in which it is published."""

    text = TextAreaField(
        _l("The question as it is published"),
        [InputRequired(_l("The question is missing.")), Length(max=QUESTION)],
        description=_l("Take out what tells who asked."),
    )
    answer = TextAreaField(_l("Your answer"), [InputRequired(_l("Write the answer.")), Length(max=ANSWER)])


class LessonForm(FlaskForm):  # type: ignore[misc]
    """What worked or did not."""

    title = StringField(_l("What was learned"), [InputRequired(_l("Say it in one line.")), Length(max=180)])
    text = TextAreaField(
        _l("How it went"),
        [InputRequired(_l("Tell how it went.")), Length(max=2000)],
        description=_l("What you asked for, what bidders could show, what you would do again. Name no company."),
    )
    topics = Checks(_l("Topics"), [Optional()])
    key = HiddenField(validators=[Regexp(r"^[0-9a-f-]{0,40}$")])

    def offer(self) -> LessonForm:
        """Fill the list of topics; returns itself."""
        found = ((t.id, words.named("topic", t.id)) for t in the_hub().taxonomy.topics.values() if t.core)
        self.topics.choices = sorted(found, key=lambda c: c[1].casefold())
        return self


@ask_bp.route("/notices/<notice_id>/ask", methods=["GET", "POST"])
def ask(notice_id: str) -> ResponseReturnValue:
    """Ask about a notice without an account; the question waits for its answer."""
    notice = the_hub().notice(notice_id).notice
    form = QuestionForm()
    if request.method == "GET":
        return render_template("ask.html", notice=notice, form=form)
    if not form.validate():
        return render_template("ask.html", notice=notice, form=form), 400
    if not form.site.data:
        if _limit.hit(request.remote_addr or ""):
            raise TooMany(_l("Too many requests from your address; please try again in an hour."))
        try:
            the_hub().ask_question(notice_id, form.text.data)
        except InvalidInput as error:
            _blame(form, error)
            return render_template("ask.html", notice=notice, form=form), 400
    return render_template("ask.html", notice=notice, form=None)


@answers_bp.get("/questions")
def questions() -> str:
    """Questions that wait for this account."""
    hub, scope = the_hub(), read_scope("page", takes=())
    total = hub.count_questions(_me())
    page, pages = page_of(scope, total, PER_PAGE)
    asked = hub.questions(_me(), page=page, per_page=PER_PAGE)
    return render_template("questions.html", scope=scope, asked=asked, total=total, page=page, pages=pages)


@answers_bp.route("/questions/<question_id>", methods=["GET", "POST"])
def answer(question_id: str) -> ResponseReturnValue:
    """Answer a question, in words that tell nobody's name, and publish both."""
    asked = the_hub().question(_me(), question_id)
    form = AnswerForm(data={"text": asked.question.text})
    if request.method == "GET":
        return _answering(form, asked)
    if not form.validate():
        return _answering(form, asked, 400)
    try:
        notice = the_hub().answer(_me(), question_id, text=form.text.data, said=form.answer.data)
    except InvalidInput as error:
        _blame(form, error)
        return _answering(form, asked, 400)
    flash(_("The answer is published. Everybody who follows the notice is told."))
    return redirect(f"/notices/{notice.id}#questions", 303)


@answers_bp.post("/questions/<question_id>/dismiss")
def dismiss(question_id: str) -> ResponseReturnValue:
    """Forget a question that will not be answered."""
    if not EmptyForm().validate_on_submit():
        abort(400)
    the_hub().dismiss(_me(), question_id)
    flash(_("The question is erased."))
    return redirect("/desk/questions", 303)


@answers_bp.route("/lessons/new", methods=["GET", "POST"])
def lesson() -> ResponseReturnValue:
    """Share what was learned; sent twice it is published once."""
    form = LessonForm().offer()
    if not form.key.data:
        form.key.data = str(uuid.uuid4())
    if request.method == "GET":
        return render_template("lesson_form.html", form=form)
    if not form.validate():
        return render_template("lesson_form.html", form=form), 400
    try:
        the_hub().post_lesson(
            _me(), title=form.title.data, text=form.text.data, topics=form.topics.data or (), key=form.key.data
        )
    except InvalidInput as error:
        _blame(form, error)
        return render_template("lesson_form.html", form=form), 400
    flash(_("The lesson is published."))
    return redirect("/lessons", 303)


def _me() -> Actor:
    """The account in its widest role: curators see the questions of all authorities."""
    roles = [name for name in ("admin", "curator", "buyer") if current_user.has_role(name)]
    return actor(roles[0])


def _answering(form: AnswerForm, asked: Asked, status: int = 200) -> ResponseReturnValue:
    return render_template("answer.html", form=form, asked=asked, button=EmptyForm(formdata=None)), status


def _blame(form: FlaskForm, error: InvalidInput) -> None:
    for name, sentence in error.fields.items():
        form[name].errors = [*form[name].errors, sentence]
