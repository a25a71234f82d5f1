"""The forms: what people may type, and what it becomes. Never stores; fields that are not declared here do not exist."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_ngettext as _ln
from flask_wtf import FlaskForm
from flask_wtf.i18n import translations
from wtforms import (
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.meta import DefaultMeta
from wtforms.validators import URL, EqualTo, InputRequired, Length, Optional, Regexp, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from feedhub.model import (
    Authority,
    AuthorityRef,
    Clause,
    Draft,
    Milestone,
    MilestoneKind,
    MilestoneStatus,
    Notice,
    Precision,
    Requirement,
    Stage,
    Trust,
    When,
)
from feedhub.taxonomy import Taxonomy
from feedhub.text import clean, clean_lines
from feedhub.web import words

MOST = 12
_DATE = re.compile(r"(\d{4})(?:-(?:(\d{1,2})(?:-(\d{1,2}))?|[QKT]([1-4])|[HS]([12])))?", re.IGNORECASE)
#: How people write dates otherwise, and the same in the form above: `1.3.2027`, `3/2027`, `Q3 2027`.
_OTHERWISE = (
    (re.compile(r"(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})"), r"\3-\2-\1"),
    (re.compile(r"(\d{1,2})[./](\d{4})"), r"\2-\1"),
    (re.compile(r"([QKTHS][1-4])[\s/]*(\d{4})", re.IGNORECASE), r"\2-\1"),
    (re.compile(r"(\d{4})\s+([QKTHS][1-4])", re.IGNORECASE), r"\1-\2"),
    (re.compile(r"([1-4])\.\s?(?:kvt\.|kvartal)\s(\d{4})", re.IGNORECASE), r"\2-Q\1"),
)
#: Stages a buyer can say; the others follow from what happens to a notice.
STAGES = ("intention", "planned", "consultation", "adopted", "in_force", "postponed")
STATUSES = ("expected", "confirmed", "cancelled")


def parse_when(text: str, zone: str = "Europe/Brussels") -> When:
    """`2027-03-01`, `2027-03`, `2027-Q3`, `2027-H2` or `2027` with that precision; raises ValueError.

    Taken too: `1.3.2027`, `3/2027`, `Q3 2027`, `K3 2027`, `T3 2027`, `3. kvt. 2027`. Not `1/3/2027`, which is two days in two countries.
    """
    said = text.strip()
    said = next((form.sub(plain, said) for form, plain in _OTHERWISE if form.fullmatch(said)), said)
    found = _DATE.fullmatch(said)
    if found is None:
        raise ValueError("no date")
    year, month, day, quarter, half = found.groups()
    if not 2000 <= int(year) <= 2100:
        raise ValueError("year out of range")
    if day:
        return When(date(int(year), int(month), int(day)), Precision.DAY, zone=zone)
    if month:
        return When(date(int(year), int(month), 1), Precision.MONTH, zone=zone)
    if quarter:
        return When(date(int(year), int(quarter) * 3 - 2, 1), Precision.QUARTER, zone=zone)
    if half:
        return When(date(int(year), int(half) * 6 - 5, 1), Precision.HALF, zone=zone)
    return When(date(int(year), 1, 1), Precision.YEAR, zone=zone)


def is_date(_form: Form, field: StringField) -> None:
    """Refuse what `parse_when` cannot read."""
    if not field.data:
        return
    try:
        parse_when(field.data)
    except ValueError as error:
        raise ValidationError(_l("Write a date such as 2027-03-01, 1.3.2027, 3/2027, Q3 2027 or 2027.")) from error


#: For fields whose words are not prose: no capital at the beginning, nothing corrected.
CODE = {"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}
ADDRESS = {**CODE, "inputmode": "url"}
MAIL = {**CODE, "inputmode": "email"}
_BARE = re.compile(r"[\w-]+(\.[\w-]+)+(:\d+)?([/?#]\S*)?")


def _whole(text: str | None) -> str | None:
    """An address as people type it on a phone, with the beginning that they leave out."""
    said = (text or "").strip()
    return f"https://{said}" if _BARE.fullmatch(said) else said


def faults(form: Form) -> Iterator[Field]:
    """The fields with something wrong in them, in the order of the page."""
    for field in form:
        if isinstance(field, FieldList | FormField):
            for row in field if isinstance(field, FieldList) else [field]:
                yield from faults(row.form)
        elif field.errors and not isinstance(field, HiddenField):
            yield field


def options(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """Choices of (value, label)."""
    return [SelectChoice(value, label) for value, label in pairs]


def named(kind: str, values: Iterable[str]) -> list[SelectChoice]:
    """Values of a closed list as choices, by their names."""
    return [SelectChoice(value, words.named(kind, value)) for value in values]


#: What the form library says, so that our catalogues hold it.
LIBRARY = (
    _l("Not a valid choice."),
    _l("Not a valid integer value."),
    _l("Number must be between %(min)s and %(max)s."),
    _l("Field must be between %(min)d and %(max)d characters long."),
    _ln("Field cannot be longer than %(max)d character.", "Field cannot be longer than %(max)d characters.", 1),
    _ln("'%(value)s' is not a valid choice for this field.", "'%(value)s' are not valid choices for this field.", 1),
)


class Row(Form):  # type: ignore[misc]
    """A part of a form that repeats; its own messages are in the reader's language too."""

    class Meta(DefaultMeta):  # type: ignore[misc]
        """Where the messages of the library come from."""

        def get_translations(self, form: Form) -> object:
            """Those that forms on their own take."""
            _ = form
            return translations


class Checks(SelectMultipleField):  # type: ignore[misc]
    """Any of several choices, as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class RequirementForm(Row):
    """One obligation; a row without text is no row."""

    text = TextAreaField(
        _l("What bidders must do"),
        [Length(max=4000)],
        description=_l("In your own words or as it will stand in the contract."),
    )
    topic = SelectField(_l("Topic"), default="")
    clause = SelectField(_l("Where it stands"), default=Clause.CONTRACT_PERFORMANCE_CLAUSE.value)
    trigger = StringField(
        _l("When it must be met"),
        [Length(max=200)],
        description=_l("For example: at bid, at signature, within 20 working days, every year."),
        render_kw={"list": "triggers"},
    )
    threshold = StringField(
        _l("Threshold"), [Length(max=200)], description=_l("For example: contracts above 1 million.")
    )
    evidence = Checks(_l("Evidence you accept"), [Optional()])
    laws = Checks(_l("Legal basis"), [Optional()])

    def validate_topic(self, field: SelectField) -> None:
        """A requirement has a topic."""
        if (self.text.data or "").strip() and not field.data:
            raise ValidationError(_l("Choose the topic of this requirement."))


class MilestoneForm(Row):
    """One date; a row without a date is no row."""

    kind = SelectField(_l("What happens"), default=MilestoneKind.TENDER_EXPECTED.value)
    date = StringField(
        _l("Date"),
        [Length(max=20), is_date],
        description=_l("As exact as you know it: 2027-03-01 or 1.3.2027, 3/2027, Q3 2027, 2027."),
        render_kw={**CODE, "autocapitalize": "characters"},
    )
    status = SelectField(_l("How firm it is"), default="expected", choices=lambda: named("milestone_status", STATUSES))
    subject = StringField(
        _l("About what"), [Length(max=200)], description=_l("Only where two dates of one kind differ.")
    )


class NoticeForm(FlaskForm):  # type: ignore[misc]
    """A buyer's notice."""

    title = StringField(
        _l("Title"),
        [InputRequired(_l("Give the notice a title.")), Length(max=200)],
        description=_l(
            "What you are going to ask for, of whom. For example: Factory lists for laptops, framework 2027."
        ),
        render_kw={"autocomplete": "off"},
    )
    summary = TextAreaField(
        _l("Summary"), [Length(max=2000)], description=_l("Two or three sentences for somebody who reads only these.")
    )
    stage = SelectField(_l("Stage"), choices=lambda: named("stage", STAGES), default="planned")
    language = SelectField(_l("Language of the notice"), choices=[])
    products = Checks(_l("Products"), [Optional()])
    url = StringField(
        _l("Link to more"),
        [Optional(), Length(max=1000), URL(message=_l("Write a full address that begins with https://."))],
        description=_l("A page of yours where the text stands, if there is one."),
        filters=[_whole],
        render_kw=ADDRESS,
    )
    requirements = FieldList(FormField(RequirementForm), min_entries=1, max_entries=MOST)
    milestones = FieldList(FormField(MilestoneForm), min_entries=1, max_entries=MOST)
    key = HiddenField(validators=[Regexp(r"^[0-9a-f-]{0,40}$")])
    base_revision = HiddenField(validators=[Regexp(r"^\d{0,6}$")])

    def offer(self, taxonomy: Taxonomy) -> NoticeForm:
        """Fill the lists of choices from the taxonomy; returns itself."""
        self.language.choices = options(
            [("", _l("Not said")), *((code, words.language_name(code)) for code in words.WRITTEN)]
        )
        self.products.choices = named("product", taxonomy.products)
        topics = [(t.core, t.id, words.named("topic", t.id)) for t in taxonomy.topics.values()]
        topics.sort(key=lambda t: (not t[0], t[2].casefold()))
        for row in self.requirements:
            row.form.topic.choices = options([("", _l("Choose a topic")), *((id_, name) for _, id_, name in topics)])
            row.form.clause.choices = named("clause", (c.value for c in Clause))
            row.form.evidence.choices = _with_own(
                [(e, words.named("evidence", e)) for e in taxonomy.evidence], row.form.evidence
            )
            row.form.laws.choices = _with_own(
                [(x.id, x.short or x.name) for x in taxonomy.laws.values()], row.form.laws
            )
        for row in self.milestones:
            row.form.kind.choices = named("milestone", (k.value for k in MilestoneKind))
        return self

    def draft(self, authority: Authority, current: Notice | None = None) -> Draft:
        """The draft these words make, posted by the authority; what `current` says by a code keeps its code."""
        codes = {str(words.TRIGGER[code]): code for code in words.OFFERED}
        codes |= {words.trigger(r.trigger): r.trigger for r in (current.requirements if current else ())}
        rows = [r.form for r in self.requirements if (r.form.text.data or "").strip()]
        dates = [m.form for m in self.milestones if (m.form.date.data or "").strip()]
        return Draft(
            title=clean(self.title.data),
            authority=AuthorityRef(authority.name, authority.country, authority.id),
            summary=clean_lines(self.summary.data or ""),
            notice_kind="post",
            stage=Stage(self.stage.data),
            url=(self.url.data or "").strip(),
            language=self.language.data or "",
            products=tuple(self.products.data or ()),
            requirements=tuple(_requirement(r, codes) for r in rows),
            milestones=tuple(_milestone(m, authority.zone) for m in dates),
        )


def _with_own(choices: list[tuple[str, str]], field: Checks) -> list[SelectChoice]:
    """The known choices, and what the stored notice holds beyond them."""
    known = {value for value, _ in choices}
    own = [v for v in (field.object_data or ()) if v not in known]
    return options([*choices, *((v, v) for v in own)])


def _requirement(row: Any, codes: Mapping[str, str]) -> Requirement:
    text, trigger = clean_lines(row.text.data), clean(row.trigger.data or "")
    return Requirement(
        topic=row.topic.data,
        clause=Clause(row.clause.data),
        text=text,
        quote=text,
        trigger=codes.get(trigger, trigger),
        threshold=clean(row.threshold.data or ""),
        evidence=tuple(row.evidence.data or ()),
        laws=tuple(row.laws.data or ()),
        trust=Trust.POSTED,
    )


def _milestone(row: Any, zone: str) -> Milestone:
    return Milestone(
        kind=MilestoneKind(row.kind.data),
        when=parse_when(row.date.data, zone),
        subject=clean(row.subject.data or ""),
        status=MilestoneStatus(row.status.data),
        trust=Trust.POSTED,
    )


def values_of(notice: Notice) -> dict[str, Any]:
    """A notice as the form's own data, to be revised; its history of dates stays out."""
    return {
        "title": notice.title,
        "summary": notice.summary,
        "stage": notice.stage.value if notice.stage.value in STAGES else "planned",
        "language": notice.language,
        "products": list(notice.products),
        "url": notice.url,
        "base_revision": str(notice.revision),
        "requirements": [
            {
                "text": r.text or r.quote,
                "topic": r.topic,
                "clause": r.clause.value,
                "trigger": words.trigger(r.trigger) if r.trigger else "",
                "threshold": r.threshold,
                "evidence": list(r.evidence),
                "laws": list(r.laws),
            }
            for r in notice.living_requirements
        ],
        "milestones": [
            {
                "kind": m.kind.value,
                "date": words.input_text(m.when),
                "status": m.status.value if m.status.value in STATUSES else "confirmed",
                "subject": m.subject,
            }
            for m in notice.living_milestones
        ],
    }


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why something is withdrawn or retracted; it is published."""

    reason = TextAreaField(
        _l("Reason"),
        [InputRequired(_l("Say why; readers see this.")), Length(min=3, max=500)],
        description=_l("One or two sentences. They are published with the notice."),
    )
    base_revision = HiddenField(validators=[Regexp(r"^\d{0,6}$")])


class UserForm(FlaskForm):  # type: ignore[misc]
    """A new account."""

    email = StringField(
        _l("E-mail address"), [InputRequired(_l("Write the address.")), Length(max=255)], render_kw=MAIL
    )
    role = SelectField(_l("Role"), choices=options(words.ACCOUNT.items()))
    authority_id = SelectField(_l("Authority"), choices=[], description=_l("Needed for buyers."))

    def offer(self, authorities: Iterable[tuple[str, str]]) -> None:
        """Fill the list of authorities."""
        self.authority_id.choices = options([("", _l("None")), *authorities])


class EmptyForm(FlaskForm):  # type: ignore[misc]
    """A button: nothing but the proof that it was pressed on our page."""


class WelcomeForm(FlaskForm):  # type: ignore[misc]
    """A new password."""

    password = PasswordField(
        _l("New password"),
        [InputRequired(_l("Choose a password.")), Length(min=12, max=128, message=_l("Use 12 to 128 characters."))],
        description=_l("At least 12 characters; three or four unusual words are good."),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("The same again"),
        [InputRequired(_l("Write it a second time.")), EqualTo("password", _l("The two are not equal."))],
        render_kw={"autocomplete": "new-password"},
    )


class FirstForm(WelcomeForm):
    """The first administrator."""

    email = StringField(
        _l("E-mail address"),
        [InputRequired(_l("Write your address.")), Length(max=255)],
        render_kw={**MAIL, "autocomplete": "username"},
    )
