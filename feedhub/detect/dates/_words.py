"""The words of one language for dates, read once from `words/<language>.toml` and compiled; never looks at a text.

A phrase is words parted by spaces: `a/b` either, `abc*` begins with, `_` a space inside a choice (alone: the word may
be missing), `..` up to 60 characters, `{n}` a number, `{u}` a unit of time; `~` before a cue makes it weak.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

_HERE = Path(__file__).resolve().parent / "words"
_SPACE = r"\s{1,3}"
_GAP = r"[^.;!?\n]{0,60}?"
_WORD = re.compile(r"\w+")
#: How many first letters of a word are looked up.
KEY = 3
_CHOICE = re.compile(r"(?<!\\)/")
_WORDLY_END = re.compile(r"\w\Z")

#: Languages that have words; a text in another language is read with the figures of `en` and nothing guessed.
LANGUAGES = tuple(sorted(p.stem for p in _HERE.glob("*.toml")))


class Cue(NamedTuple):
    """Words that speak of a role, from `start` to `end`; a weak cue yields to any other."""

    role: str
    start: int
    end: int
    weak: bool


@dataclass(frozen=True)
class Words:
    """What one language says about dates. `rows` are the TOML tables; `months`, `numbers` map a form to its number."""

    lang: str
    rows: Mapping[str, Any]
    months: tuple[re.Pattern[str], ...]
    cues: Mapping[str, tuple[tuple[str, str, bool], ...]]
    hints: Mapping[str, tuple[tuple[str, str, bool], ...]]
    before: Mapping[str, re.Pattern[str]]
    after: Mapping[str, re.Pattern[str]]
    ranks: tuple[re.Pattern[str], ...]
    seasons: tuple[re.Pattern[str], ...]
    units: Mapping[str, re.Pattern[str]]
    numbers: tuple[re.Pattern[str], ...]
    recurring: re.Pattern[str]
    future: re.Pattern[str]
    join: re.Pattern[str]
    counted: re.Pattern[str]
    planned: re.Pattern[str]
    carried: re.Pattern[str]
    closing: re.Pattern[str]
    closed: re.Pattern[str]
    cased: re.Pattern[str]
    sides: Mapping[str, re.Pattern[str]]
    starters: frozenset[str]

    def said(self, text: str) -> Iterator[Cue]:
        """Every cue in a text: a look-up by the first letters of each word, then a match."""
        yield from _spoken(text, self.cues)

    def hinted(self, text: str) -> Iterator[Cue]:
        """Every hint in a text: words that speak of a role less surely than a cue does."""
        yield from _spoken(text, self.hints)

    def side(self, said: str) -> tuple[str, int] | None:
        """Which of "last", "this", "next" a phrase says, and the years from now when it names a year ("next year")."""
        name = next((k for k in ("ago", "next", "same", "past") if self.sides[k].fullmatch(said)), "")
        if not name:
            return None
        if name != "ago" and self.units["year"].search(said):
            return "same", {"next": 1, "same": 0, "past": -1}[name]
        return name, {"ago": -1, "next": 1}.get(name, 0)

    def ends(self, key: str) -> re.Pattern[str]:
        """The phrases of a list, standing at the end of what is searched."""
        return _ends(self.lang, key)

    def starts(self, key: str) -> re.Pattern[str]:
        """The phrases of a list, standing where the match begins, after at most one space."""
        return _starts(self.lang, key)

    def month(self, form: str) -> int:
        """The number of a month from a matched form, 1 to 12."""
        return 1 + next(i for i, p in enumerate(self.months) if p.fullmatch(form))


def _spoken(text: str, phrases: Mapping[str, tuple[tuple[str, str, bool], ...]]) -> Iterator[Cue]:
    for word in _WORD.finditer(text):
        for role, expression, weak in phrases.get(word.group()[:KEY], ()):
            if found := _compiled(expression).match(text, word.start()):
                yield Cue(role, found.start(), found.end(), weak)


@cache
def words(lang: str) -> Words:
    """The words of a language; Norwegian also under `nb` and `nn`, an unknown language gets those of English."""
    lang = {"nb": "no", "nn": "no"}.get(lang, lang)
    rows = _rows(lang if lang in LANGUAGES else "en")
    return Words(
        lang=lang if lang in LANGUAGES else "en",
        rows=rows,
        months=tuple(re.compile(month(forms)) for forms in rows["months"]),
        cues=_index(rows["cues"]),
        hints=_index(rows["hints"]),
        before={k: re.compile(rf"(?<!\w)(?:{either(v)}){_WEEKDAY}$") for k, v in rows["prepositions"].items() if v},
        after={k: re.compile(rf"\s{{0,2}}(?:{either(v)})") for k, v in rows.get("after", {}).items()},
        ranks=tuple(re.compile(either([forms])) for forms in rows["ranks"]),
        seasons=tuple(re.compile(either([forms])) for forms in rows["seasons"]),
        units={k: re.compile(either(v)) for k, v in rows["units"].items()},
        numbers=tuple(re.compile(either([forms])) for forms in rows["numbers"]),
        recurring=re.compile(rf"(?<!\w)(?:{either(rows['recurring'])})"),
        future=re.compile(rf"(?<!\w)(?:{either(rows['future'])})"),
        join=re.compile(
            rf"(?:{rows['ordinal']})?\s{{0,3}}(?:-|,|/|{either(rows['joins'])})\s{{0,3}}(?:{either(_ARTICLES)})?\s{{0,3}}"
        ),
        counted=re.compile(rf"\s{{1,3}}(?:\w{{1,30}}\s{{1,3}})?(?:{either(rows['counted'])})"),
        planned=re.compile(rf"(?<!\w)(?:{either(rows['planned'])})"),
        carried=re.compile(rf"(?<!\w)(?:{either(rows['carried'])})"),
        closing=re.compile(rf"(?<!\w)(?:{either(rows['ends'])})"),
        closed=re.compile(rf"(?<!\w)(?:{either(rows['ends'])})\s+$"),
        cased=re.compile(rf"(?:{'|'.join(rows.get('cased', ['(?!)']))})$"),
        sides={k: re.compile(rf"(?:{either(v)})\s*") for k, v in rows["beside"].items()},
        starters=_starters(rows),
    )


_ARTICLES = ("the", "den", "dem", "der", "le", "el", "il", "la", "from", "du", "dal", "del", "am", "zum", "op", "d.")
#: What may stand between a preposition and its date: an article, a weekday, a comma, "approximately".
_WEEKDAY = r"\s+(?:(?:the|den|dem|der|le|la|el|il|de|het|d\.|year|år|jahr|around|about|ca\.?)\s+)?(?:\w{4,12}(?:dag|day|tag|di|che)?,?\s+)??"


def phrase(text: str) -> str:
    """One phrase as a regular expression without capturing groups, bounded at both ends by the edge of a word."""
    out = ""
    gap = False
    for i, word in enumerate(text.split(" ")):
        if word == "..":
            out += _GAP
            gap = True
            continue
        forms = [_form(f) for f in _CHOICE.split(word)]
        piece = f"(?:{'|'.join(forms)})" if len(forms) > 1 else forms[0]
        if "_" in _CHOICE.split(word):
            out += f"(?:{'|'.join(_form(f) for f in _CHOICE.split(word) if f != '_')}{_SPACE})?" if not i else ""
            out += f"(?:{_SPACE}{'|'.join(_form(f) for f in _CHOICE.split(word) if f != '_')})?" if i else ""
            continue
        out += (r"(?<!\w)" if gap else _SPACE if i else "") + piece
        gap = False
    return out + (r"(?!\w)" if _WORDLY_END.search(text) else "")


def _form(form: str) -> str:
    if form in ("{n}", "{u}"):
        return form
    return re.escape(form.replace("\\/", "/")).replace(r"\*", r"\w*").replace("_", _SPACE)


def either(phrases: Iterable[str]) -> str:
    """Several phrases as one alternation, the longest first; something that never matches when there are none."""
    ordered = sorted(phrases, key=len, reverse=True)
    return "|".join(phrase(p) for p in ordered) or r"(?!)"


def month(forms: str) -> str:
    """The forms of one month as an expression: the first in full, the others with or without a stop."""
    full, *short = forms.split()
    ends = [f"{_form(full)}"] + [rf"{_form(s)}(?!\w)\.?" for s in sorted(short, key=len, reverse=True)]
    return rf"(?:{'|'.join(ends)})(?!\w)"


def keys(text: str) -> set[str]:
    """The first letters with which a phrase may begin, as `Words.said` looks them up."""
    out: set[str] = set()
    for word in text.split(" "):
        forms = _CHOICE.split(word)
        for form in forms:
            if run := _WORD.match(form.lstrip("{").split("_")[0]):
                out.add(run.group()[:KEY])
        if "_" not in forms:
            break
    return out


def _index(cues: Mapping[str, list[str]]) -> Mapping[str, tuple[tuple[str, str, bool], ...]]:
    grouped: dict[str, list[tuple[str, str, bool]]] = {}
    for role, phrases in cues.items():
        for text in phrases:
            bare = text.removeprefix("~")
            for key in keys(bare):
                grouped.setdefault(key, []).append((role, phrase(bare), bare != text))
    return {key: tuple(rows) for key, rows in grouped.items()}


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression)


def _starters(rows: Mapping[str, Any]) -> frozenset[str]:
    """The first letters of everything but figures that can begin a date."""
    lists = [
        *rows["relative"].values(),
        *rows["beside"].values(),
        rows["ranks"],
        rows["seasons"],
        rows["part_of"],
        rows["numbers"],
    ]
    out = {key for phrases in lists for p in phrases for key in keys(p)}
    out |= {form[:KEY] for forms in rows["months"] for form in forms.replace("*", "").split()}
    out |= {f"{mark}{n}" for mark in "qkths" for n in "1234"}
    return frozenset(out | {"kva", "hal", "vuo", "tri", "sem"})


@cache
def _rows(lang: str) -> Mapping[str, Any]:
    return tomllib.loads((_HERE / f"{lang}.toml").read_text(encoding="utf-8"))


def _table(lang: str, key: str) -> Iterable[str]:
    at: Any = _rows(lang)
    for part in key.split("."):
        at = at.get(part, ())
    return list(at)


@cache
def _ends(lang: str, key: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w])(?:{either(_table(lang, key))})\s+$")


@cache
def _starts(lang: str, key: str) -> re.Pattern[str]:
    return re.compile(rf"\s{{0,2}}(?:{either(_table(lang, key))})")
