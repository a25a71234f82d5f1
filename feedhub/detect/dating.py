"""The dates that are read in a labelled passage beside those it has: by value, and by what they are for.

Never judges a sentence: a date that is read right counts whether or not the passage states a requirement.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from feedhub.detect.dates import find
from feedhub.detect.language import reading_language
from feedhub.detect.milestones import KINDS
from feedhub.detect.passages import passages
from feedhub.model import Precision, SignalDate

#: Names of one role among the labels of different hands.
_ALIASES = {"consultation_closes": "consultation_close", "consultation_opens": "consultation_open"}


_YEAR = re.compile(r"\d{4}")
_SPAN = re.compile(r"(\d{4})-([QH])([1-4])")


@dataclass(frozen=True)
class Compared:
    """Pairs (in the labels, read) of each date by value and of each labelled role, and what went wrong in words."""

    values: tuple[tuple[bool, bool], ...] = ()
    roles: tuple[tuple[bool, bool], ...] = ()
    why: tuple[str, ...] = ()


def spans(text: str, lang: str) -> list[tuple[str, str]]:
    """The passages of a text as the judge reads dates in them, each with the language that it is read in."""
    language = reading_language(text, lang)
    flat = text.replace("\n", " ")
    found = [(cut[0][0], cut[-1][1]) for p in passages(text, language) if (cut := p.sentences)]
    return [(flat[start:end], language) for start, end in found]


def dates_of(text: str, lang: str, page_date: date | None) -> list[SignalDate]:
    """Every date of a text, read passage by passage as the judge does; offsets are those in the passage."""
    return [told for passage, language in spans(text, lang) for told in find(passage, language, page_date)]


def compare(row: Mapping[str, Any], page_date: date | None) -> Compared:
    """The dates of a labelled row compared with those read in it.

    A labelled date without a year or value, or that stands outside the text, is not scored, nor is what is read in its
    words. A quarter, half or season is compared by first day, a season labelled by its year alone by that year. A role
    is compared by the kind of milestone that it becomes (`KINDS`); one that becomes none of them is not scored.
    """
    labelled = [d for d in row.get("dates") or () if d.get("in_text", True)]
    gold = [d for d in labelled if _YEAR.match(str(d.get("iso") or ""))]
    unscored = [str(d.get("text") or "").lower() for d in labelled if d not in gold]
    read = [d for d in dates_of(str(row.get("text") or ""), str(row.get("lang") or ""), page_date) if d.iso]
    scored = " ".join(str(d.get("text") or "").lower() for d in gold)
    read = [d for d in read if d.text.lower() in scored or not any(d.text.lower() in words for words in unscored)]
    years = {str(d["iso"]) for d in gold if d.get("precision") == "season" and len(str(d["iso"])) == 4}
    mine: dict[str, str] = {}
    for told in read:
        mine.setdefault(_value(told, years), meaning(told.role) or "")
    wanted = {comparable(str(d["iso"])): meaning(str(d.get("role") or "")) for d in gold}
    values = tuple((v in wanted, v in mine) for v in sorted(wanted.keys() | mine.keys()))
    roles: list[tuple[bool, bool]] = []
    why = [f"dates {sorted(mine)} instead of {sorted(wanted)}"] if mine.keys() != wanted.keys() else []
    for value, kind in wanted.items():
        if kind is None:
            continue
        right = mine.get(value) == kind
        roles.append((True, right))
        if value in mine and not right:
            roles.append((False, True))
            why.append(f"{value} is {mine[value] or 'no milestone'} instead of {kind or 'no milestone'}")
    return Compared(values, tuple(roles), tuple(why))


def meaning(role: str) -> str | None:
    """What a role comes to: a kind of milestone, `superseded`, "" for no milestone; None for a role of no table."""
    role = _ALIASES.get(role, role)
    if role == "superseded_date":
        return "superseded"
    if role not in KINDS:
        return None
    kind = KINDS[role]
    return kind.value if kind else ""


def _value(told: SignalDate, years: set[str]) -> str:
    value = comparable(told.iso)
    return value[:4] if told.precision is Precision.QUARTER and value[:4] in years else value


def comparable(iso: str | None) -> str:
    """Quarter and half-year as their first day."""
    match = _SPAN.fullmatch(iso or "")
    if match is None:
        return iso or ""
    size = 3 if match[2] == "Q" else 6
    return f"{match[1]}-{(int(match[3]) - 1) * size + 1:02d}-01"
