"""Which conventions, acts and articles a sentence names: lists of conventions number by number. Never says what they ask.

Every expression is bounded, so that no text makes one slow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from feedhub import taxonomy

#: Who makes the conventions that have numbers.
_ILO = re.compile(
    r"\b(?:ilo|oit|iao|(?-i:OIL)|ilon|ilo:[ns]|ilos|kansainväli\w{2,8}\styöjärjestö\w{0,6})\b", re.IGNORECASE
)
#: What one of their names holds.
_MAKERS = ("ilo", "oit", "iao", "oil", "työjärjestö")
_SIGN = r"(?:\b(?:no|nos|nr|nrs|nro|núm|núms|num|nums|n|nn|nummer|numero|c)\b[.°º]{0,2}\s{0,2}|n[°º]\s{0,2}|\bC(?=\d))"
#: What leads up to a first number: "convention", or the maker's name right before it.
_LEAD = re.compile(
    r"(?:conven\w{3,9}|konven\w{3,12}|konvensj\w{2,10}|übereinkommen\w{0,2}|verdrag\w{0,4}|sopimu\w{2,10}|kernarbeitsnorm\w{0,4}|convenios?)"
    r"(?P<gap>(?:[^.;\d]|(?<=n[ro])\.|(?<=\bn)\.){0,60}?)(?<![\w§$€£])(?=c?\d)|(?:\bilo|\boit|\biao|\bilon)[\s-]{1,2}(?=c?\d|n[ro]?[.°º])",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"0{0,2}(\d{1,3})(?![\d%€$£]|[.,]\d|/\d{4}|\s?(?:%|€|\$|£|h\b|st\b|hours|stunden|uur|timmar|timer|heures|horas|ore\b|tuntia))"
)
_AND = r"(?:and|or|und|oder|sowie|en|of|och|samt|eller|og|ja|sekä|et|ou|y|e|ed|i|as\swell\sas)"
#: What may stand between two numbers of one list: names in brackets or after "on", commas, "and", "No.".
_GAP = re.compile(
    rf"\s?(?:\([^()\d]{{1,70}}\)|(?:on|concerning|über|zur?|betreffend|om|angående|sur|sobre|sul?l?[aeo']{{0,2}}|over|inzake)\s[^\d,;.()]{{1,70}}?(?=,|\s{_AND}\s))?"
    rf"(?:\s?[,/&+]\s?|\s(?={_AND}\s))?(?:\s?{_AND}\s)?\s?(?:ilo[\s-])?(?:conventions?\s)?{_SIGN}?",
    re.IGNORECASE,
)
_SIGNED = re.compile(rf"{_SIGN}\s?$", re.IGNORECASE)
_FIRST = re.compile(rf"{_SIGN}?", re.IGNORECASE)
#: Characters between "convention" and a lone number without "No." that still mean each other.
_CLOSE = 12
_HIGHEST = 192
_YEAR = r"(?:19|20)\d\d"
_ARTICLE = (
    r"(?:(?:[Aa]rt(?:icle|icles|ikel|ikels|iklar|\.|icolo|ículo|ikla[ns]?)?|[Ss]ections?|§{1,2}|[Kk]ap\.|[Cc]hapter)\s?\d{1,4}\w?"
    r"(?:\s?\(\w{1,3}\)|[.:]\d{1,3}\w?|,?\s(?:Abs\.|Absatz|Satz|S\.|Nr\.|lid|comma|apartado|stk\.|paragraph|al\.|ledd)\s?\d{1,3}){0,4}|\d{1,3}\s(?:kap\.\s\d{1,3}\s?)?§)"
)
_OF = r"(?:,?\s(?:of|of\sthe|der|des|van|van\sde|i|av|af|de\sla|du|de|del|della|dell'|dello|in|ur))?\s"
_ACTS = (
    rf"(?:[Dd]ire[ck]ti[vf]\w{{0,4}}|[Rr]egulation|[Rr]ichtlinie|[Vv]erordnung|[Rr]ichtlijn|[Vv]erordening|[Ff]örordning\w{{0,3}}|[Ff]orordning\w{{0,3}}|[Rr]èglement"
    rf"|[Rr]eglamento|[Dd]irettiva|[Rr]egolamento|[Dd]irektii\w{{2,4}}|[Aa]setu\w{{0,5}})\s(?:\(\w{{2,4}}(?:,\s\w{{3,8}})?\)\s)?(?:[Nn][or]\.?\s|n[°º]\s?)?\d{{2,4}}/\d{{1,4}}(?:/[A-Z]{{2,3}})?"
    rf"|(?:[A-Z][a-z']{{2,20}}\s(?:and\s|of\s|in\s)?){{1,6}}(?:Act|Regulations)\s{_YEAR}"
    rf"|(?:[Ll]oi|[Dd]écret|[Oo]rdonnance)\sn[°o]\s?{_YEAR}-\d{{1,5}}"
    rf"|(?:Ley(?:\sOrgánica)?|Real\sDecreto(?:-ley)?|Decreto)\s\d{{1,4}}/{_YEAR}"
    rf"|(?:[Dd]\.?\s?[Ll]gs\.?|[Dd]ecreto\slegislativo|[Ll]egge|D\.?M\.?)\s(?:n\.\s)?\d{{1,4}}/{_YEAR}"
    rf"|(?:[Ll]agen?|[Ff]örordningen?)\s\({_YEAR}:\d{{1,5}}\)|SFS\s{_YEAR}:\d{{1,5}}|[Ll]ov\s(?:av\s|af\s)?(?:\d{{1,2}}\.\s\w{{3,9}}\s{_YEAR}\s)?nr\.?\s?\d{{1,5}}|LOV-{_YEAR}-\d\d-\d\d-\d{{1,4}}"
    rf"|(?:[Ll]a(?:ki|in|issa|kia)|[Aa]setuks\w{{1,3}})\s\(?\d{{1,4}}/{_YEAR}\)?|Stb\.\s{_YEAR},\s\d{{1,4}}"
    r"|(?:GWB|UVgO|VgV|LOU|LUF|LUK|LOA|BöB|VöB|[A-ZÄÖÜ][A-Za-zÄÖÜäöüß]{1,20}(?:[Gg]esetz\w{0,2}|G|V)|[A-Z][a-z]{3,25}wet(?:\s\d{4})?)(?![\w-])"
)
_ACT = re.compile(rf"(?<!\w)(?:{_ARTICLE}{_OF})?(?:{_ACTS})(?:,\s{_ARTICLE})?")
_FRENCH = re.compile(r"\barticles?\s[LRD]\.?\s?\d{1,4}(?:-\d{1,3}){0,3}")
#: An act in letters alone is named only with its article: "GWB" stands in every German tender.
_FIGURE = re.compile(r"\d")
#: What every act named with a figure has: figures parted by a sign, a year after its kind, an article. Looked for first.
_NUMBERED = re.compile(
    r"\d[/:-]\d|§|(?:Act|Regulations|wet)\s\d|nr\.?\s?\d|Stb\.|[Aa]rt|[Ss]ection|[Kk]ap\.|[Cc]hapter"
)
_MOST = 30


def cited(text: str, named: tuple[str, ...] = ()) -> tuple[str, ...]:
    """What a sentence names, in order, each once: ids of conventions, and acts with their articles in its own words.

    `named` are ids of conventions that are known by their words.
    """
    acts: list[str] = []
    if _NUMBERED.search(text):
        acts = [m.group() for m in _ACT.finditer(text) if _FIGURE.search(m.group())]
        acts += [m.group() for m in _FRENCH.finditer(text)]
    whole = (" ".join(act.split()).rstrip(",") for act in acts)
    return tuple(dict.fromkeys([*_conventions(text), *named, *whole]))[:_MOST]


def _conventions(text: str) -> Iterator[str]:
    low = text.casefold()
    if not any(name in low for name in _MAKERS) or not _ILO.search(text):
        return
    done = 0
    for lead in _LEAD.finditer(text):
        if lead.end() < done:
            continue
        numbers, end = _numbers(text, lead.end())
        gap = lead["gap"] or ""
        sure = len(numbers) > 1 or len(gap) <= _CLOSE or _SIGNED.search(gap)
        if sure and 2 * sum(n in _known() for n in numbers) >= len(numbers) > 0:
            done = end
            yield from (_known().get(n, f"ILO convention {n}") for n in numbers)


def _numbers(text: str, at: int) -> tuple[list[int], int]:
    """The numbers of a list that begins at a place, and where it ends."""
    out: list[int] = []
    begin, end = _FIRST.match(text, at), at
    at = begin.end() if begin else at
    while (number := _NUMBER.match(text, at)) and 1 <= int(number[1]) <= _HIGHEST:
        out.append(int(number[1]))
        end = number.end()
        gap = _GAP.match(text, end)
        if gap is None or gap.end() == end:
            break
        at = gap.end()
    return out, end


@cache
def _known() -> dict[int, str]:
    return {c.number: c.id for c in taxonomy.load().conventions.values() if c.number}
