"""The date a page gives itself ("Last updated: 3 March 2026", `article:modified_time`), in ten languages.

Reads the page's own words and metadata only. Dates that are impossible give None; nothing is guessed.
"""

from __future__ import annotations

import re
from datetime import date

from lxml import html

from feedhub.model import Block

_META_MODIFIED = (
    "article:modified_time",
    "og:updated_time",
    "dcterms.modified",
    "dc.date.modified",
    "last-modified",
    "revised",
)
_META_PUBLISHED = (
    "article:published_time",
    "dcterms.issued",
    "dc.date.issued",
    "dcterms.date",
    "dc.date",
    "date",
    "publishdate",
)
_MODIFIED = (
    r"(?:page |site |content )?(?:last |zuletzt |senast |sist |sidst |laatst |dernière |última |ultima )?"
    r"(?:updated|modified|reviewed|changed|aktualisiert|geändert|aktualisierung|stand|letzte (?:änderung|aktualisierung)|"
    r"uppdaterad|uppdaterades|ändrad|granskad|opdateret|ændret|revideret|oppdatert|endret|päivitetty|muokattu|"
    r"bijgewerkt|gewijzigd|laatste (?:wijziging|update)|mis(?:e)? à jour|dernière (?:mise à jour|modification)|modifié|"
    r"actualizad[oa]|última (?:actualización|modificación)|modificad[oa]|aggiornat[oa]|aggiornamento|ultim[oa] (?:aggiornamento|modifica)|modificat[oa])"
    r"(?: on| the| am| den| le| el| il| op)?"
)
_PUBLISHED = (
    r"(?:first |date )?(?:published|posted|issued|date|veröffentlicht|erschienen|datum|publicerad|publiceringsdatum|publiceret|udgivet|publisert|"
    r"julkaistu|gepubliceerd|publicatiedatum|publié(?:e)?|publicad[oa]|fecha(?: de publicación)?|pubblicat[oa]|data(?: di pubblicazione)?)"
    r"(?: on| the| am| den| le| el| il| op)?"
)
_GENERATED = (
    r"(?:the |this |die |den |la |de )?(?:page |seite |sidan |siden |sivu |pagina |página )?(?:was |wurde |har |on )?"
    r"(?:generated|printed|retrieved|rendered|erzeugt|generiert|abgerufen|genererad(?:es)?|utskriven|hämtad|genereret|hentet|"
    r"generert|luotu|haettu|gegenereerd|opgehaald|générée?|consultée?|generad[oa]|generat[oa])(?: on| at| am| den| le| el| il| op)?"
)
_COUNTED = (
    r"(?:page )?(?:views?|visits?|visitors?|hits|visningar|besökare|besök|aufrufe|zugriffe|besucher|visninger|besøgende|besøk|"
    r"katselukertaa|kävijää|kävijöitä(?: tänään)?|weergaven|bezoekers|vues|visites?|visitas|visualizzazioni)(?: today)?"
)
#: A counter, or the time of day.
_TICK = re.compile(
    rf"^\W*(?:{_COUNTED}\W{{0,4}}\d[\d\s.,]{{0,12}}|\d[\d\s.,]{{0,12}}{_COUNTED}|\d{{1,2}}[:.]\d{{2}}(?:[:.]\d{{2}})?)\W*$",
    re.IGNORECASE,
)
_STAMP = re.compile(
    rf"^\W*(?P<word>{_MODIFIED}|{_GENERATED}|{_PUBLISHED})\W{{0,4}}\s*(?P<rest>.{{4,60}})$", re.IGNORECASE
)
_IS_GENERATED = re.compile(rf"^(?:{_GENERATED})$", re.IGNORECASE)
_IS_MODIFIED = re.compile(rf"^(?:{_MODIFIED})$", re.IGNORECASE)

_NAMES = (
    "january januar januari januari janvier enero gennaio tammikuu tammikuuta jan jänner",
    "february februar februari febrero février febbraio helmikuu helmikuuta feb fevrier",
    "march märz mars marts maart marzo maaliskuu maaliskuuta mar mär maerz",
    "april avril abril aprile huhtikuu huhtikuuta apr",
    "may mai maj mei mayo maggio toukokuu toukokuuta",
    "june juni juin junio giugno kesäkuu kesäkuuta jun",
    "july juli juillet julio luglio heinäkuu heinäkuuta jul",
    "august augusti augustus août agosto elokuu elokuuta aug aout",
    "september septembre septiembre settembre syyskuu syyskuuta sep sept",
    "october oktober octobre octubre ottobre lokakuu lokakuuta oct okt",
    "november novembre noviembre marraskuu marraskuuta nov",
    "december dezember desember décembre diciembre dicembre joulukuu joulukuuta dec dez des decembre",
)
_MONTHS = {name: number for number, names in enumerate(_NAMES, 1) for name in names.split()}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_WORDS = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|er|\.|º|°)?\s+(?:de |of )?({_MONTH})\.?,?\s+(?:de |del )?(\d{{4}})(?!\d)",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(rf"\b({_MONTH})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})(?!\d)", re.IGNORECASE)
_FIGURE, _YEAR = re.compile(r"\d"), re.compile(r"\d{4}")
_LETTERS = re.compile(r"[^\W\d_]{3,}")
_NUMBERS = re.compile(r"(?<!\d)(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?!\d)")


def stated_date(text: str, country: str = "") -> date | None:
    """The first full date in a short text; numbers are day first, month first for the US (`country` ISO 3166-1)."""
    found = _ISO.search(text)
    if found:
        return _made(found[1], found[2], found[3])
    found = _WORDS.search(text)
    if found:
        return _made(found[3], str(_MONTHS[found[2].lower()]), found[1])
    found = _MONTH_FIRST.search(text)
    if found:
        return _made(found[3], str(_MONTHS[found[1].lower()]), found[2])
    found = _NUMBERS.search(text)
    if found:
        day, month = (found[3], found[1]) if country.upper() == "US" else (found[1], found[3])
        return _made(found[4], month, day)
    return None


def _made(year: str, month: str, day: str) -> date | None:
    try:
        made = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return made if 1990 <= made.year <= 2100 else None


def of_head(root: html.HtmlElement, country: str = "") -> date | None:
    """The date in a page's metadata: last modified, else published."""
    metas: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("property") or meta.get("itemprop") or "").lower()
        metas.setdefault(name, meta.get("content") or "")
    for names in (_META_MODIFIED, _META_PUBLISHED):
        for name in names:
            found = stated_date(metas.get(name, ""), country)
            if found is not None:
                return found
    return None


def without_stamps(blocks: list[Block], country: str = "") -> tuple[list[Block], date | None]:
    """The blocks without lines that only say when the page was made or changed, and that date (changed wins).

    Lines that turn at every fetch (generated at …, 1,284 views, the time of day) go too, and give no date.
    """
    kept: list[Block] = []
    changed: date | None = None
    published: date | None = None
    for block in blocks:
        line = f"{block.intro} {block.text}" if block.kind == "term" else block.text
        if block.kind == "heading" or not _FIGURE.search(line):
            kept.append(block)
            continue
        found = _STAMP.match(line) if len(line) <= 110 and _YEAR.search(line) else None
        when = stated_date(found["rest"], country) if found else None
        if found is None or when is None or not _only_a_date(found["rest"]):
            if len(block.text) > 60 or not _TICK.match(block.text):
                kept.append(block)
        elif _IS_GENERATED.match(found["word"]):
            continue
        elif _IS_MODIFIED.match(found["word"]):
            changed = changed or when
        else:
            published = published or when
    return kept, changed or published


def _only_a_date(rest: str) -> bool:
    """True when a stamp goes on with a date and at most two words, so that "Updated criteria: 3 March 2026" stays."""
    found = next((m for m in (p.search(rest) for p in (_ISO, _WORDS, _MONTH_FIRST, _NUMBERS)) if m), None)
    if found is None or _LETTERS.search(rest[: found.start()]):
        return False
    return len(_LETTERS.findall(rest[found.end() :])) <= 2
