"""From what size on a duty holds: contract value, employees, turnover, class of risk. In the words of the sentence.

A sum counts only with a word that makes it a limit ("more than", "ab", "jusqu'à") or beside "threshold"; a fine, a
price or a budget is none. Every expression is bounded, so that no text makes one slow.
"""

from __future__ import annotations

import re

_S = r"[\s\u00a0\u202f]"
_NUMBER = rf"\d{{1,3}}(?:[.,'’{_S[1:-1]}]\d{{3}}){{1,4}}(?:[.,]\d{{1,2}})?|\d{{1,9}}(?:[.,]\d{{1,2}})?"
_SCALE = (
    r"(?:million(?:en|s|er)?|mio\.?|mill\.?|mln\.?|miljoen|miljon(?:er)?|miljoona[a]?|millones|millón|milion[ei]|billion|bn|milliarden?|mrd\.?|md\."
    r"|miljard(?:er)?|milliard(?:er|s)?|miliard[io]|thousand|tusen|tsd\.?|mkr|mdkr|k)(?!\w)"
)
_CURRENCY = r"(?:[€£$]|(?:EUR|USD|GBP|CHF|SEK|NOK|DKK|ISK|PLN|euro[sna]?|pounds?|kroner|kronor|kr\.?|Franken|francs|franchi)(?!\w))"
_ONE = r"(?:one|a|eine[rn]?|een|en|ett|une?|un|uno|yhden)"
_WORKERS = (
    r"(?:(?:full-time|vollzeit\w{0,12}|fuldtids\w{0,12}|heltids\w{0,12})[\s-])?(?:employees|workers|staff|people|Beschäftigten?|Beschäftigte[rn]?|Mitarbeite\w{1,8}|Mitarbeitende[rn]?|Arbeitnehm\w{2,10}"
    r"|Angestellten?|werknemers|medewerkers|personeelsleden|anställda|medarbetare|ansatte|medarbejdere|årsverk|årsværk|salarié\w{0,2}|employés|personnes|työntekijää|henkilöä|työntekijän|trabajador\w{2}|empleados|dipendenti|lavoratori|addetti)(?!\w)"
)
_SUM = (
    rf"(?:{_CURRENCY}{_S}?(?:{_NUMBER})(?:{_S}?{_SCALE})?|(?:{_NUMBER}){_S}?(?:{_SCALE}{_S}?)?(?:d[e']{_S}?)?{_CURRENCY}"
    rf"|(?:{_NUMBER}){_S}?(?:mkr|mdkr)(?!\w)|{_ONE}{_S}{_SCALE}{_S}(?:d[e']{_S}?)?{_CURRENCY})"
)
_HEADS = rf"(?:{_NUMBER}){_S}(?:or{_S}more{_S}|oder{_S}mehr{_S}|of{_S}meer{_S}|eller{_S}fler{_S}|ou{_S}plus{_S})?(?:\w{{3,15}}{_S})?{_WORKERS}"
_OVER = (
    r"(?:(?:more|fewer|less|greater|higher|lower)\sthan|over|above|exceed(?:s|ing)?|in\sexcess\sof|at\sleast|from|of|worth|up\sto|below|under|between|not\sless\sthan|starting\sat|upwards\sof"
    r"|mehr\sals|weniger\sals|mindestens|ab(?:\seinem\s\w{4,18}(?:\svon)?)?|über|oberhalb(?:\svon)?|unter|bis\szu|zwischen|wenigstens|höchstens|übersteigt|überschreitet|erreicht"
    r"|meer\sdan|minder\sdan|minstens|minimaal|ten\sminste|vanaf|boven(?:\sde)?|onder(?:\sde)?|tot|tussen|hoger\sdan|maximaal"
    r"|mer\sän|fler\sän|färre\sän|mindre\sän|minst|över(?:stiger)?|från(?:\soch\smed)?|under(?:stiger)?|upp\still|mellan|överskrider"
    r"|mere\send|flere\send|færre\send|mindre\send|mindst|fra|over(?:\sstiger)?|overstiger|op\still|mellem|mer\senn|flere\senn|færre\senn|mindre\senn|opp\still|mellom"
    r"|plus\sde|moins\sde|au\smoins|à\spartir\sde|supérieure?s?\sà|inférieure?s?\sà|au-delà\sde|jusqu'à|entre|dépass\w{1,5}|excéd\w{1,5}|d'au\smoins"
    r"|yli|alle|vähintään|enintään|vähemmän\skuin|enemmän\skuin|ylittä\w{1,6}"
    r"|más\sde|menos\sde|al\smenos|a\spartir\sde|superior(?:es)?\sa|inferior(?:es)?\sa|hasta|supere[n]?|mayor\sde"
    r"|più\sdi|meno\sdi|almeno|a\spartire\sda|superior[ei]\sa(?:i)?|inferior[ei]\sa(?:i)?|oltre|fino\sa|tra|super[ai]\w{0,4})"
)
_ARTICLE = r"(?:\s(?:a|an|the|einem?r?|der|die|das|den|een|de|het|en|ett|et|la|le|el|il|i|value|of|von|van|på|d[e']|au|to|zu))?"
_JOIN = r"\s?(?:-|–|and|to|und|bis|en|tot|och|till|og|til|et|à|y|e|a|ja)\s?"
_LIMIT = re.compile(
    rf"(?<!\w)(?P<over>{_OVER}{_ARTICLE}\s){{0,2}}(?P<sum>(?:(?:{_NUMBER}|{_SUM}){_JOIN})?(?:{_SUM}|{_HEADS}))"
    rf"(?P<after>\s(?:or\smore|and\sabove|or\sabove|upwards|oder\smehr|und\smehr|of\smeer|en\smeer|eller\smer|och\suppåt|eller\smere|og\sderover|eller\sover|ou\splus|et\splus|tai\senemmän|o\smás|o\spiù|in\sassets|in\srevenue|turnover|Umsatz|omzet))?",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"threshold|schwellenwert|drempel|tröskelvärde|gränsvärde|tærskelværdi|terskelverdi|seuil|kynnysarvo|umbral|soglia|tests?\b|criteri",
    re.IGNORECASE,
)
_FINE = re.compile(
    r"(?:\bfines?\b|penalt|budget|costs?\b|price|geldbuße|bußgeld|vertragsstrafe|kosten|preis|boete|\bvite|böter|bøde|\bbot\b|gebyr|dagbøter|amende|pénalité|prix|sakko|sopimussakko|multa|penalizaci|sanción|sanzion|penale)"
    r"[^.;]{0,50}$",
    re.IGNORECASE,
)
_RISK = re.compile(
    r"\bhigh[- ]risk\s(?:categor(?:y|ies)|procurements?|contracts?|products?|goods|sectors?)|\bHochrisiko\w{3,20}|\bRisikokategorie\w?|\brisicocategorie\w?|\b(?:hög)?riskkategori\w{0,3}|\bhögriskområde\w{0,2}"
    r"|\b(?:høj|høy)risiko\w{3,20}|\bcatégories?\sà\srisque|\bproduits?\sà\srisque|\briskituot\w{2,6}|\bcategorías?\sde\s(?:alto\s)?riesgo|\bcategorie?\sa\s(?:alto\s)?rischio",
    re.IGNORECASE,
)
#: "Companies with 250 employees" names a limit, "a visit by 250 employees" none.
_WITH = re.compile(
    r"\b(?:with|mit|met|med|avec|con|having|employing|employs?|beschäftig\w{1,4}|joissa on)\s$", re.IGNORECASE
)
#: Without a figure or a million no sum is named, nor without one of these at a figure: most figures belong to dates.
_COUNTED = re.compile(r"\d|mil[lj]", re.IGNORECASE)
_FIGURES = re.compile(r"\d+")
_AFTER = re.compile(
    rf"(?:{_HEADS}|(?:{_NUMBER}){_S}?(?:{_SCALE}{_S}?)?(?:d[e']{_S}?)?{_CURRENCY}|(?:{_NUMBER}){_S}?(?:mkr|mdkr))",
    re.IGNORECASE,
)
_BEFORE = re.compile(rf"{_CURRENCY}{_S}?$", re.IGNORECASE)
_WORDED = re.compile(rf"(?<!\w){_ONE}{_S}{_SCALE}", re.IGNORECASE)
#: Characters of the longest name of a currency, and the space after it.
_NEAR = 9
_LONGEST = 160


def threshold(text: str) -> str:
    """The limits that a sentence names, as it words them, parted by "; "; "" when it names none."""
    found: list[str] = []
    if _COUNTED.search(text) and _sums(text):
        named = _NAMED.search(text) is not None
        found = [_words(m) for m in _LIMIT.finditer(text) if _limits(m, text, named=named)]
    low = text.casefold()
    if "ris" in low or "riesgo" in low:
        found += [m.group() for m in _RISK.finditer(text)]
    return "; ".join(dict.fromkeys(" ".join(f.split()) for f in found))[:_LONGEST]


def _sums(text: str) -> bool:
    """False where no figure stands beside a currency or before employees, and none is in words: no limit is named."""
    for figures in _FIGURES.finditer(text):
        at = figures.start()
        if _AFTER.match(text, at) or _BEFORE.search(text, max(0, at - _NEAR), at):
            return True
    return _WORDED.search(text) is not None


def _limits(match: re.Match[str], text: str, *, named: bool) -> bool:
    before = max(0, match.start() - 60)
    if _FINE.search(text, before, match.start()):
        return False
    return bool(match["over"] or match["after"] or named or _WITH.search(text, before, match.start()))


def _words(match: re.Match[str]) -> str:
    return match.group().strip().rstrip(",")
