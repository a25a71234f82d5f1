"""What a matched form says as a calendar value. Never guesses: what cannot be known has no value and says why."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from feedhub.detect.dates._words import Words
from feedhub.model import Precision

_FIRST, _LAST = 1900, 2100
NO_YEAR, RELATIVE, IMPOSSIBLE, AMBIGUOUS = "no year", "relative", "impossible", "ambiguous order"
_TWO = "two-digit year"
_FIGURES = re.compile(r"\d+")


@dataclass
class Piece:
    """One date while it is being read: offsets, what is known of it, its form, and "last" or "next" beside it."""

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    precision: Precision | None = None
    why: str = ""
    form: str = ""
    beside: tuple[str, int] | None = None
    words: str = ""

    @property
    def iso(self) -> str | None:
        """`YYYY`, `YYYY-MM` or `YYYY-MM-DD`; a quarter or half as its first day; None when it has no value."""
        if self.year is None or self.why in (IMPOSSIBLE, AMBIGUOUS, _TWO):
            return None
        if self.precision is Precision.YEAR:
            return f"{self.year:04d}"
        if self.precision is Precision.MONTH:
            return f"{self.year:04d}-{self.month:02d}"
        return f"{self.year:04d}-{self.month or 1:02d}-{self.day or 1:02d}"

    def to_the_end(self) -> None:
        """Make the last day of a year or month the value."""
        if self.year is None or self.precision not in (Precision.YEAR, Precision.MONTH):
            return
        self.month = self.month if self.precision is Precision.MONTH else 12
        self.day = monthrange(self.year, self.month or 12)[1]
        self.precision = Precision.DAY

    def settle(self) -> Piece:
        """The same piece with its value judged: an impossible date keeps its words and loses its value."""
        if self.why or self.year is None:
            return self
        month, day = 1 if self.month is None else self.month, 1 if self.day is None else self.day
        known = _FIRST <= self.year <= _LAST and 1 <= month <= 12
        if not known or not 1 <= day <= monthrange(self.year, month)[1]:
            self.why = IMPOSSIBLE
        return self


@dataclass(frozen=True)
class Setting:
    """What is known from outside the text: language's words, country of the authority, the day of the page."""

    words: Words
    country: str = ""
    page_date: date | None = None


def read(match: re.Match[str], setting: Setting) -> list[Piece]:
    """The dates in one match, in order: two for a range, none when the figures say something else."""
    form = match.lastgroup or ""
    if form.startswith("r_"):
        piece = _relative(match, form[2:], setting)
        if piece.year is not None and not _FIRST <= piece.year <= _LAST:
            piece.year, piece.why = None, RELATIVE
        return [piece]
    pieces = list(_READERS[form](match, setting))
    for piece in pieces:
        piece.form = piece.form or form
        piece.words = match.group()
    return [p.settle() for p in pieces]


def _year(text: str | None) -> tuple[int | None, str]:
    if text is None:
        return None, NO_YEAR
    figures = text.strip("'’ ")
    return (None, _TWO) if len(figures) < 4 else (int(figures), "")


def _piece(m: re.Match[str], group: str | None, year: str | None, month: int | None, day: str | None) -> Piece:
    start, end = m.span(group) if group else m.span()
    value, why = _year(year)
    precision = Precision.DAY if day else Precision.MONTH
    piece = Piece(start, end, value, month, int(day) if day else None, precision, why)
    if why == NO_YEAR and month and day and not 1 <= int(day) <= (29 if month == 2 else monthrange(2024, month)[1]):
        piece.why = IMPOSSIBLE
    return piece


def _iso(m: re.Match[str], _: Setting) -> Iterator[Piece]:
    yield _piece(m, None, m["iso_y"], int(m["iso_m"] or m["iso_m1"]), m["iso_d"] or m["iso_d1"])


def _num(m: re.Match[str], setting: Setting) -> Iterator[Piece]:
    day, month, why = _order(int(m["num_a"]), int(m["num_b"]), m["num_s"], setting)
    year, short = _year(m["num_y"])
    whole_start = m.start("num_a")
    if m["num_a0"]:
        first = Piece(
            m.start(), whole_start, year, int(m["num_b0"] or month), int(m["num_a0"]), Precision.DAY, why or short
        )
        first.end = m.end("num_b0") + 1 if m["num_b0"] else m.end("num_a0") + 1
        yield first
    yield Piece(whole_start, m.end(), year, month, day, Precision.DAY, short or why)


def _order(a: int, b: int, mark: str, setting: Setting) -> tuple[int, int, str]:
    """Day and month of two figures by the custom of the place; equal figures need no custom."""
    american = setting.words.lang == "en" and setting.country in ("US", "CA")
    unknown = setting.words.lang == "en" and mark != "." and (american or not setting.country)
    if a > 12 or a == b or not unknown:
        if b > 12 and american:
            return b, a, ""
        return a, b, ""
    if b > 12:
        return (b, a, "") if american else (a, b, IMPOSSIBLE)
    return a, b, AMBIGUOUS


def _ym(m: re.Match[str], _: Setting) -> Iterator[Piece]:
    piece = _piece(m, None, m["ym_y"], int(m["ym_m"]), None)
    if int(m["ym_m"]) > int(m["ym_y"]) % 100:
        piece.why = AMBIGUOUS
    yield piece


def _my_num(m: re.Match[str], _: Setting) -> Iterator[Piece]:
    yield _piece(m, None, m["my_num_y"], int(m["my_num_m"]), None)


def _dmy(m: re.Match[str], setting: Setting) -> Iterator[Piece]:
    month = setting.words.month(m["dmy_m"])
    if m["dmy_d0"]:
        yield _piece(m, "dmy_d0", m["dmy_y"], month, m["dmy_d0"])
    last = _piece(m, None, m["dmy_y"], month, m["dmy_d"])
    last.start = m.start("dmy_d")
    yield last


def _mdy(m: re.Match[str], setting: Setting) -> Iterator[Piece]:
    month = setting.words.month(m["mdy_m"])
    if m["mdy_d1"] is None:
        yield _piece(m, None, m["mdy_y"], month, m["mdy_d"])
        return
    first = _piece(m, None, m["mdy_y"], month, m["mdy_d"])
    first.end = m.end("mdy_d")
    yield first
    second = _piece(m, None, m["mdy_y"], month, m["mdy_d1"])
    second.start = m.start("mdy_d1")
    yield second


def _ymd(m: re.Match[str], setting: Setting) -> Iterator[Piece]:
    yield _piece(m, None, m["ymd_y"], setting.words.month(m["ymd_m"]), m["ymd_d"])


def _my(m: re.Match[str], setting: Setting) -> Iterator[Piece]:
    if m["my_m0"]:
        yield _piece(m, "my_m0", m["my_y"], setting.words.month(m["my_m0"]), None)
    last = _piece(m, None, m["my_y"], setting.words.month(m["my_m"]), None)
    last.start = m.start("my_m")
    yield last


def _m(m: re.Match[str], setting: Setting) -> Iterator[Piece]:
    yield _piece(m, None, None, setting.words.month(m["m_m"]), None)


def _span(months: int, key: str, precision: Precision) -> Callable[[re.Match[str], Setting], Iterator[Piece]]:
    def reader(m: re.Match[str], setting: Setting) -> Iterator[Piece]:
        year, why = _year(m[f"{key}_y"] or m[f"{key}_ya"] or m[f"{key}_yr"] or m[f"{key}_yf"])
        for group in ("n0", "r0", "n", "na", "r", "rf", "rw"):
            said = m[f"{key}_{group}"]
            if said is None:
                continue
            number = _number(said, setting.words) if group == "rw" else _rank(said, setting.words)
            if number * months > 12:
                number = 12 // months
            piece = Piece(*m.span(), year, (number - 1) * months + 1, 1, precision, why)
            if group.endswith("0"):
                piece.end = m.end(f"{key}_{group}")
            elif m[f"{key}_n0"] or m[f"{key}_r0"]:
                piece.start = m.start(f"{key}_{group}")
            yield piece

    return reader


def _rank(said: str, words: Words) -> int:
    for i, p in enumerate(words.ranks):
        if p.fullmatch(said):
            return i + 1
    return int(next(c for c in said if c.isdigit()))


def _number(said: str, words: Words) -> int:
    return 1 + next(i for i, p in enumerate(words.numbers) if p.fullmatch(said))


def _bare_season(m: re.Match[str], setting: Setting) -> Iterator[Piece]:
    number = next(i for i, p in enumerate(setting.words.seasons) if p.fullmatch(m["bs_n"]))
    yield Piece(*m.span(), None, number * 3 + 1, 1, Precision.QUARTER, NO_YEAR)


def _turn(m: re.Match[str], _: Setting) -> Iterator[Piece]:
    """The turn, the beginning, the middle or the end of a year that is not named."""
    month, precision = _TURNS[next(key for key in _TURNS if m[f"turn_{key}"])]
    day = 31 if precision is Precision.DAY else 1
    yield Piece(*m.span(), None, month, day if precision is not Precision.MONTH else None, precision, NO_YEAR)


_TURNS = {
    "year_end": (12, Precision.DAY),
    "new_year": (1, Precision.QUARTER),
    "year_start": (1, Precision.MONTH),
    "mid_year": (7, Precision.MONTH),
}


def _dm(m: re.Match[str], _: Setting) -> Iterator[Piece]:
    yield _piece(m, None, None, int(m["dm_m"] or m["dm_m1"]), m["dm_d"])


def _season(m: re.Match[str], setting: Setting) -> Iterator[Piece]:
    number = next(i for i, p in enumerate(setting.words.seasons) if p.fullmatch(m["s_n"]))
    year = int(m["s_y"])
    if m["s_y2"]:
        year = int(m["s_y2"]) if len(m["s_y2"]) == 4 else year // 100 * 100 + int(m["s_y2"])
    yield Piece(*m.span(), year, number * 3 + 1, 1, Precision.QUARTER)


def _seasonal(m: re.Match[str], setting: Setting) -> Iterator[Piece]:
    """Next spring, this autumn: a value only when the day of the page is known."""
    piece = Piece(*m.span(), why=RELATIVE, precision=Precision.QUARTER)
    name = m["sl_n0"] or m["sl_n"]
    side = setting.words.side((m["sl_b"] or m["sl_a"]).strip())
    if (day := setting.page_date) and side:
        piece.month = next(i for i, p in enumerate(setting.words.seasons) if p.fullmatch(name)) * 3 + 1
        later = {"next": piece.month <= day.month, "past": -(piece.month + 2 >= day.month)}
        year = day.year + int(later.get(side[0], side[1]))
        if _FIRST <= year <= _LAST:
            piece.year, piece.why = year, "relative to the page's date"
    yield piece


def _years(m: re.Match[str], _: Setting) -> Iterator[Piece]:
    for group in ("years_a", "years_b"):
        yield Piece(*m.span(group), int(m[group]), None, None, Precision.YEAR)


def _fy(m: re.Match[str], _: Setting) -> Iterator[Piece]:
    yield Piece(*m.span(), int(m["fy_a"]), None, None, Precision.YEAR)


def _one_year(form: str) -> Callable[[re.Match[str], Setting], Iterator[Piece]]:
    def reader(m: re.Match[str], _: Setting) -> Iterator[Piece]:
        yield Piece(*m.span(), int(m[f"{form}_y"]), None, None, Precision.YEAR)

    return reader


def _within(m: re.Match[str], _: Setting) -> Iterator[Piece]:
    yield Piece(*m.span(), why=RELATIVE, form="within")


_READERS: dict[str, Callable[[re.Match[str], Setting], Iterator[Piece]]] = {
    "iso": _iso,
    "num": _num,
    "ym": _ym,
    "my_num": _my_num,
    "dmy": _dmy,
    "mdy": _mdy,
    "ymd": _ymd,
    "my": _my,
    "m": _m,
    "quarter": _span(3, "q", Precision.QUARTER),
    "half": _span(6, "h", Precision.HALF),
    "season": _season,
    "seasonal": _seasonal,
    "bare_season": _bare_season,
    "turn": _turn,
    "dm": _dm,
    "years": _years,
    "fy": _fy,
    "part": _one_year("part"),
    "year": _one_year("year"),
    "within": _within,
}


def _relative(m: re.Match[str], name: str, setting: Setting) -> Piece:
    """Today, next year, three months ago: a value only when the day of the page is known."""
    piece = Piece(*m.span(), why=RELATIVE, form=name)
    day = setting.page_date
    if day is None or name in ("trigger", "vague"):
        return piece
    if name in ("ahead", "ago"):
        return _counted(piece, m.group(), day, 1 if name == "ahead" else -1, setting.words)
    if name in _DAYS:
        _put(piece, day, _DAYS[name], Precision.DAY)
    else:
        which, unit = name.split("_")
        index = {"this": 0, "next": 1, "last": -1}[which]
        months = day.year * 12 + day.month - 1 + (index * 12 if unit == "year" else index)
        piece.year, piece.month = months // 12, months % 12 + 1
        piece.precision = Precision.YEAR if unit == "year" else Precision.MONTH
    piece.why = "relative to the page's date"
    return piece


_DAYS = {"today": 0, "tomorrow": 1, "yesterday": -1}


def _put(piece: Piece, day: date, days: int, precision: Precision) -> None:
    try:
        value = day + timedelta(days=days)
    except OverflowError:
        return
    piece.year, piece.month, piece.day, piece.precision = value.year, value.month, value.day, precision


def _counted(piece: Piece, said: str, day: date, sign: int, words: Words) -> Piece:
    figures = _FIGURES.search(said)
    number = int(figures.group()) if figures else 0
    for i, p in enumerate(words.numbers):
        if not number and any(p.fullmatch(w) for w in said.split()):
            number = i + 1
    unit = next((k for k in ("day", "week", "month", "year") for w in [words.units[k]] if w.search(said)), "")
    if not number or not unit:
        return piece
    if unit in ("day", "week"):
        _put(piece, day, sign * number * (7 if unit == "week" else 1), Precision.DAY)
    else:
        months = day.year * 12 + day.month - 1 + sign * number * (12 if unit == "year" else 1)
        piece.year, piece.month = months // 12, months % 12 + 1
        piece.precision = Precision.YEAR if unit == "year" else Precision.MONTH
    piece.why = "relative to the page's date" if piece.year is not None else RELATIVE
    return piece
