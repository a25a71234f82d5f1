"""The dates in a passage: what they say, how exactly, and what they are for. Pure: knows no today, never invents.

A date that is impossible, ambiguous, without a year or only relative keeps its words, has no value, and says why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from itertools import pairwise

from feedhub.detect.dates._grammar import NAMED, matches, view
from feedhub.detect.dates._learned import heard
from feedhub.detect.dates._roles import Around, lies_ahead, preposition, roles, yearly
from feedhub.detect.dates._signs import Case
from feedhub.detect.dates._values import NO_YEAR, RELATIVE, Piece, Setting, read
from feedhub.detect.dates._words import LANGUAGES, Cue, Words, words
from feedhub.model import Precision, SignalDate

__all__ = ["LANGUAGES", "find"]

#: What is told of a date to the learned opinion: its role after it was heard.
Hear = Callable[[Case], str]

#: What was adopted or published on a day was known on it: a day without a year that is to come follows it.
_KNOWN = ("adopted", "published")
_ALONE = re.compile(r"\s*(?:[.,;:)!?\n]|$)")
#: "Ley 9/2017, de 8 de noviembre": the year of a law is that of its day.
_LAW = re.compile(r"\d/(\d{4}),?\s+(?:de|del|du|vom|van|av|af)\s+$")
#: A label or the last cell of a row leads to a date: "Deadline: March".
_LABEL = re.compile(r"\w\)?\s?[:|]\s?$")
#: What makes a quarter or half one of something other than the year.
_OF = re.compile(
    r"\s(?:of|der|des|dem|von|van|av|af|du|de|del|della|dei)\s(?!(?:the\s)?(?:year|jahres|jaar|året|år|l'année|año|dell'anno|l'anno))"
)
_ARTICLE = re.compile(r"(?<!\w)(?:am|den|d\.|le|il|el día|op)\s$")
_NUMBERED = re.compile(
    r"(?:\d|punkt\w*|kapitel|abschnitt|kohta\w*|kohdan|luku|luvun|pkt\.?|avsnitt|ziffer|nummer)\s?\S{0,4}\s$"
)
#: Months of a span whose year is guessed, and how many days a day without a year may lie behind or ahead of the page's.
_MONTHS = {Precision.QUARTER: 3, Precision.HALF: 6}
_LONG_AGO, _FAR_AHEAD = 75, 290
#: Relative dates that name no day of their own, and those that only look back.
_PASSED = ("yesterday", "last_year", "last_month")
_PASSING = (*_PASSED, "today", "this_year", "this_month")
#: How many years a day is moved by at most, and how many letters the two days of a move are apart.
_MOVED_BY, _APART = 3, 160
_BESIDE = ("ago", "next", "same", "past")


def find(
    text: str, lang: str, page_date: date | None = None, country: str = "", *, hear: Hear | None = None
) -> list[SignalDate]:
    """The dates of a text in order, not overlapping; `start` and `end` are character offsets in `text`.

    `lang` is ISO 639-1 (unknown: read as English), `country` ISO 3166-1 alpha-2 of the authority: it settles the order
    of figures such as 03/04/2027. `page_date` is the day the text was written; only with it days without a year and
    relative dates get a value. `iso` is `YYYY`, `YYYY-MM` or `YYYY-MM-DD` (a span's first day), or None, and `why`
    says then why: "impossible", "ambiguous order", "two-digit year", "no year", "relative", or "--MM-DD" for a day of
    every year. Raises nothing.
    """
    seen = view(text)
    setting = Setting(words(lang.lower()[:2]), country.upper(), page_date)
    pieces = _pieces(text, seen, setting)
    out: list[SignalDate] = []
    known: date | None = None
    for piece, (role, near) in zip(pieces, _told(seen, pieces, setting, hear or heard), strict=True):
        if (piece.form == "today" and not _is_a_day(role, near, setting.words)) or _only_told(piece, role, page_date):
            continue
        out.append(_dated(text, piece, role, near, setting, known if near.follows else None))
        if role in _KNOWN and out[-1].precision is Precision.DAY:
            known = date.fromisoformat(out[-1].iso or "")
    return out


def _pieces(text: str, seen: str, setting: Setting) -> list[Piece]:
    """What is read as a date, in order."""
    pieces: list[Piece] = []
    for match in matches(seen, setting.words):
        if pieces and match.start() < pieces[-1].end:
            continue
        if _is_date(match, text, seen, setting.words, pieces):
            pieces += read(match, setting)
            _look_beside(pieces[-1], seen, setting.words)
            _doubt(pieces[-1], seen, setting.words)
    _lend_years(pieces, seen, setting.words)
    return pieces


def _told(seen: str, pieces: list[Piece], setting: Setting, hear: Hear) -> list[tuple[str, Around]]:
    """The role of every date after `hear` was asked, and what stands around it."""
    if not pieces:
        return []
    cues, hints = tuple(setting.words.said(seen)), tuple(setting.words.hinted(seen))
    out: list[tuple[str, Around]] = []
    for piece, (role, near) in zip(pieces, roles(seen, pieces, setting.words), strict=True):
        year = piece.year
        if _wants(piece) and setting.page_date:
            year = _nearest_year(setting.page_date, piece.month or 1, piece.day or 1)
        case = Case(piece, near, role, seen, setting.words, cues, hints, _ahead(piece, year, setting.page_date))
        out.append((hear(case), near))
    for i, (earlier, later) in enumerate(pairwise(pieces)):
        if _shifted(earlier, later, (*cues, *hints)):
            role, near = out[i + 1]
            out[i] = ("superseded_date", out[i][1])
            out[i + 1] = ("applies_from" if role in ("mentioned", "superseded_date") else role, near)
    return out


def _shifted(earlier: Piece, later: Piece, cues: Sequence[Cue]) -> bool:
    """Whether one day of two years, in words of moving or denying, is a day that was moved: "not 1 May 2026 but 2027"."""
    if not (earlier.year and later.year and earlier.day and earlier.year < later.year <= earlier.year + _MOVED_BY):
        return False
    same = (earlier.month, earlier.day) == (later.month, later.day) and later.start - earlier.end < _APART
    return same and any(cue.role in ("moved", "superseded", "undone") for cue in cues)


def _ahead(piece: Piece, year: int | None, page_date: date | None) -> bool | None:
    """Whether a date lies after the day of the page; None when one of them is not known."""
    if page_date is None or year is None:
        return None
    return (year, piece.month or 1, piece.day or 1) > (page_date.year, page_date.month, page_date.day)


def _is_a_day(role: str, near: Around, w: Words) -> bool:
    """Whether "today" names the day of the page; "today suppliers must" only says that they must already."""
    bound = role in ("applies_from", "deadline") and preposition(near, w) not in ("from", "since", "by")
    return role != "mentioned" and not bound


def _only_told(piece: Piece, role: str, page_date: date | None) -> bool:
    """Whether a date only tells when something became known or was counted: "yesterday", "last year", "2016 to 2019"."""
    if piece.form == "years" and page_date is not None:
        return role == "mentioned" and (piece.year or 0) <= page_date.year
    passed = piece.form in _PASSED and role not in ("applies_from", "in_force", "superseded_date")
    return passed or (role == "mentioned" and piece.form in _PASSING)


def _is_date(match: re.Match[str], text: str, seen: str, w: Words, before: Sequence[Piece]) -> bool:
    """Whether the words around four figures, or a name of a month that is also a word, let them be a date."""
    form, start, end = match.lastgroup or "", match.start(), match.end()
    left = seen[max(0, start - 28) : start]
    if form in ("year", "years", "fy"):
        return _is_year(match, left, seen, w, before) and not NAMED.search(left)
    if form in ("my", "dmy", "ymd", "part") or form.startswith("r_"):
        return not (form == "my" and NAMED.search(left) and left.rstrip()[-1:] in "§$€£")
    if form in ("quarter", "half"):
        key = form[0]
        named = any(match[f"{key}_{g}"] for g in ("y", "ya", "yr", "yf"))
        return named or _beside(seen, start, end, w) is not None or _of_a_year(seen, start, end, w)
    if form == "bare_season":
        said = preposition(_near(seen, start, end), w) != "" or w.cased.search(match.group()) is not None
        return said and not w.starts("beside.past").match(seen, end)
    if form == "dm":
        return _is_day(match, left, seen, w)
    if (
        form in ("m", "mdy")
        and match[f"{form}_m"].rstrip(".") in w.rows["named_as_words"]
        and not text[start].isupper()
    ):
        return False
    if form == "ym":
        return not NAMED.search(left)
    if form == "m":
        led = _LABEL.search(left) is not None and _stands_alone(seen, end)
        cased = w.cased.search(match.group()) is not None
        return led or cased or preposition(_near(seen, start, end), w) != "" or _beside(seen, start, end, w) is not None
    if form == "num":
        return not (match["num_s"] == "." and (len(match["num_y"]) < 4 or NAMED.search(left)))
    return True


def _near(seen: str, start: int, end: int) -> Around:
    """What stands right beside a date, in its line."""
    left, right = seen[max(0, start - 28) : start], seen[end : end + 20]
    return Around(left.split("\n")[-1], right.split("\n", maxsplit=1)[0], "", "")


def _of_a_year(seen: str, start: int, end: int, w: Words) -> bool:
    """Whether a quarter or half that names no year is one of the calendar: "in the third quarter", not "of the term"."""
    return preposition(_near(seen, start, end), w) != "" and not _OF.match(seen, end)


def _is_day(match: re.Match[str], left: str, seen: str, w: Words) -> bool:
    """Whether two figures are a day and a month: a preposition of time or a label leads to them or follows."""
    day, month = int(match["dm_d"]), int(match["dm_m"] or match["dm_m1"])
    if not (1 <= day <= 31 and 1 <= month <= 12) or NAMED.search(left) or _NUMBERED.search(left):
        return False
    near = _near(seen, match.start(), match.end())
    slash = match["dm_m1"] is not None
    bound = preposition(near, w) in ("by", "to", "from", "since") and not (slash and w.lang == "en")
    return bound or _ARTICLE.search(left) is not None or (_LABEL.search(left) is not None and not slash)


def _is_year(match: re.Match[str], left: str, seen: str, w: Words, before: Sequence[Piece]) -> bool:
    form, start, end = match.lastgroup, match.start(), match.end()
    if seen[max(0, start - 1) : start] in ("-", ".", "/"):
        return False
    if form == "years":
        first, second = int(match["years_a"]), int(match["years_b"])
        return 1900 <= first < second <= min(2100, first + 40)
    if form == "fy" and (int(match["fy_a"]) + 1) % 100 != int(match["fy_b"]):
        return False
    weak = w.ends("year_after_weak").search(left)
    if w.counted.match(seen, end) and (weak or match.group()[2:] == "00"):
        return False
    if w.ends("year_after").search(left) and (not weak or _stands_alone(seen, end)):
        return True
    if before and before[-1].precision is Precision.YEAR and w.join.fullmatch(seen, before[-1].end, start):
        return True
    if w.ends("bare_after").search(left):
        return bool(w.starts("bare_before").match(seen, end)) or _stands_alone(seen, end)
    return False


def _stands_alone(seen: str, end: int) -> bool:
    return _ALONE.match(seen, end) is not None


def _lend_years(pieces: list[Piece], seen: str, w: Words) -> None:
    """In "1 March to 15 April 2027" and "March 2027 and October" the year belongs to both."""
    for i in range(len(pieces) - 2, -1, -1):
        piece, after = pieces[i], pieces[i + 1]
        if _wants(piece) and after.year and after.month and w.join.fullmatch(seen, piece.end, after.start):
            later = (piece.month or 0, piece.day or 0) > (after.month, after.day or 99)
            _lend(piece, after.year - later)
    for prior, piece in pairwise(pieces):
        if (
            _wants(piece)
            and prior.year
            and prior.month
            and prior.iso
            and w.join.fullmatch(seen, prior.end, piece.start)
        ):
            earlier = (piece.month or 0, piece.day or 99) < (prior.month, prior.day or 0)
            _lend(piece, prior.year + earlier)

    for piece in pieces:
        if _wants(piece) and (law := _LAW.search(seen, max(0, piece.start - 24), piece.start)):
            _lend(piece, int(law[1]))


def _wants(piece: Piece) -> bool:
    return piece.why == NO_YEAR and piece.month is not None


def _lend(piece: Piece, year: int) -> None:
    piece.year, piece.why = year, ""
    piece.settle()


def _dated(text: str, piece: Piece, role: str, near: Around, setting: Setting, known: date | None) -> SignalDate:
    """One date in full; `known` is the day on which the same sentence says that something was adopted or published."""
    if piece.why == NO_YEAR:
        if role == "recurring_deadline" and yearly(piece, near, setting.words):
            piece.why = f"--{piece.month:02d}-{piece.day:02d}"
        elif role != "recurring_deadline":
            _guess_year(piece, role, near, setting)
            if piece.year is None and known is not None and piece.month and lies_ahead(role, near, setting.words):
                _lend(piece, known.year + ((piece.month, piece.day or 99) <= (known.month, known.day)))
                piece.why = piece.why or "year by the date before it"
    if preposition(near, setting.words) in ("to", "by") and _closes(piece, near, setting.words):
        piece.to_the_end()
    iso = piece.iso
    return SignalDate(
        text=text[piece.start : piece.end],
        iso=iso,
        precision=piece.precision if iso else None,
        role=role,
        start=piece.start,
        end=piece.end,
        why=piece.why,
    )


def _closes(piece: Piece, near: Around, w: Words) -> bool:
    """Whether a month or year is named by its end: "until the end of 2027" is a day, "at the end of 2027" is none."""
    return bool(w.closing.match(piece.words) or w.closing.search(f"{near.left[-20:]}|{near.right[:16]}"))


def _doubt(piece: Piece, seen: str, w: Words) -> None:
    """Take the value from what is only bounded: "more than five years ago" names no year."""
    if piece.form in ("ago", "ahead") and w.ends("hedged").search(seen, max(0, piece.start - 16), piece.start):
        piece.year, piece.why = None, RELATIVE


def _look_beside(piece: Piece, seen: str, w: Words) -> None:
    """Note "last", "this", "next" beside a day or month without a year; after it, they belong to it."""
    if _wants(piece) and (beside := _beside(seen, piece.start, piece.end, w)):
        name, step, end = beside
        piece.beside = (name, step)
        piece.end = max(piece.end, end)


def _beside(seen: str, start: int, end: int, w: Words) -> tuple[str, int, int] | None:
    """Which of "last", "this", "next" stands right beside a day or month, its years from now, and where it ends."""
    for key in _BESIDE:
        if (after := w.starts(f"beside.{key}").match(seen, end)) and (side := w.side(after.group().strip())):
            return *side, after.end()
        if (before := w.ends(f"beside.{key}").search(seen, max(0, start - 24), start)) and (
            side := w.side(before.group().strip())
        ):
            return *side, 0
    return None


def _guess_year(piece: Piece, role: str, near: Around, setting: Setting) -> None:
    """The year of a day or span without one: the nearest that the words allow, seen from the day of the page."""
    day, month, beside = setting.page_date, piece.month, piece.beside
    if day is None or month is None:
        return
    if piece.form == "bare_season" and preposition(near, setting.words) == "after":
        piece.month = month = month % 12 + 3
    there = (month, piece.day or 0)
    here = (day.month, day.day) if piece.day else (day.month, 0)
    last = (month + _MONTHS[piece.precision] - 1, 99) if piece.precision in _MONTHS else there
    if beside and beside[0] in ("ago", "same"):
        piece.year = day.year + beside[1]
    elif beside and beside[0] == "past":
        piece.year = day.year - (there >= here)
    elif beside and beside[0] == "next":
        piece.year = day.year + (there <= here)
    elif lies_ahead(role, near, setting.words) and not _begun(role, near, setting.words):
        piece.year = day.year + (last < here)
    elif role in _KNOWN or preposition(near, setting.words) == "since":
        piece.year = day.year - (there > here)
    else:
        piece.year = _nearest_year(day, month, piece.day or 1)
    piece.why = ""
    piece.settle()
    piece.why = piece.why or "year by the page's date"


def _begun(role: str, near: Around, w: Words) -> bool:
    """Whether what holds from a day may hold already: nothing in the clause speaks of what is to come."""
    if preposition(near, w) == "since":
        return True
    return role in ("applies_from", "in_force", "event") and w.future.search(near.clause) is None


def _nearest_year(day: date, month: int, number: int) -> int:
    """The year in which a day lies nearest to another one; what is written about lies ahead rather than behind."""
    behind = (day.month - month) * 30 + day.day - number
    return day.year + (behind > _LONG_AGO) - (behind < -_FAR_AHEAD)
