"""The geometry of the timeline: rows, lanes, marks, bars, heaps. Pure: draws nothing, asks nothing.

Lengths are units of an SVG whose left edge is the first day shown. Days are calendar dates; months begin on their first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Generic

from feedhub.horizon.views import P, bounds, month_start, sign
from feedhub.model import MilestoneKind
from feedhub.text import shorten

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
    """Dates of a month in a row where there are too many to stand one by one; `x` is the middle of the month.

    `more` is true when the first dates of the month stand beside it, and it counts the others.
    """

    x: float
    y: float
    count: int
    first: date
    last: date
    more: bool = False


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

    @property
    def crowded(self) -> bool:
        """True when the marks of a lane would touch if the picture were drawn as narrow as a phone, without words."""
        lanes: dict[float, list[float]] = {}
        for row in self.rows:
            marks = [(i.y, i.x + i.width / 2) for i in row.items if not i.stage]
            for y, middle in (*marks, *((h.y, h.x) for h in row.heaps)):
                lanes.setdefault(y, []).append(middle * _PHONE / self.width)
        return any(b - a < _TARGET for lane in lanes.values() for a, b in pairwise(sorted(lane)))


LANE = 28.0
_PAD = 8.0
#: The line of a row in which its label stands.
HEAD = 24.0
_CHARACTER = 6.8
_MARK = 12.0
_HEAP = 15.0
_GAP = 14.0
#: The narrowest picture that shall need no scrolling, and how far apart fingers need their targets, in pixels.
_PHONE, _TARGET = 280.0, 26.0
#: Characters of its words for which every date has room: the most with which a row is not higher than `LOW` lanes, or
#: than with the fewest.
LEAST = (80, 56, 36)
LOW = 4


@dataclass(frozen=True)
class _Scale:
    """Days from `start` up to `end` over a width."""

    start: date
    end: date
    width: float

    def x(self, day: date) -> float:
        """Where a day begins; the edge for those outside."""
        days = (min(max(day, self.start), self.end) - self.start).days
        return round(days * self.width / (self.end - self.start).days, 1)

    def heap(self, first: date, count: int, more: bool) -> Heap:
        """The heap in the middle of a month, not yet at its height."""
        after = month_start(first, 1)
        return Heap(round((self.x(first) + self.x(after)) / 2, 1), 0.0, count, first, after - timedelta(days=1), more)


@dataclass
class _Spot(Generic[P]):
    """What a date, or a heap without a point, takes of its lane: mark and words from `low` to `high`."""

    low: float
    high: float
    x: float = 0.0
    width: float = 0.0
    text: str = ""
    text_x: float = 0.0
    anchor: str = "start"
    point: P | None = None


def timeline(
    points: Iterable[P],
    today: date,
    months: int,
    *,
    rows: Mapping[str, str],
    within: Callable[[P], Iterable[str]],
    words: Callable[[P], str],
    heaps: Iterable[tuple[str, date, int, bool]] = (),
    width: float = 1112,
) -> Timeline[P]:
    """The geometry of a timeline from the first of this month over `months` months.

    `rows` are the labels of rows by key, in their order; those without a date are left out. `within` gives the keys of
    the rows a point belongs to, `words` the text beside its mark, cut where the next mark or the edge begins. `heaps` are
    (key, first of the month, number of dates, whether others of the month stand beside it) of what stands in a row only
    as a number.
    """
    scale = _Scale(month_start(today), month_start(today, months), width)
    held: dict[str, list[P]] = {}
    for point in sorted(points, key=_turn):
        begin, last = bounds(point)
        if last >= scale.start and begin < scale.end:
            for key in within(point):
                held.setdefault(key, []).append(point)
    piled: dict[str, list[Heap]] = {}
    for key, first, count, more in heaps:
        if scale.start <= first < scale.end:
            piled.setdefault(key, []).append(scale.heap(first, count, more))
    out: list[Row[P]] = []
    for key, label in rows.items():
        if key in held or key in piled:
            y = out[-1].y + out[-1].height if out else 0.0
            told = [(p, words(p)) for p in held.get(key, ())]
            out.append(_row(key, label, y, told, piled.get(key, ()), scale))
    height = out[-1].y + out[-1].height if out else 0.0
    ticks = tuple(_ticks(scale.start, months, scale.x))
    return Timeline(scale.start, scale.end, width, height, scale.x(today), tuple(out), ticks)


def _row(key: str, label: str, y: float, told: Sequence[tuple[P, str]], heaps: Sequence[Heap], scale: _Scale) -> Row[P]:
    top = y + HEAD + _PAD + LANE / 2
    tries = [_lanes([_spot(point, text, least, scale) for point, text in told], heaps) for least in LEAST]
    lanes = next(lanes for lanes in tries if len(lanes) <= max(LOW, len(tries[-1])))
    items = []
    for number, lane in enumerate(lanes):
        _stretch(lane, scale.width)
        items += [_item(s, s.point, top + number * LANE) for s in lane if s.point is not None]
    items.sort(key=lambda i: _turn(i.point))
    placed = tuple(replace(h, y=top) for h in heaps)
    return Row(key, label, y, HEAD + len(lanes) * LANE + 2 * _PAD, tuple(_bars(items)), placed)


def _lanes(spots: Iterable[_Spot[P]], heaps: Sequence[Heap]) -> list[list[_Spot[P]]]:
    """Each spot in the first lane where it touches nothing; heaps stand in the first one."""
    lanes: list[list[_Spot[P]]] = [[_Spot(h.x - _HEAP, h.x + _HEAP) for h in heaps]] if heaps else []
    for spot in spots:
        lane = next((lane for lane in lanes if all(_apart(spot, other) for other in lane)), None)
        if lane is None:
            lanes.append(lane := [])
        lane.append(spot)
    return lanes


def _turn(point: P) -> tuple[date, str, str]:
    return bounds(point)[0], point.notice.id, point.milestone.id


def _spot(point: P, text: str, characters: int, scale: _Scale) -> _Spot[P]:
    """A date with so many characters of its words, left of it near the right edge."""
    begin, last = bounds(point)
    left = scale.x(begin)
    size = max(scale.x(last + timedelta(days=1)) - left, _MARK) if last > begin else 0.0
    least = min(len(text), characters) * _CHARACTER
    before, after = left - _MARK, left + (size + 6 if size else _MARK)
    if after + least <= scale.width or scale.width - after >= before:
        high = max(min(after + least, scale.width), left + size)
        return _Spot(before, high, left, size, text, after, "start", point)
    return _Spot(max(before - least, 0.0), left + max(size, _MARK), left, size, text, before, "end", point)


def _apart(one: _Spot[P], other: _Spot[P]) -> bool:
    return one.high + _GAP <= other.low or other.high + _GAP <= one.low


def _stretch(lane: list[_Spot[P]], width: float) -> None:
    """Give the words of a lane the room that nothing else takes, left of a mark where much more of them fits there."""
    lane.sort(key=lambda s: s.low)
    begins = 0.0
    for spot, ends in zip(lane, [*(s.low - _GAP for s in lane[1:]), width], strict=True):
        whole, before = len(spot.text) * _CHARACTER, spot.x - _MARK
        if spot.anchor == "start" and spot.text and ends - spot.text_x < min(whole, 0.6 * (before - begins)):
            spot.anchor, spot.text_x, spot.high = "end", before, spot.x + max(spot.width, _MARK)
        if spot.anchor == "end":
            spot.low = max(spot.text_x - whole, begins)
        elif spot.text:
            spot.high = max(spot.high, min(spot.text_x + whole, ends))
        begins = spot.high + _GAP


def _item(spot: _Spot[P], point: P, y: float) -> Item[P]:
    room = spot.high - spot.text_x if spot.anchor == "start" else spot.text_x - spot.low
    characters = int(room / _CHARACTER + 0.01)
    text = shorten(spot.text, characters) if characters > 1 else ""
    kind = sign(point.milestone.kind)
    return Item(spot.x, y, round(spot.width, 1), kind, text, round(spot.text_x, 1), spot.anchor, point)


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
