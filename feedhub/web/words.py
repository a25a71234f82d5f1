"""How the house's values read to people: labels and dates in words. Never decides, never touches a request."""

from __future__ import annotations

import re
import textwrap
from datetime import UTC, date, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from feedhub.model import Precision, When

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

STAGE = {
    "intention": "Intention",
    "planned": "Planned",
    "consultation": "In consultation",
    "adopted": "Adopted",
    "in_force": "In force",
    "relaxed": "Relaxed",
    "postponed": "Postponed",
    "withdrawn": "Withdrawn",
    "superseded": "Replaced",
}
TRUST = {
    "posted": "Posted by the authority",
    "verified": "Checked by a curator",
    "official": "Official record",
    "detected": "Found by machine, not reviewed",
}
TRUST_SHORT = {"posted": "Posted", "verified": "Verified", "official": "Official", "detected": "Detected"}
MILESTONE = {
    "consultation_opens": "Consultation opens",
    "consultation_closes": "Consultation closes",
    "market_event": "Market event",
    "tender_expected": "Tender expected",
    "tender_closes": "Tender closes",
    "adopted": "Adopted",
    "published": "Published",
    "applies_from": "Applies from",
    "compliance_due": "Compliance due",
    "contract_starts": "Contract starts",
    "contract_ends": "Contract ends",
    "review": "Review",
}
STATUS = {
    "expected": "Expected",
    "confirmed": "Confirmed",
    "moved": "Moved",
    "cancelled": "Cancelled",
    "superseded": "Replaced",
}
KIND = {
    "new": "New",
    "moved": "Date moved",
    "strengthened": "Stronger",
    "relaxed": "Weaker",
    "stage": "New stage",
    "verified": "Confirmed",
    "retracted": "Correction",
    "withdrawn": "Withdrawn",
    "postponed": "Postponed",
    "superseded": "Replaced",
    "confirmed": "Date confirmed",
    "editorial": "Wording",
    "technical": "Technical",
    "reminder": "Reminder",
    "answer": "Answer",
    "lesson": "Lesson",
    "digest": "Overview",
}
OUTCOME = {
    "changed": "Changed",
    "unchanged": "Unchanged",
    "baseline": "First reading",
    "failed": "Failed",
    "suspect": "Doubtful",
    "held": "Held for review",
    "skipped": "Skipped",
    "": "Not read yet",
}
SIGNPOSTS = {
    "supplier_code": "Supplier code of conduct",
    "policy": "Policy",
    "guidance": "Guidance",
    "newsletter": "Newsletter",
    "upcoming_procurement": "Upcoming procurements",
    "market_engagement": "Market engagement",
    "legislation": "Legislation",
    "news": "News",
}
FILTER = {
    "authority": "Authority",
    "country": "Country",
    "topic": "Topic",
    "clause": "Kind of clause",
    "product": "Product",
    "stage": "Stage",
    "trust": "Trust",
    "law": "Law",
    "lang": "Language",
    "q": "Words",
    "from": "From",
    "to": "To",
    "lead_days_min": "Lead time at least",
}
LANGUAGE = {
    "en": "English",
    "de": "German",
    "nl": "Dutch",
    "sv": "Swedish",
    "da": "Danish",
    "no": "Norwegian",
    "nb": "Norwegian",
    "nn": "Norwegian",
    "fr": "French",
    "fi": "Finnish",
    "es": "Spanish",
    "it": "Italian",
}
ROLE = {
    "public_buyer": "Public buyer",
    "central_purchasing_body": "Central purchasing body",
    "policy_body": "Policy body",
    "legislator": "Legislator",
    "buyer": "Buyer",
    "curator": "Curator",
    "admin": "Administrator",
}

#: Which table names the values of a filter parameter.
TABLES = {
    "stage": STAGE,
    "trust": TRUST,
    "lang": LANGUAGE,
}


def label(table: dict[str, str], value: str) -> str:
    """The table's word for a value, or the value itself made readable."""
    return table.get(str(value)) or str(value).replace("_", " ").capitalize()


def day_text(day: date) -> str:
    """`1 March 2027`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def month_text(day: date) -> str:
    """`March 2027`."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def when_text(when: When) -> str:
    """A date in words at its own precision; a span is never shown as its first day (meaning.md, Time)."""
    first = when.first
    match when.precision:
        case Precision.YEAR:
            return f"{first.year}" if first.month == 1 else f"{month_text(first)} to {month_text(when.last)}"
        case Precision.HALF:
            if first.month in (1, 7):
                return f"{'First' if first.month == 1 else 'Second'} half of {first.year}"
            return f"{month_text(first)} to {month_text(when.last)}"
        case Precision.QUARTER:
            if first.month % 3 == 1:
                return f"Q{(first.month + 2) // 3} {first.year}"
            return f"{month_text(first)} to {month_text(when.last)}"
        case Precision.MONTH:
            return month_text(first)
        case Precision.INSTANT if when.instant is not None:
            local = when.instant.astimezone(ZoneInfo(when.zone))
            return f"{day_text(first)}, {local:%H:%M} ({when.zone.rpartition('/')[2].replace('_', ' ')} time)"
    return day_text(first)


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
    if days == 0:
        return "today"
    if days == 1:
        return "tomorrow"
    if days == -1:
        return "yesterday"
    size = abs(days)
    if size < 60:
        text = f"{size} days"
    elif size < 730:
        text = f"{round(size / 30.44)} months"
    else:
        text = f"{round(size / 365.25)} years"
    return f"in {text}" if days > 0 else f"{text} ago"


def ahead(when: When, today: date) -> str:
    """How far a date is from today; `≈` for a span that is still to come, its end for one that has begun."""
    if when.is_span and when.first <= today <= when.last:
        return f"by {day_text(when.last)}"
    if when.last < today:
        return distance((when.last - today).days)
    return f"{'≈ ' if when.is_span else ''}{distance((when.first - today).days)}"


def bare(title: str) -> str:
    """The title of an announcement without the word of its kind, where that stands beside it already."""
    for word in KIND.values():
        if title.startswith(f"{word}: "):
            return title.removeprefix(f"{word}: ")
    return title


def ago(then: datetime, now: datetime) -> str:
    """How long ago (or ahead) an instant is, in words."""
    seconds = int((now - then).total_seconds())
    size = abs(seconds)
    if size < 90:
        text = "a moment"
    elif size < 5400:
        text = f"{round(size / 60)} minutes"
    elif size < 129600:
        text = f"{round(size / 3600)} hours"
    else:
        text = f"{round(size / 86400)} days"
    return f"{text} ago" if seconds >= 0 else f"in {text}"


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


def wrapped(text: str, width: int, lines: int) -> list[str]:
    """Text in at most `lines` lines of `width` characters, the last one shortened."""
    return textwrap.wrap(text, width, max_lines=lines, placeholder="…") or [text]


def law_date(value: str) -> str:
    """A date of a law in words: `2027-07-26`, `2027-Q3`, `2027`, `--06-30` (every year), or words as they are."""
    if found := re.fullmatch(r"--(\d\d)-(\d\d)", value):
        return f"every year by {int(found[2])} {MONTHS[int(found[1]) - 1]}"
    if found := re.fullmatch(r"(\d{4})-Q([1-4])", value):
        return f"Q{found[2]} {found[1]}"
    if found := re.fullmatch(r"(\d{4})-(\d\d)", value):
        return f"{MONTHS[int(found[2]) - 1]} {found[1]}"
    try:
        return day_text(date.fromisoformat(value))
    except ValueError:
        return value
