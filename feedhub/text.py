"""Text made clean and comparable. Pure: never fetches, never stores, never judges what a text means."""

from __future__ import annotations

import re
import unicodedata

# Controls, zero-width, bidirectional overrides and isolates, BOM, interlinear marks, lone surrogates, non-characters.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\ufffe\uffff]"
)
_FOLDS = str.maketrans(dict(zip("øæœłđ", ("o", "ae", "oe", "l", "d"), strict=True)))
_WORD = re.compile(r"\w+", re.UNICODE)
_BLANK_LINES = re.compile(r"\n{3,}")


def clean(text: str) -> str:
    """One line of safe plain text: NFC, no control, bidi, zero-width or surrogate characters, single spaces."""
    # Nothing unsafe is printable, and nearly every text is: feeds clean a hundred pieces an entry.
    if text.isprintable() and "  " not in text and (text.isascii() or unicodedata.is_normalized("NFC", text)):
        return text.strip()
    if not text.isprintable():
        text = _UNSAFE.sub("", text)
    text = unicodedata.normalize("NFC", text)
    return " ".join((text if text.isprintable() else _UNSAFE.sub("", text)).split())


def clean_lines(text: str) -> str:
    """Safe plain text that keeps its line breaks; runs of blank lines become one."""
    lines = [clean(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, cut at a word with an ellipsis."""
    text = clean(text)
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    head, _, _ = text[:limit].rpartition(" ")
    return (head if len(head) > limit // 2 else cut).rstrip(" ,;:–-") + "…"


def normalise(text: str) -> str:
    """A form for comparing: NFKC, case-folded, punctuation and digits' spacing evened out."""
    folded = unicodedata.normalize("NFKC", clean(text)).casefold()
    return " ".join(_WORD.findall(folded))


def fold(text: str) -> str:
    """A form for searching: like `normalise`, and without accents (ß → ss, ø → o, æ → ae)."""
    swapped = normalise(text).translate(_FOLDS)
    return "".join(c for c in unicodedata.normalize("NFD", swapped) if not unicodedata.combining(c))


_QUOTED = re.compile(r'"([^"]+)"|“([^”“]+)[”“]|„([^“”]+)[“”]|«([^»]+)»|»([^«]+)«')


def pieces(query: str) -> tuple[str, ...]:
    """What a text must contain to be found: each word, and what stands in quotes as it stands.

    A text to look into is folded, with a space at both ends. A word of four and more characters is found anywhere in a
    word, so that parts of compounds are ("kedja" in "leverantörskedja"); one of three at the beginning of a word ("ict" in
    "ict", not in "district"); a shorter one only alone. An English plural finds its singular. No piece is shorter than
    three characters, and no query is wrong.
    """
    quoted = [fold(next(filter(None, m.groups()))) for m in _QUOTED.finditer(query)]
    found = [f" {phrase} " if len(phrase) < 3 else f" {phrase}" for phrase in quoted if phrase]
    return tuple(dict.fromkeys([*found, *map(_piece, fold(_QUOTED.sub(" ", query)).split())]))


def _piece(word: str) -> str:
    if len(word) < 3:
        return f" {word} "
    if len(word) == 3:
        return f" {word}"
    if len(word) >= 7 and word.endswith("ies"):
        return word[:-3]
    return word[:-1] if len(word) >= 5 and word.endswith("s") and not word.endswith("ss") else word


def shingles(text: str, size: int = 3) -> frozenset[str]:
    """The set of `size`-character pieces of the words of a text, for `similarity`."""
    words = normalise(text).split()
    return frozenset(
        piece
        for w in words
        for piece in ([w] if len(w) <= size else (w[i : i + size] for i in range(len(w) - size + 1)))
    )


def similarity(a: str, b: str) -> float:
    """How alike two texts are, from 0 to 1 (Dice coefficient over character trigrams of words)."""
    left, right = shingles(a), shingles(b)
    if not left or not right:
        return 1.0 if left == right and normalise(a) == normalise(b) else 0.0
    return 2 * len(left & right) / (len(left) + len(right))


# Abbreviations that end with a stop and do not end a sentence, in the ten languages texts are read in.
_ABBREVIATIONS = frozenset(
    [
        "art",
        "arts",
        "abs",
        "nr",
        "no",
        "nos",
        "para",
        "paras",
        "sec",
        "ch",
        "cf",
        "e.g",
        "i.e",
        "etc",
        "approx",
        "dr",
        "prof",
        "mr",
        "mrs",
        "ms",
        "st",
        "vol",
        "pp",
        "p",
        "fig",
        "ed",
        "al",
        "vs",
        "ca",
        "inc",
        "ltd",
        "co",
        "z.b",
        "d.h",
        "u.a",
        "bzw",
        "ggf",
        "gem",
        "ziff",
        "lit",
        "vgl",
        "inkl",
        "sog",
        "usw",
        "evtl",
        "str",
        "bd",
        "hrsg",
        "i.v.m",
        "i.d.r",
        "max",
        "min",
        "mio",
        "mrd",
        "tel",
        "bijv",
        "nl",
        "o.a",
        "d.w.z",
        "t.a.v",
        "m.b.t",
        "blz",
        "jl",
        "e.d",
        "incl",
        "resp",
        "t.ex",
        "bl.a",
        "s.k",
        "dvs",
        "m.m",
        "m.fl",
        "osv",
        "kap",
        "fr.o.m",
        "t.o.m",
        "ang",
        "enl",
        "f.n",
        "f.eks",
        "bl.a",
        "dvs",
        "mv",
        "jf",
        "stk",
        "pkt",
        "ift",
        "kl",
        "kr",
        "mht",
        "pr",
        "vedr",
        "ca",
        "osv",
        "m.v",
        "evt",
        "inkl",
        "esim",
        "ks",
        "mm",
        "ts",
        "n",
        "yms",
        "ym",
        "jne",
        "tms",
        "klo",
        "mom",
        "pvm",
        "al",
        "alin",
        "av",
        "bd",
        "m",
        "mme",
        "mm",
        "cf",
        "env",
        "ex",
        "réf",
        "p.ej",
        "pág",
        "págs",
        "núm",
        "art",
        "apdo",
        "sr",
        "sra",
        "ss",
        "ee.uu",
        "artt",
        "co",
        "c.d",
        "ecc",
        "lett",
        "n",
        "nn",
        "pag",
        "s.p.a",
        "d.lgs",
        "cfr",
    ]
)
_END = re.compile(r"[.!?…]+[\"'”»’)\]]*(?=\s|$)|\n")
#: Marks that open a quotation, a bracket or an elided article before a word.
_OPENING = "(\"'„“«§’"
#: Months cut short, and words that are abbreviations only before a figure.
_BEFORE_FIGURE = frozenset(
    [
        "jan",
        "janv",
        "feb",
        "febr",
        "févr",
        "mar",
        "mär",
        "mrz",
        "mrt",
        "apr",
        "avr",
        "jun",
        "jul",
        "juil",
        "aug",
        "août",
        "sep",
        "sept",
        "set",
        "oct",
        "okt",
        "nov",
        "dec",
        "dez",
        "déc",
        "dic",
        "all",
        "väh",
    ]
)
#: Characters of the longest number of a list or section that is looked for.
_LONGEST_NUMBER = 24
#: Characters around a stop that decide whether it ends a sentence.
_NEAR = 64
_NUMBERING = re.compile(r"^(?:\(?[0-9]{1,3}(?:\.[0-9]{1,3})*|[ivxlc]{1,5}|\(?[a-zA-Z])$")


def sentences(text: str, lang: str = "") -> list[tuple[int, int]]:
    """Where the sentences of a text stand, as (start, end) character offsets in order, without the space between.

    A line break ends a sentence. Abbreviations, initials, dates ("1. Januar"), section and list numbers do not.
    `lang` (ISO 639-1) tells the languages that write ordinals with a stop.
    """
    ordinals = lang in ("", "de", "da", "no", "fi")
    out: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        if match.group() != "\n" and not _ends(text, start, match, ordinals=ordinals):
            continue
        _keep(out, text, start, match.end())
        start = match.end()
    _keep(out, text, start, len(text))
    return out


def _keep(out: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    if piece.strip():
        left = start + len(piece) - len(piece.lstrip())
        out.append((left, end - (len(piece) - len(piece.rstrip()))))


def _ends(text: str, start: int, match: re.Match[str], *, ordinals: bool) -> bool:
    at, end = match.end(), match.end() + _NEAR
    after = next((c for c in text[at:end] if not c.isspace()), "")
    if not after:
        return True
    if after.islower() or after in ",;:)":
        return False
    stop = match.start()
    if text[stop] != "." or text[stop : stop + 2] == "..":
        return True
    left = max(start, stop - _NEAR)
    word = _last_word(text[left:stop])
    low = word.lower()
    if low in _ABBREVIATIONS or (len(word) == 1 and word.isalpha()):
        return False
    if low in _BEFORE_FIGURE and after.isdigit():
        return False
    if len(word) > _LONGEST_NUMBER or not _NUMBERING.match(word):
        return True
    first = left == start and not text[start:stop].strip()[: -len(word)].strip()
    return not (first or (ordinals and len(word) <= 2 and not after.isdigit()))


def _last_word(text: str) -> str:
    words = text.rsplit(None, 1)
    word = words[-1] if words else ""
    for mark in _OPENING:
        if mark in word:
            word = word.rpartition(mark)[2]
    return word
