"""How the house's values read to people: labels, dates and distances in the reader's language. Never decides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton, get_day_names
from babel.numbers import format_percent
from flask_babel import LazyString, ngettext, pgettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from feedhub.errors import REASONS
from feedhub.hub.grounds import Ground
from feedhub.model import Precision, When
from feedhub.taxonomy import load
from feedhub.text import fold
from feedhub.web import formats
from feedhub.web.languages import language, locale

#: How the detector writes a rule that fired: for or against, its name, the words heard.
_RULE = re.compile(r"(?P<sign>[+-])(?P<name>[a-z_]+)(?::(?P<heard>.+))?")
TRUST_SHORT = {
    "posted": _lp("trust", "Posted"),
    "verified": _lp("trust", "Verified"),
    "official": _lp("trust", "Official"),
    "detected": _lp("trust", "Detected"),
}
FILTER = {
    "authority": _lp("filter", "Authority"),
    "country": _lp("filter", "Country"),
    "topic": _lp("filter", "Topic"),
    "clause": _lp("filter", "Kind of clause"),
    "product": _lp("filter", "Product"),
    "stage": _lp("filter", "Stage"),
    "trust": _lp("filter", "Trust"),
    "law": _lp("filter", "Law"),
    "lang": _lp("filter", "Language"),
    "q": _lp("filter", "Words"),
    "from": _lp("filter", "From"),
    "to": _lp("filter", "To"),
    "lead_days_min": _lp("filter", "Lead time at least"),
}
#: Languages in which a notice may be written, most expected first.
WRITTEN = ("en", "de", "nl", "sv", "da", "no", "nb", "nn", "fr", "fi", "es", "it")
ACCOUNT = {
    "buyer": _lp("account", "Buyer"),
    "curator": _lp("account", "Curator"),
    "admin": _lp("account", "Administrator"),
}
LAW_KIND = {
    "act": _lp("law", "Act"),
    "contract_instrument": _lp("law", "Contract terms"),
    "directive": _lp("law", "Directive"),
    "label": _lp("law", "Label"),
    "ordinance": _lp("law", "Ordinance"),
    "policy_instruction": _lp("law", "Policy instruction"),
    "policy_note": _lp("law", "Policy note"),
    "proposal": _lp("law", "Proposal"),
    "regulation": _lp("law", "Regulation"),
}
#: Whether a requirement goes beyond the laws that it names.
REACH = {
    "within": _l("Not in its subject: a law that it names is in force and deals with this topic."),
    "ahead": _l("For now, yes: the law that it names deals with this topic and is not in force yet."),
    "beyond": _l("Yes: no law that it names deals with this topic."),
    "voluntary": _l(
        "Yes: what it names is a rule for buyers, a contract text, a label or a plan, and no law in force."
    ),
}
#: When a requirement must be met, by the codes of readers and detector; buyers say it in their own words.
TRIGGER = {
    "bid": _lp("trigger", "With the bid"),
    "at_bid": _lp("trigger", "With the bid"),
    "signature": _lp("trigger", "At signature"),
    "at_signature": _lp("trigger", "At signature"),
    "breach": _lp("trigger", "On breach"),
    "on_breach": _lp("trigger", "On breach"),
    "yearly": _lp("trigger", "Every year"),
    "request": _lp("trigger", "On request"),
    "on_request": _lp("trigger", "On request"),
}
#: Those among them that the desk offers.
OFFERED = ("at_bid", "at_signature", "on_breach", "yearly", "on_request")
#: What a bidder does about a date of a kind; about other kinds there is nothing to do.
TO_DO = {
    "consultation_opens": _l("Read the draft and prepare your comments."),
    "consultation_closes": _l("Send your comments by then."),
    "market_event": _l("Sign up and take part."),
    "tender_expected": _l("Have your evidence ready by then."),
    "tender_closes": _l("Hand in the bid with its evidence by then."),
    "applies_from": _l("Meet the requirement from then on."),
    "compliance_due": _l("Show by then that you comply."),
    "contract_ends": _l("Expect the next invitation to tender before then."),
}
#: How the law calendar's dates were judged.
JUDGED = {
    "law calendar": _l("the law calendar"),
    "certain": _l("seen with certainty"),
    "certain-from-memory": _l("not looked up"),
    "probable": _l("seen once"),
    "conflict": _l("pages disagree"),
    "uncertain": _l("uncertain"),
}
#: Why something waits for a curator.
WAITS = {
    "review": _l("New, to be reviewed"),
    "unsure": _l("The machine is not sure"),
    "mass_absence": _l("Gone together with many others"),
}
#: What a source is, by the reader that it asks for.
SOURCE_KIND = {
    "page": _lp("source", "Web page"),
    "pdf": _lp("source", "PDF document"),
    "feed": _lp("source", "Feed (RSS, Atom, JSON)"),
    "sitemap": _lp("source", "Sitemap"),
    "newsletter": _lp("source", "Newsletter by e-mail"),
    "ocds": _lp("source", "Procurement data (OCDS)"),
    "eforms": _lp("source", "Procurement notices (eForms)"),
    "espd": _lp("source", "Single Procurement Document (ESPD)"),
    "ics": _lp("source", "Calendar (iCalendar)"),
    "text": _lp("source", "Plain text"),
}


def colon() -> str:
    """What stands between a name and what it names: `: `, in French after a space that no line breaks at."""
    return str(pgettext("between a name and what it names", ": "))


def said(table: Mapping[str, LazyString], value: str) -> str:
    """The table's word for a value, or the value itself made readable."""
    return str(table[str(value)]) if str(value) in table else str(value).replace("_", " ").capitalize()


def capital(text: str) -> str:
    """The text as it stands at the beginning of a line: months and languages are written small in some languages."""
    return text[:1].upper() + text[1:]


def named(kind: str, value: str) -> str:
    """The taxonomy's name for a value of a kind, with a capital."""
    return capital(load().label(kind, str(value), language()))


def reason(code: str) -> str:
    """Why a source cannot be read, by a key of `REASONS`; another text stays as it is."""
    return _of_fault("reason", code, REASONS[code].sentence) if code in REASONS else code


def remedy(code: str) -> str:
    """What whoever runs the service can do about it; empty for a reason that is not in `REASONS`."""
    return _of_fault("reason_todo", code, REASONS[code].todo) if code in REASONS else ""


def _of_fault(kind: str, code: str, english: str) -> str:
    return english if language() == "en" else load().label(kind, code, language())


def judged(rule: str) -> str:
    """What the detector heard, in words: `+must:shall` → says that it must be done (“shall”); other words stay.

    A minus in front, for what speaks against a requirement, is said too; a learned opinion is given in hundredths.
    """
    found = _RULE.fullmatch(rule)
    if found is None:
        return str(_("the field %(name)s", name=rule) if "/" in rule else JUDGED.get(rule, rule))
    against, name, heard = found["sign"] == "-", found["name"], found["heard"] or ""
    if name == "learned":
        return f"{load().label('rule', name, language())}{colon()}{format_percent(float(heard), locale=locale())}"
    if name == "topic":
        return f"{load().label('rule', name, language())}{colon()}{load().label('topic', heard, language())}"
    said = load().label("rule", name, language()) + (f" (“{heard.replace('_', ' ')}”)" if heard else "")
    return _("against it: %(what)s", what=said) if against else said


def alphabetic(text: str) -> str:
    """What names are ordered by: å, ä, æ, ö and ø are letters of their own in the north, letters with a mark elsewhere."""
    return text.casefold() if language() in ("da", "nb", "sv") else fold(text)


def language_name(code: str) -> str:
    """A language by its name in the reader's: `German`, `Tyska`; the code itself when it is not known."""
    return capital(str(locale().languages.get(code, code)))


def number(value: float) -> str:
    """A count as the reader writes it: `10,000`, `10 000`, `10.000`."""
    return formats.number(value, language())


def percent(share: float) -> str:
    """A share of one as the reader writes it: `98%`, `98 %`."""
    return format_percent(share, locale=locale())


def weekdays() -> list[tuple[str, str]]:
    """The days of the week from Monday: short and whole."""
    short, whole = (get_day_names(width, "stand-alone", locale()) for width in ("abbreviated", "wide"))
    return [(short[i], whole[i]) for i in range(7)]


def day_text(day: date) -> str:
    """`1 March 2027`, `1. März 2027`."""
    return formats.dated("long", day, language())


def month_text(day: date) -> str:
    """`March 2027`, `mars 2027`."""
    return formats.dated("yMMMM", day, language())


def month_short(day: date) -> str:
    """`Mar`, `Mär`, `mrt`: under a picture, where no more than three wide letters have room."""
    name = formats.dated("LLL", day, language()).rstrip(".")
    return name if name[2:3] == "i" else name[:3]  # juin, juil


def month_year_short(day: date) -> str:
    """`Mar 2027`: beside the number of a day."""
    return formats.dated("yMMM", day, language())


def moment_text(instant: datetime) -> str:
    """`24 Nov, 10:00 UTC`: for those who look after a service."""
    return f"{format_skeleton('MMMd', instant.astimezone(UTC), locale=locale())}, {instant.astimezone(UTC):%H:%M} UTC"


def quarter_text(day: date) -> str:
    """`Q3 2027`, `K3 2027`."""
    return formats.dated("yQQQ", day, language())


def when_text(when: When) -> str:
    """A date in words at its own precision; a span is never shown as its first day (meaning.md, Time)."""
    first = when.first
    match when.precision:
        case Precision.YEAR:
            return f"{first.year}" if first.month == 1 else _span(when)
        case Precision.HALF if first.month in (1, 7):
            if first.month == 1:
                return str(_("First half of %(year)s", year=first.year))
            return str(_("Second half of %(year)s", year=first.year))
        case Precision.QUARTER if first.month % 3 == 1:
            return quarter_text(first)
        case Precision.HALF | Precision.QUARTER:
            return _span(when)
        case Precision.MONTH:
            return month_text(first)
        case Precision.INSTANT if when.instant is not None:
            local = when.instant.astimezone(ZoneInfo(when.zone))
            place = when.zone.rpartition("/")[2].replace("_", " ")
            time = f"{local:%H:%M}"
            return str(_("%(day)s, %(time)s (%(place)s time)", day=day_text(first), time=time, place=place))
    return day_text(first)


def _span(when: When) -> str:
    return str(_("%(first)s to %(last)s", first=month_text(when.first), last=month_text(when.last)))


def when_datetime(when: When) -> str:
    """The `datetime` attribute of a `<time>` element, empty where HTML knows no form (quarter, half)."""
    match when.precision:
        case Precision.YEAR | Precision.MONTH:
            return when.iso
        case Precision.QUARTER | Precision.HALF:
            return ""
        case Precision.INSTANT if when.instant is not None:
            return stamp(when.instant)
    return when.first.isoformat()


def input_text(when: When) -> str:
    """A date as the desk's form takes it: `2027-03-01`, `2027-03`, `2027-Q3`, `2027-H2`, `2027`."""
    first = when.first
    match when.precision:
        case Precision.YEAR:
            return f"{first.year:04d}"
        case Precision.HALF:
            return f"{first.year:04d}-H{1 if first.month < 7 else 2}"
        case Precision.QUARTER:
            return f"{first.year:04d}-Q{(first.month + 2) // 3}"
        case Precision.MONTH:
            return f"{first.year:04d}-{first.month:02d}"
    return first.isoformat()


def stamp(instant: datetime) -> str:
    """`2026-11-24T10:00:00Z`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def distance(days: int) -> str:
    """How far a day is from today, in words a person would use."""
    near = {0: _l("today"), 1: _l("tomorrow"), -1: _l("yesterday")}
    size = abs(days)
    if days in near:
        return str(near[days])
    if size < 60:
        return _away("day", size, ahead=days > 0)
    if size < 730:
        return _away("month", round(size / 30.44), ahead=days > 0)
    return _away("year", round(size / 365.25), ahead=days > 0)


def _away(unit: str, many: int, *, ahead: bool) -> str:
    """`in 3 months`, `3 months ago`, as the reader's language says it; never in another unit."""
    if unit == "day":  # babel's Norwegian counts in “døgn”, days and nights
        in_days = ngettext("in %(num)s day", "in %(num)s days", many)
        return str(in_days if ahead else ngettext("%(num)s day ago", "%(num)s days ago", many))
    return formats.spanned(unit, many if ahead else -many, language())


def ahead(when: When, today: date) -> str:
    """How far a date is from today; `≈` for a span that is still to come, its end for one that has begun."""
    if when.is_span and when.first <= today <= when.last:
        return str(_("by %(day)s", day=day_text(when.last)))
    if when.last < today:
        return distance((when.last - today).days)
    return f"{'≈ ' if when.is_span else ''}{distance((when.first - today).days)}"


def bare(title: str) -> str:
    """The title of an announcement without the English word of its kind, where that stands beside it already."""
    beginnings = (f"{word}: " for word in load().labels["en"]["announcement"].values())
    return next((title.removeprefix(begins) for begins in beginnings if title.startswith(begins)), title)


def ago(then: datetime, now: datetime) -> str:
    """How long ago (or ahead) an instant is, in words."""
    seconds = int((now - then).total_seconds())
    size = abs(seconds)
    if size < 90:
        return str(_("a moment ago") if seconds >= 0 else _("in a moment"))
    for unit, least, length in (("minute", 5400, 60), ("hour", 129600, 3600)):
        if size < least:
            return _away(unit, round(size / length), ahead=seconds < 0)
    return _away("day", round(size / 86400), ahead=seconds < 0)


def trigger(value: str) -> str:
    """When a requirement must be met: the words for a code such as `at_bid` or `within_20_days`; text as it is."""
    if found := re.fullmatch(r"within_(\d+)_days", value):
        return str(ngettext("Within %(num)d day", "Within %(num)d days", int(found[1])))
    return said(TRIGGER, value) if value in TRIGGER else readable(value)


def reach(ground: Ground) -> str:
    """Whether a requirement goes beyond the law, as far as the law calendar knows."""
    if ground.reach in REACH:
        return str(REACH[ground.reach])
    if ground.laws:
        return str(_("It names no law that feedhub knows. There is law on this topic:"))
    return str(_("It names no law that feedhub knows, and feedhub knows none on this topic for this country."))


def readable(value: str) -> str:
    """A code such as `within_20_days` or `supplier_code` as words; text stays as it is."""
    return value if " " in value else value.replace("_", " ")[:1].upper() + value.replace("_", " ")[1:]


def host(url: str) -> str:
    """The host of an address, as the words of a link."""
    try:
        name = urlsplit(url).hostname or ""
    except ValueError:
        name = ""
    return name.removeprefix("www.") or url[:60]


def law_date(value: str) -> str:
    """A date of a law in words: `2027-07-26`, `2027-Q3`, `2027`, `--06-30` (every year), or words as they are."""
    if found := re.fullmatch(r"--(\d\d)-(\d\d)", value):
        day = format_skeleton("MMMMd", date(2024, int(found[1]), int(found[2])), locale=locale())
        return str(_("every year by %(day)s", day=day))
    if found := re.fullmatch(r"(\d{4})-Q([1-4])", value):
        return quarter_text(date(int(found[1]), int(found[2]) * 3, 1))
    if found := re.fullmatch(r"(\d{4})-(\d\d)", value):
        return month_text(date(int(found[1]), int(found[2]), 1))
    try:
        return day_text(date.fromisoformat(value))
    except ValueError:
        return value
