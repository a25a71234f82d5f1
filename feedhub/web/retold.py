"""English sentences from below the web, told again in the reader's language. Reads what is said; decides nothing.

The log is English for everybody (feeds, data, mails), and so are refusals. What it says of changes, and what a reader of
public pages is refused with, are closed lists, so a page can say the same otherwise; a sentence that is of neither is left
to stand as it is, marked as English.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

from babel import Locale
from flask_babel import lazy_gettext as _l

from feedhub.hub.laws import ROLES
from feedhub.model import Clause, Milestone, Notice, Precision, Stage, When
from feedhub.taxonomy import load
from feedhub.web import words
from feedhub.web.languages import language

_W = r"(?:\d+ [A-Z]\w+ \d+|[A-Z]\w+ \d+|Q[1-4] \d+|(?:first|second) half of \d+|\d+)"
#: What a sentence looks like, and how it is said here; the names of its parts say what they are.
_SHAPES = tuple(
    (re.compile(shape), said)
    for shape, said in (
        (r"Wording changed\.", _l("Wording changed.")),
        (r"Wording of the notice changed\.", _l("Wording of the notice changed.")),
        (r"Details read anew\.", _l("Details read anew.")),
        (r"Stated by another page now\.", _l("Stated by another page now.")),
        (r"The next turn of a yearly duty\.", _l("The next turn of a yearly duty.")),
        (r"First recorded\.", _l("First recorded.")),
        (r"The authority's page no longer states it\.", _l("The authority's page no longer states it.")),
        (r"Withdrawn by the authority\.", _l("Withdrawn by the authority.")),
        (r"Withdrawn by the authority: (?P<text>.+)", _l("Withdrawn by the authority: %(text)s")),
        (
            rf"Date moved: (?P<what>.+?): (?P<old>{_W}) → (?P<new>{_W})\.",
            _l("Date moved: %(what)s: %(old)s → %(new)s."),
        ),
        (rf"Date added: (?P<what>.+?) (?P<new>{_W})\.", _l("Date added: %(what)s: %(new)s.")),
        (rf"Date confirmed: (?P<what>.+?) (?P<new>{_W})\.", _l("Date confirmed: %(what)s: %(new)s.")),
        (rf"Date no longer given: (?P<what>.+?) (?P<old>{_W})\.", _l("Date no longer given: %(what)s: %(old)s.")),
        (
            rf"Another source gives a different date: (?P<what>.+?) (?P<new>{_W}) beside (?P<old>{_W})\.",
            _l("Another source gives a different date: %(what)s: %(new)s, here %(old)s."),
        ),
        (
            r"Requirement added: (?P<topic>.+) \((?P<clause>[a-z ]+)\)\.",
            _l("Requirement added: %(topic)s (%(clause)s)."),
        ),
        (
            r"Requirement dropped: (?P<topic>.+) \((?P<clause>[a-z ]+)\)\.",
            _l("Requirement dropped: %(topic)s (%(clause)s)."),
        ),
        (
            r"(?P<topic>.+) is now a (?P<clause>[a-z ]+) \(was (?P<before>[a-z ]+)\)\.",
            _l("%(topic)s: from %(before)s to %(clause)s."),
        ),
        (
            r"Threshold of (?P<topic>.+): “(?P<text>.*)” → “(?P<other>.*)”\.",
            _l("Threshold of %(topic)s: “%(text)s” → “%(other)s”."),
        ),
        (
            r"Unknown (?P<filter>\w+) “(?P<text>.*)”\. Look at /feeds for the values that exist\.",
            _l("%(filter)s: there is no “%(text)s” here. See /feeds for the values that exist."),
        ),
        (r"“(?P<name>\w+)” can be given only once\.", _l("“%(name)s” can be given only once.")),
        (
            r"“(?P<name>\w+)” must be a date such as 2027-03-01, not “(?P<other>.*)”\.",
            _l("“%(name)s” must be a date such as 2027-03-01, not “%(other)s”."),
        ),
        (
            r"“(?P<name>\w+)” must be a number of days from 0 to 99999, not “(?P<other>.*)”\.",
            _l("“%(name)s” must be a number of days from 0 to 99999, not “%(other)s”."),
        ),
        (r"“q” is longer than 200 characters\.", _l("“q” is longer than 200 characters.")),
        (r"There is no notice “.*” here\.", _l("There is no such notice here.")),
        (r"There is no authority “.*” here\.", _l("There is no such authority here.")),
        (r"There is no such change of a notice here\.", _l("There is no such change of a notice here.")),
        (r"No notice here accepts “(?P<text>.*)” as evidence\.", _l("No notice here accepts “%(text)s” as evidence.")),
        (
            r"This link is not one of ours; copy it whole from the mail\.",
            _l("This link is not one of ours; copy it whole from the mail."),
        ),
        (r"This link is for something else\.", _l("This link is for something else.")),
        (
            r"This link has ended\. Subscribe anew if you still want to\.",
            _l("This link has ended. Subscribe anew if you still want to."),
        ),
        (r"Stage: (?P<stage>[a-z ]+) → (?P<next>[a-z ]+)\.", _l("Stage: %(stage)s → %(next)s.")),
    )
)
_DATE = re.compile(
    r"(?:(?:(?P<day>\d+) )?(?P<month>[A-Z]\w\w+) |Q(?P<quarter>[1-4]) |(?P<half>first|second) half of )?(?P<year>\d{4})"
)
_MONTHS = list(Locale.parse("en").months["format"]["wide"].values())


def retold(sentence: str) -> str | None:
    """The sentence in the reader's language; None for English readers, and where it is not of the closed list."""
    if language() == "en":
        return None
    for shape, said in _SHAPES:
        if found := shape.fullmatch(sentence):
            parts = {name: _PARTS[name](value) for name, value in found.groupdict().items()}
            return None if None in parts.values() else str(said) % parts
    return None


def law_subject(milestone: Milestone, notice: Notice) -> str:
    """What a date of a law is, in another language than English; empty where only the date's own words say it."""
    told = notice.notice_kind == "law" and language() != "en" and ROLES.get(milestone.code, ("", ""))[1]
    return str(load().label("law_role", milestone.code, language())) if told else ""


def _named(kind: str, known: frozenset[str]) -> Callable[[str], str | None]:
    def name(said: str) -> str | None:
        value = said.casefold().replace(" ", "_")
        return words.named(kind, value) if value in known else None

    return name


def _topic(said: str) -> str | None:
    return _named("topic", frozenset(load().topics))(said)


def _milestone(said: str) -> str | None:
    """`tender closes (lot 2)`: the kind is ours, the subject the authority's."""
    kind, bracket, subject = said.partition(" (")
    known = {value.casefold(): code for code, value in load().labels["en"]["milestone"].items()}
    known["compliance step due"] = "compliance_due"
    return words.named("milestone", known[kind]) + bracket + subject if kind in known else None


def _when(said: str) -> str | None:
    found = _DATE.fullmatch(said)
    if found is None or (found["month"] and found["month"] not in _MONTHS):
        return None
    month = _MONTHS.index(found["month"]) + 1 if found["month"] else 3 * int(found["quarter"] or 1) - 2
    month = 7 if found["half"] == "second" else month
    precision = next((p for name, p in _PRECISIONS.items() if found[name]), Precision.YEAR)
    try:
        return words.when_text(When(date(int(found["year"]), month, int(found["day"] or 1)), precision))
    except ValueError:
        return None


_PRECISIONS = {"day": Precision.DAY, "month": Precision.MONTH, "quarter": Precision.QUARTER, "half": Precision.HALF}
_clause, _stage = _named("clause", frozenset(Clause)), _named("stage", frozenset(Stage))
_PARTS: Mapping[str, Callable[[str], str | None]] = {
    **dict.fromkeys(("text", "other", "name"), lambda said: "–" if said == "none" else said),
    **dict.fromkeys(("old", "new"), _when),
    **dict.fromkeys(("clause", "before"), _clause),
    **dict.fromkeys(("stage", "next"), _stage),
    "filter": lambda name: str(words.FILTER[name]) if name in words.FILTER else None,
    "topic": _topic,
    "what": _milestone,
}
