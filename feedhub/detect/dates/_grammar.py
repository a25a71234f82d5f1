"""Which stretches of a text are dates: alternations by what a date begins with. Never says what a date is worth or is for.

The text is looked at in a view of equal length: lower case, one kind of space, of dash and of apostrophe.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from feedhub.detect.dates._words import KEY, Words, either, keys, month, words

_S = r"\s{1,3}"
_YEAR = r"(?:\d{4}(?![\d])|['’]?\d\d(?!\d|[.,]\d|\s?%))"
_FULL = r"\d{4}(?!\d)"
#: A figure that follows one of these names a law, a standard, a place in a text or a sum, never a date.
NAMED = re.compile(
    r"(?:§+|\bart(?:icle|ikel|\.|icolo|ículo|s\.)?|\bno\.?|\bnr\.?|\bn\.?[°º]|\bnum\w*|\biso|\biec|\bsa|\bdirective|\bregulation"
    r"|\((?:eu|eg|eg?u|ue|ce|ec|eeg|cee|eec)\)|\brichtlinie|\bverordnung|\brichtlijn|\bverordening|\bdirektiv\w*|\bförordning\w*"
    r"|\bsfs|\brfs|\bversion|\bsection|\bparagraph\.?|\bpara\.|\bchapter|\bkap\.?|\bppn|[€$£]|\beur|\busd|\bsek|\bnok|\bdkk|\bchf|\bgbp"
    r"|\btel\.?|\bphone|\+|#|\bseite|\bpage|\bp\.|\bs\.|\bcpv|\bartt?\.?|\bid|\bref\.?|\babs\.?|\bregulations?|\bc\.)[\s:]*$"
)
#: What turns four figures into something else when it follows them.
_OTHER_AFTER = r"(?!\s?[%€$£]|[/:]\d|\s?-\s?(?:\d{1,3}(?!\d)|[a-z])|[.,]\d|\w|/[a-z]{2}|'[a-zæøå])"
#: Days of every year that have a name, as the first or last month or quarter that they stand for.
TURNS = ("year_end", "new_year", "year_start", "mid_year")
_ODD = re.compile("[‐‑‒–—−’ʼ`´\u00a0\u2009\u202f\u2007\t\r\f\v]")
_PLAIN = dict.fromkeys("‐‑‒–—−", "-") | dict.fromkeys("’ʼ`´", "'")


def view(text: str) -> str:
    """The text in lower case with one kind of dash, apostrophe and space; exactly as long as the text."""
    low = text.lower()
    if len(low) != len(text):
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return _ODD.sub(lambda m: _PLAIN.get(m.group(), " "), low)


#: What stands for any figure among the first letters of a form.
_FIGURE = "0"


class Form(NamedTuple):
    """One form of a date: its expression, whose outermost named group says the form, and the letters it may begin with."""

    expression: str
    begins: frozenset[str]


def matches(seen: str, w: Words) -> Iterator[re.Match[str]]:
    """What may be a date in a view, in order, not overlapping; only tried where a figure or a starting word stands."""
    done = 0
    for place in places(w.lang).finditer(seen):
        start, key = place.start(), place[1]
        if start < done:
            continue
        find = pattern(w.lang, _FIGURE if key.isdecimal() else key)
        if found := find.match(seen, start):
            done = found.end()
            yield found


@cache
def pattern(lang: str, key: str) -> re.Pattern[str]:
    """The forms of a date that may begin with a figure ("0") or with the letters of a word, in one alternation."""
    return _either(tuple(form.expression for form in _forms(lang) if key in form.begins))


@cache
def _either(expressions: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(expressions) or r"(?!)")


@cache
def _forms(lang: str) -> tuple[Form, ...]:
    w = words(lang)
    return (*_figures(), *_days(w), *_spans(w), *_years(w), *_relative(w))


@cache
def places(lang: str) -> re.Pattern[str]:
    """Where a date may begin: at a word, or the first figure of a number, that no other figure or path leads into."""
    tails: dict[str, list[str]] = {}
    for key in sorted(words(lang).starters):
        tails.setdefault(key[0], []).append(re.escape(key[1:]) + ("" if len(key) == KEY else r"(?!\w)"))
    begin = "|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in tails.items())
    return re.compile(rf"(?<![\w/])(?<!\d[.:])(?<!\d-)(?=(\d|{begin}))")


def _begins(phrases: Iterable[str], w: Words) -> frozenset[str]:
    """The first letters with which one of some phrases may begin."""
    out: set[str] = set()
    for phrase in phrases:
        out |= keys(phrase)
        if "{" in phrase:
            counted = [*w.rows["numbers"], *(u for units in w.rows["units"].values() for u in units)]
            out |= {_FIGURE}.union(*map(keys, counted))
    return frozenset(out)


def _figures() -> list[Form]:
    forms = [
        r"(?P<iso>(?P<iso_y>\d{4})(?:-(?P<iso_m>\d\d)-(?P<iso_d>\d\d)|(?P<iso_s>[/.])(?P<iso_m1>\d{1,2})(?P=iso_s)(?P<iso_d1>\d{1,2}))(?![\d/-]))",
        (
            r"(?P<num>(?:(?P<num_a0>\d{1,2})\.(?:(?P<num_b0>\d{1,2})\.)?\s?-\s?)?(?P<num_a>\d{1,2})"
            r"(?P<num_s>[./-])(?:(?<=\.)\s)?(?P<num_b>\d{1,2})(?P=num_s)(?:(?<=\.)\s)?(?P<num_y>\d{4}|'?\d\d)(?![\d/]|[.,-]\d))"
        ),
        r"(?P<ym>(?<![a-z]-)(?P<ym_y>\d{4})-(?P<ym_m>0[1-9]|1[0-2])(?![\d/-]|[.,:]\d))",
        r"(?P<dm>(?P<dm_d>[0-3]?\d)(?:\.\s?(?P<dm_m>[01]?\d)\.|/(?P<dm_m1>[01]?\d))(?![\d/%]|\s?\d{4}(?!\d)))",
        r"(?P<my_num>(?P<my_num_m>0[1-9]|1[0-2])/(?P<my_num_y>20\d\d)(?![\d/-]|/[a-z]))",
    ]
    return [Form(form, frozenset(_FIGURE)) for form in forms]


def _days(w: Words) -> list[Form]:
    rows = w.rows
    figure, named = frozenset(_FIGURE), frozenset(f[:KEY] for m in rows["months"] for f in m.replace("*", "").split())
    name = "|".join(month(m) for m in rows["months"])
    of = f"(?:{either(rows['of_month'])}){_S}" if rows["of_month"] else ""
    of_year = rf"(?:,?{_S}(?:(?:{either(rows['of_year'])}){_S})?|,{_S})"
    join = rf"(?:\s?-\s?|,?{_S}(?:{either(rows['joins'])}){_S}|,\s)"
    nth = rf"{rows['ordinal']}?"
    forms = [
        Form(
            rf"(?P<dmy>(?:(?P<dmy_d0>\d{{1,2}}){nth}{join}(?:(?:den|the|le|el|il)\s)?)?(?P<dmy_d>\d{{1,2}}){nth}(?:-|\s{{0,3}})(?:{of})?"
            rf"(?P<dmy_m>{name})(?:(?:{of_year}|[\s-])(?P<dmy_y>{_YEAR})(?!\s?[%€]|/\d))?)",
            figure,
        )
    ]
    if rows["month_first"]:
        american = (
            rf"(?P<mdy>(?P<mdy_m>{name}){_S}(?P<mdy_d>\d{{1,2}})(?![\d.,]\d)(?!\d){nth}(?:{_S}päiv\w+)?"
            rf"(?:{join}(?P<mdy_d1>\d{{1,2}}){nth}(?![\d]))?(?:{of_year}(?P<mdy_y>\d{{4}})(?!\d))?)"
        )
        japanese = rf"(?P<ymd>(?P<ymd_y>\d{{4}}),?{_S}(?P<ymd_m>{name})(?:{_S}(?P<ymd_d>\d{{1,2}}){nth}(?![\d]))?(?!{_S}\d{{4}}))"
        forms += [Form(american, named), Form(japanese, figure)]
    short = rf"(?P<my>(?:(?P<my_m0>{name}){join})?(?P<my_m>{name})(?:{of_year}|[-/])(?P<my_y>{_FULL})(?!\s?[%€]|/\d))"
    return [*forms, Form(short, named), Form(rf"(?P<m>(?P<m_m>{name}))", named)]


def _spans(w: Words) -> list[Form]:
    rows = w.rows
    of = rf"[\s,/-]{{1,3}}(?:(?:of|de|del|van|af|av|des{_S}jahres|du|von|vuonna|i|{either(rows['of_year'])}){_S})?"
    rank = "|".join(either([r]) for r in rows["ranks"])
    join = rf"(?:\s?[-/]\s?|{_S}(?:{either(rows['joins'])}){_S})"
    after = either(rows["numbers"][:4])
    beside = either([p for phrases in rows["beside"].values() for p in phrases])
    ranked = (
        _begins(rows["ranks"], w)
        | {_FIGURE, "vuo", "kva", "hal", "tri", "sem"}
        | {f"{m}{n}" for m in "qkths" for n in "1234"}
    )
    out = []
    for key, mark, figures in (
        ("quarter", rows["marks_quarter"], "1-4"),
        ("half", rows["marks_half"], "12"),
    ):
        noun = either(rows[key])
        k = key[0]
        expression = (
            rf"(?P<{key}>(?:(?P<{k}_n0>{mark}[{figures}]){join})?(?P<{k}_n>{mark}[{figures}]|[{figures}]{mark}(?=\W))"
            rf"(?:{of}'?(?P<{k}_y>{_FULL})|(?={_S}(?:{beside})))|(?P<{k}_ya>\d{{4}})[\s/-]{{1,2}}(?P<{k}_na>{mark}[{figures}])(?!\w)"
            rf"|(?:(?P<{k}_r0>{rank}){join}(?:(?:the|das|det|den){_S})?)?(?P<{k}_r>{rank}|[{figures}](?:\.|e)?){_S}(?:{noun})(?:{of}(?P<{k}_yr>{_FULL}))?"
            rf"|(?:vuoden{_S})(?P<{k}_yf>{_FULL}){_S}(?P<{k}_rf>{rank}){_S}(?:{noun})|(?:{noun}){_S}(?P<{k}_rw>{after}))"
        )
        out.append(Form(expression, ranked))
    season = "|".join(either([s]) for s in rows["seasons"])
    year = r"(?P<s_y>\d{4})(?!\d)(?:\s?[-/]\s?(?P<s_y2>\d{4}|\d\d)(?!\d))?"
    seasons = _begins(rows["seasons"], w)
    out.append(Form(rf"(?P<season>(?P<s_n>{season}){of}{year})", seasons))
    seasonal = rf"(?P<seasonal>(?P<sl_b>{beside}){_S}(?P<sl_n0>{season})|(?P<sl_n>{season}){_S}(?P<sl_a>{beside}))"
    out.append(Form(seasonal, seasons | _begins((p for phrases in rows["beside"].values() for p in phrases), w)))
    out.append(Form(rf"(?P<bare_season>(?P<bs_n>{season}))", seasons))
    return out


def _relative(w: Words) -> list[Form]:
    rows = w.rows["relative"]
    number = rf"(?:\d{{1,3}}|{either(w.rows['numbers'])})"
    unit = rf"(?:{either([u for forms in w.rows['units'].values() for u in forms])})"
    until = rf"(?:{_S}(?:{either(rows['within_of'])})[^\d,.;:()\n]{{1,60}}?(?=[,.;:()\n]|\Z))?"

    def form(name: str, key: str, end: str = "") -> Form:
        counted = either(rows[key]).replace("{n}", number).replace("{u}", unit)
        return Form(rf"(?P<{name}>(?:{counted}){end})", _begins(rows[key], w))

    counted = [form("r_ahead", "ahead"), form("r_ago", "ago"), form("within", "within", until)]
    simple = ["trigger", "today", "yesterday", "tomorrow", "vague", "this_year", "next_year", "last_year"]
    simple += ["this_month", "next_month", "last_month"]
    turn = "|".join(rf"(?P<turn_{key}>{either(rows[key])})" for key in TURNS)
    turns = Form(rf"(?P<turn>{turn})", _begins((p for key in TURNS for p in rows[key]), w))
    return [*counted, turns, *(form(f"r_{key}", key) for key in simple)]


def _years(w: Words) -> list[Form]:
    figure = frozenset(_FIGURE)
    part = either(w.rows["part_of"])
    join = rf"(?:\s?-\s?|{_S}(?:{either(w.rows['joins'])}){_S})"
    return [
        Form(rf"(?P<years>(?P<years_a>\d{{4}}){join}(?P<years_b>\d{{4}}){_OTHER_AFTER})", figure),
        Form(r"(?P<fy>(?P<fy_a>(?:19|20)\d\d)[/-](?P<fy_b>\d\d)(?![\d/:]|[.,]\d|/[a-z]|-\d))", figure),
        Form(
            rf"(?P<part>(?:{part})(?:-|{_S})(?P<part_y>(?:19|20|21)\d\d){_OTHER_AFTER})",
            _begins(w.rows["part_of"], w),
        ),
        Form(rf"(?P<year>(?P<year_y>(?:19|20)\d\d){_OTHER_AFTER})", figure),
    ]
