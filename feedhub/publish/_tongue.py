"""The words and dates of mails in the language of their reader. Feeds and calendars speak English: see `_wording`.

The words stand in `mail_words/<language>.toml`, the names of things in the taxonomy, months with Babel.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl

from feedhub.model import Precision, When
from feedhub.publish import _wording as wording

_HERE = Path(__file__).resolve().parent / "mail_words"
_SAME = {"no": "nb", "nn": "nb"}


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """Language → name → words with fields in braces; every language has the same names and fields."""
    return {file.stem: tomllib.loads(file.read_text(encoding="utf-8")) for file in sorted(_HERE.glob("*.toml"))}


def spoken(languages: Iterable[str]) -> str:
    """The first of some languages in which mails are written; English when there is none."""
    known = (_SAME.get(code, code) for code in languages)
    return next((code for code in known if code in words()), "en")


def say(lang: str, name: str, /, **values: object) -> str:
    """The words of a name, with their fields filled in."""
    return words()[lang][name].format(**values)


def count(lang: str, name: str, number: int, /, **values: object) -> str:
    """The words for one or for many."""
    return say(lang, f"{name}_{'one' if number == 1 else 'many'}", count=number, **values)


def pair(lang: str, name: str, value: str) -> str:
    """`Stage: planned`, `Stade : prévu`."""
    return say(lang, "pair", name=name, value=value)


def rhythm(lang: str, value: str) -> str:
    """How often, in words."""
    return say(lang, value) if value in ("immediate", "daily", "weekly") else value


def filter_words(query: str, known: Mapping[str, Mapping[str, str]], lang: str) -> str:
    """A canonical filter in words, "" for the empty one. `known` names the values of each filter in the language."""
    said = []
    for name, value in parse_qsl(query):
        if name in known:
            said.append(known[name].get(value, value))
        else:
            dated = name in ("from", "to")
            said.append(say(lang, f"filter_{name}", value=day(date.fromisoformat(value), lang) if dated else value))
    return ", ".join(said)


def day(value: date, lang: str) -> str:
    """`1 March 2027`, `1. marts 2027`."""
    if lang == "en":
        return wording.day(value)
    from babel.dates import format_date  # noqa: PLC0415 - most mails are English, and babel takes a while to load

    return str(format_date(value, "long", lang))


def when(value: When, lang: str) -> str:
    """A date in words at its own precision; a span is never shown as its first day."""
    if lang == "en":
        return wording.when(value)
    if value.precision is Precision.INSTANT and value.instant is not None:
        local = value.instant.astimezone(wording.zone(value.zone))
        time, place = f"{local:%H:%M}", wording.place(value.zone)
        return say(lang, "instant", day=day(local.date(), lang), time=time, place=place)
    return _span(value, lang) if value.is_span else day(value.first, lang)


def _span(value: When, lang: str) -> str:
    from babel.dates import format_skeleton  # noqa: PLC0415 - as above

    first = value.first
    if value.precision is not Precision.MONTH and not wording.aligned(value):
        ends = (format_skeleton("yMMMM", d, locale=lang) for d in (first, value.last))
        return say(lang, "span", first=next(ends), last=next(ends))
    match value.precision:
        case Precision.MONTH:
            return str(format_skeleton("yMMMM", first, locale=lang))
        case Precision.QUARTER:
            return str(format_skeleton("yQQQ", first, locale=lang))
        case Precision.HALF:
            return say(lang, "first_half" if first.month == 1 else "second_half", year=first.year)
    return str(first.year)
