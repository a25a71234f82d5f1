"""The shapes of views: agenda by month, month grid, month strip, lead times. Pure: draws nothing, asks nothing.

Lengths are units of an SVG whose left edge is the first day shown. Days are calendar dates; months begin on their first.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Generic, Protocol, TypeVar

from feedhub.model import Authority, Milestone, MilestoneKind, Notice, Precision


class Point(Protocol):
    """One milestone on a day, with its notice and authority; `days` counts from today."""

    @property
    def notice(self) -> Notice: ...  # noqa: D102
    @property
    def milestone(self) -> Milestone: ...  # noqa: D102
    @property
    def authority(self) -> Authority: ...  # noqa: D102
    @property
    def day(self) -> date: ...  # noqa: D102
    @property
    def days(self) -> int: ...  # noqa: D102
    @property
    def occurrence(self) -> date | None: ...  # noqa: D102


P = TypeVar("P", bound=Point)

#: Kinds of dates that share a sign in pictures; each sign has its own form, so colour is never needed.
SIGNS = {
    MilestoneKind.TENDER_EXPECTED: "tender",
    MilestoneKind.TENDER_CLOSES: "tender",
    MilestoneKind.CONSULTATION_OPENS: "talk",
    MilestoneKind.CONSULTATION_CLOSES: "talk",
    MilestoneKind.MARKET_EVENT: "talk",
    MilestoneKind.APPLIES_FROM: "duty",
    MilestoneKind.COMPLIANCE_DUE: "duty",
}


def sign(kind: MilestoneKind) -> str:
    """`tender`, `talk`, `duty` or `other`."""
    return SIGNS.get(kind, "other")


def month_start(day: date, months: int = 0) -> date:
    """The first day of the month that lies `months` after the month of `day`."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def wide(point: Point) -> bool:
    """True when the date is a quarter, a half or a year: a span that no single day or month may stand for."""
    return point.occurrence is None and point.milestone.when.precision in (
        Precision.QUARTER,
        Precision.HALF,
        Precision.YEAR,
    )


def bounds(point: Point) -> tuple[date, date]:
    """First and last day of a point, both inclusive."""
    if point.occurrence is not None or not point.milestone.when.is_span:
        return point.day, point.day
    return point.milestone.when.first, point.milestone.when.last


def _turn(point: Point) -> tuple[date, date, str, str]:
    """The order of lists: what is known to the day comes before the spans that begin with it."""
    return point.day, bounds(point)[1], point.notice.id, point.milestone.id


# -- agenda


@dataclass(frozen=True)
class Month(Generic[P]):
    """One month of the agenda: exact dates in order, then the wide spans that begin in it (or before it, if first)."""

    first: date
    dated: tuple[P, ...]
    spans: tuple[P, ...]


def agenda(points: Iterable[P]) -> list[Month[P]]:
    """Points grouped by the month they stand in, in order; months without any are left out."""
    months: dict[date, tuple[list[P], list[P]]] = {}
    for point in sorted(points, key=_turn):
        dated, spans = months.setdefault(month_start(point.day), ([], []))
        (spans if wide(point) else dated).append(point)
    return [Month(first, tuple(dated), tuple(spans)) for first, (dated, spans) in sorted(months.items())]


# -- month


@dataclass(frozen=True)
class Day(Generic[P]):
    """One cell of a month's table; `more` counts dates of the day that are not among `points`."""

    day: date
    inside: bool
    points: tuple[P, ...]
    more: int = 0


@dataclass(frozen=True)
class MonthGrid(Generic[P]):
    """A month as weeks from Monday to Sunday; `spans` are known no finer than to the month or coarser."""

    first: date
    weeks: tuple[tuple[int, tuple[Day[P], ...]], ...]
    spans: tuple[P, ...]

    @property
    def last(self) -> date:
        """The last day of the month."""
        return month_start(self.first, 1) - timedelta(days=1)

    @property
    def before(self) -> date:
        """The first day of the month before."""
        return month_start(self.first, -1)

    @property
    def after(self) -> date:
        """The first day of the month after."""
        return month_start(self.first, 1)


def month_grid(year: int, month: int, points: Iterable[P], more: Mapping[date, int] | None = None) -> MonthGrid[P]:
    """The table of one month; ISO week numbers, and every span that touches the month once.

    `more` says of which days there are more dates than `points` holds.
    """
    more = more or {}
    first = date(year, month, 1)
    last = month_start(first, 1) - timedelta(days=1)
    by_day: dict[date, list[P]] = {}
    spans: list[P] = []
    for point in points:
        begin, end = bounds(point)
        if begin == end:
            by_day.setdefault(begin, []).append(point)
        elif begin <= last and end >= first:
            spans.append(point)
    weeks = []
    monday = first - timedelta(days=first.weekday())
    while monday <= last:
        days = [monday + timedelta(days=i) for i in range(7)]
        cells = tuple(Day(d, first <= d <= last, tuple(by_day.get(d, ())), more.get(d, 0)) for d in days)
        weeks.append((monday.isocalendar().week, cells))
        monday += timedelta(days=7)
    return MonthGrid(first, tuple(weeks), tuple(spans))


# -- strip: a small picture of the months ahead


@dataclass(frozen=True)
class Dot(Generic[P]):
    """One date in the strip, centred on (x, y)."""

    x: float
    y: float
    sign: str
    point: P


@dataclass(frozen=True)
class Column:
    """One month of the strip; `more` counts what found no room."""

    x: float
    first: date
    count: int
    more: int


@dataclass(frozen=True)
class Strip(Generic[P]):
    """Months as columns, dates as dots piled up in them; spans count in the month they begin."""

    width: float
    height: float
    floor: float
    step: float
    columns: tuple[Column, ...]
    dots: tuple[Dot[P], ...]


def strip(
    points: Iterable[P],
    today: date,
    months: int = 24,
    *,
    step: float = 47,
    pile: int = 6,
    totals: Mapping[date, int] | None = None,
) -> Strip[P]:
    """`months` columns from this month on, `step` wide, with up to `pile` dots each.

    `totals` says by its first day how many dates a month has, where `points` holds only the first of them.
    """
    start = month_start(today)
    piles: list[list[P]] = [[] for _ in range(months)]
    for point in sorted(points, key=_turn):
        index = max(0, (point.day.year - start.year) * 12 + point.day.month - start.month)
        if index < months and (point.day >= start or bounds(point)[1] >= start):
            piles[index].append(point)
    tallest = min(pile, max((len(p) for p in piles), default=0))
    floor = 24.0 * max(tallest, 2) + 24
    columns, dots = [], []
    for index, held in enumerate(piles):
        x = index * step + step / 2
        first = month_start(start, index)
        total = max(len(held), (totals or {}).get(first, 0))
        shown = held if total <= pile else held[: pile - 1]
        columns.append(Column(x, first, total, total - len(shown)))
        for height, point in enumerate(shown):
            dots.append(Dot(x, floor - 14 - 24 * height, sign(point.milestone.kind), point))
    return Strip(months * step, floor + 44, floor, step, tuple(columns), tuple(dots))


# -- lead times

#: Upper ends, in days, of the classes of the distribution; the second is the tender window (meaning.md).
CLASSES = (13, 28, 60, 90, 180, 365)


@dataclass(frozen=True)
class Bin:
    """One class of lead times: `low` to `high` days inclusive (`high` None: and more), how many, and their share."""

    low: int
    high: int | None
    count: int
    share: float

    @property
    def window(self) -> bool:
        """True for the 14 to 28 days that an invitation to tender leaves."""
        return self.high == CLASSES[1]


def distribution(days: Sequence[int]) -> list[Bin]:
    """How many lead times, given shortest first, fall into each class; `share` is of the largest class, for drawing."""
    lows = [0, *(c + 1 for c in CLASSES)]
    highs: list[int | None] = [*CLASSES, None]
    upto = [0, *(bisect_right(days, c) for c in CLASSES), len(days)]
    counts = [after - before for before, after in pairwise(upto)]
    most = max(counts, default=0) or 1
    return [Bin(low, high, count, count / most) for low, high, count in zip(lows, highs, counts, strict=True)]
