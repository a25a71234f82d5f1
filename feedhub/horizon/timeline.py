"""The geometry of the timeline: rows, lanes, marks, bars, heaps. Pure: draws nothing, asks nothing.

Lengths are units of an SVG whose left edge is the first day shown. Days are calendar dates; months begin on their first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic

from feedhub.horizon.views import P, bounds, month_start, sign
from feedhub.model import MilestoneKind

#: Two milestones of one notice that bound a stage of it.
STAGES = (
    (MilestoneKind.CONSULTATION_OPENS, MilestoneKind.CONSULTATION_CLOSES),
    (MilestoneKind.TENDER_EXPECTED, MilestoneKind.TENDER_CLOSES),
    (MilestoneKind.CONTRACT_STARTS, MilestoneKind.CONTRACT_ENDS),
)


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
    ticks: tuple[Tick, ...] = ()


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
    for (label, key), held in sorted(grouped.items(), key=lambda g: (g[0][0].casefold(), g[0][1])):
        y = out[-1].y + out[-1].height if out else 0.0
        out.append(_row(key, label, y, held, heaped.get((label, key), ()), x, words, width))
    height = out[-1].y + out[-1].height if out else 0.0
    return Timeline(start, end, width, height, x(today), tuple(out), tuple(_ticks(start, months, x)))


def _row(
    key: str,
    label: str,
    y: float,
    held: Iterable[P],
    heaps: Iterable[tuple[date, int]],
    x: Callable[[date], float],
    words: Callable[[P], str],
    width: float,
) -> Row[P]:
    piled = tuple(_heap(first, count, y + HEAD, x) for first, count in heaps)
    top = y + HEAD + (LANE if piled else 0.0)
    lanes: list[float] = []
    items = [_placed(p, top, x, words(p), width, lanes) for p in _in_order(held)]
    return Row(key, label, y, top - y + len(lanes) * LANE + 2 * _PAD, tuple(_bars(items)), piled)


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
