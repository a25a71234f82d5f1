"""The shapes of views: agenda by month, month grid, month strip, timeline geometry. Pure: draws nothing, asks nothing.

Lengths are units of an SVG whose left edge is the first day shown. Days are calendar dates; months begin on their first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
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
#: Two milestones of one notice that bound a stage of it.
STAGES = (
    (MilestoneKind.CONSULTATION_OPENS, MilestoneKind.CONSULTATION_CLOSES),
    (MilestoneKind.TENDER_EXPECTED, MilestoneKind.TENDER_CLOSES),
    (MilestoneKind.CONTRACT_STARTS, MilestoneKind.CONTRACT_ENDS),
)


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
    for point in sorted(points, key=lambda p: (p.day, p.notice.id, p.milestone.id)):
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
    for point in sorted(points, key=lambda p: (p.day, p.notice.id, p.milestone.id)):
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


# -- timeline


@dataclass(frozen=True)
class Item(Generic[P]):
    """One date of the timeline in a lane: a mark at `x`, or a span from `x` to `x + width`; its words at `text_x`.

    `anchor` is `start` or `end`: on which side of `text_x` the words stand. `stage` is true for a bar between two dates.
    """

    x: float
    y: float
    width: float
    sign: str
    text: str
    text_x: float
    anchor: str
    point: P
    stage: bool = False


@dataclass(frozen=True)
class Heap:
    """The dates of a month in a row where there are too many to stand one by one; `x` is the middle of the month."""

    x: float
    y: float
    count: int
    first: date
    last: date


@dataclass(frozen=True)
class Row(Generic[P]):
    """One row (an authority, a topic or a country) from `y` down `height`, with its items in order of time."""

    key: str
    label: str
    y: float
    height: float
    items: tuple[Item[P], ...]
    heaps: tuple[Heap, ...] = ()


@dataclass(frozen=True)
class Tick:
    """A line at the start of a month; `kind` is `month`, `quarter` or `year`."""

    x: float
    day: date
    kind: str


@dataclass(frozen=True)
class Timeline(Generic[P]):
    """Rows over `months` months from `start`; `today_x` is where today stands."""

    start: date
    end: date
    width: float
    height: float
    today_x: float
    rows: tuple[Row[P], ...]
    ticks: tuple[Tick, ...] = field(default_factory=tuple)


LANE = 28.0
_PAD = 8.0
#: The line of a row in which its label stands.
HEAD = 24.0
_CHARACTER = 6.8
_MARK = 12.0
_GAP = 14.0


def timeline(
    points: Iterable[P],
    today: date,
    months: int,
    *,
    rows: Callable[[P], Iterable[tuple[str, str]]],
    words: Callable[[P], str],
    heaps: Iterable[tuple[str, str, date, int]] = (),
    width: float = 1112,
) -> Timeline[P]:
    """The geometry of a timeline from the first of this month over `months` months.

    `rows` gives the (key, label) of each row a point belongs to, `words` the text beside its mark. Items of a row are
    laid into as few lanes as keep marks and words apart. `heaps` are (key, label, first of the month, number of dates)
    of what stands in a row only as a number; they have a lane of their own.
    """
    start, end = month_start(today), month_start(today, months)
    scale = width / (end - start).days

    def x(day: date) -> float:
        return round((min(max(day, start), end) - start).days * scale, 1)

    grouped: dict[tuple[str, str], list[P]] = {}
    for point in points:
        begin, last = bounds(point)
        if last >= start and begin < end:
            for key, label in rows(point):
                grouped.setdefault((label, key), []).append(point)
    heaped: dict[tuple[str, str], list[tuple[date, int]]] = {}
    for key, label, first, count in heaps:
        if start <= first < end:
            heaped.setdefault((label, key), []).append((first, count))
            grouped.setdefault((label, key), [])
    out: list[Row[P]] = []
    y = 0.0
    for (label, key), held in sorted(grouped.items(), key=lambda g: (g[0][0].casefold(), g[0][1])):
        lanes: list[float] = []
        first_lane = y + HEAD
        top = first_lane + (LANE if (label, key) in heaped else 0.0)
        items = [_placed(p, top, x, words(p), width, lanes) for p in _in_order(held)]
        height = top - y + len(lanes) * LANE + 2 * _PAD
        piled = tuple(_heap(first, count, first_lane, x) for first, count in heaped.get((label, key), ()))
        out.append(Row(key, label, y, height, tuple(_bars(items)), piled))
        y += height
    return Timeline(start, end, width, y, x(today), tuple(out), tuple(_ticks(start, months, x)))


def _heap(first: date, count: int, top: float, x: Callable[[date], float]) -> Heap:
    after = month_start(first, 1)
    return Heap(round((x(first) + x(after)) / 2, 1), top + _PAD + LANE / 2, count, first, after - timedelta(days=1))


def _in_order(points: Iterable[P]) -> list[P]:
    return sorted(points, key=lambda p: (bounds(p)[0], p.notice.id, p.milestone.id))


def _placed(point: P, top: float, x: Callable[[date], float], text: str, width: float, lanes: list[float]) -> Item[P]:
    begin, last = bounds(point)
    left = x(begin)
    size = max(x(last + timedelta(days=1)) - left, _MARK) if last > begin else 0.0
    text_width = len(text) * _CHARACTER
    after = left + (size + 6 if size else _MARK)
    if after + text_width <= width:
        text_x, anchor, low, high = after, "start", left - _MARK, after + text_width
    else:
        text_x, anchor, low, high = left - _MARK, "end", left - _MARK - text_width, left + max(size, _MARK)
    lane = next((i for i, used in enumerate(lanes) if used + _GAP <= low), len(lanes))
    if lane == len(lanes):
        lanes.append(high)
    lanes[lane] = max(lanes[lane], high)
    y = top + _PAD + lane * LANE + LANE / 2
    return Item(left, y, round(size, 1), sign(point.milestone.kind), text, round(text_x, 1), anchor, point)


def _bars(items: Sequence[Item[P]]) -> Iterator[Item[P]]:
    """Each stage whose two dates both stand in the row becomes a bar under its first mark; then the items."""
    firsts = {(i.point.notice.id, i.point.milestone.kind): i for i in reversed(items)}
    for opens, closes in STAGES:
        for item in items:
            if item.point.milestone.kind is not opens or firsts[item.point.notice.id, opens] is not item:
                continue
            end = firsts.get((item.point.notice.id, closes))
            if end is not None and end.x > item.x:
                bar = round(end.x - item.x, 1)
                yield Item(item.x, item.y, bar, item.sign, "", item.x, "start", item.point, stage=True)
    yield from items


def _ticks(start: date, months: int, x: Callable[[date], float]) -> Iterator[Tick]:
    for index in range(months):
        day = month_start(start, index)
        kind = "year" if day.month == 1 else "quarter" if day.month % 3 == 1 else "month"
        yield Tick(x(day), day, kind)


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
    """How many lead times fall into each class; `share` is of the largest class, for drawing."""
    lows = [0, *(c + 1 for c in CLASSES)]
    highs: list[int | None] = [*CLASSES, None]
    counts = [
        sum(1 for d in days if d >= low and (high is None or d <= high)) for low, high in zip(lows, highs, strict=True)
    ]
    counts[0] += sum(1 for d in days if d < 0)
    most = max(counts, default=0) or 1
    return [Bin(low, high, count, count / most) for low, high, count in zip(lows, highs, counts, strict=True)]


def median(days: Sequence[int]) -> float | None:
    """The middle of the lead times in days, None without any."""
    ordered = sorted(days)
    if not ordered:
        return None
    half = len(ordered) // 2
    return float(ordered[half]) if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
