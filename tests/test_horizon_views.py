"""Shapes of views: agenda, month grid, strip, timeline, distribution of lead times."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from feedhub.horizon import timeline, views
from feedhub.model import Authority, Milestone, MilestoneKind, Notice, Precision, When

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, tzinfo=UTC)


@dataclass(frozen=True)
class At:
    notice: Notice
    milestone: Milestone
    authority: Authority
    day: date
    days: int
    occurrence: date | None = None


def at(
    day: date,
    precision: Precision = Precision.DAY,
    *,
    kind: str = "tender_closes",
    notice: str = "n1",
    authority: str = "a",
    milestone: str = "m1",
    turn: bool = False,
) -> At:
    m = Milestone(MilestoneKind(kind), When(day, precision), id=milestone)
    n = Notice(notice, authority, f"Notice {notice}", NOW, NOW)
    who = Authority(authority, authority.upper())
    return At(n, m, who, max(day, TODAY) if m.when.is_span else day, (day - TODAY).days, day if turn else None)


def line(
    points: list[At],
    months: int = 24,
    *,
    rows: tuple[str, ...] = ("a", "b"),
    about: str = "",
    heaps: tuple[tuple[str, date, int, bool], ...] = (),
) -> timeline.Timeline[At]:
    return timeline.timeline(
        points,
        TODAY,
        months,
        rows={r: r.upper() for r in rows},
        within=lambda p: [p.authority.id],
        words=lambda p: about if about and p.notice.id == "n1" else f"{p.milestone.kind}: {p.notice.title}",
        heaps=heaps,
    )


def extents(row: timeline.Row[At]) -> dict[float, list[tuple[float, float]]]:
    """Lane → from where to where marks and words stand in it, in order."""
    lanes: dict[float, list[tuple[float, float]]] = {}
    for item in row.items:
        words = len(item.text) * 6.7
        low = item.text_x - words if item.anchor == "end" else item.x - 12
        high = item.text_x + words if item.anchor == "start" else item.x + 12
        lanes.setdefault(item.y, []).append((low, high))
    return {y: sorted(spans) for y, spans in lanes.items()}


def test_the_agenda_keeps_months_in_order_and_leaves_empty_ones_out() -> None:
    months = views.agenda([at(date(2027, 6, 2)), at(date(2027, 1, 9)), at(date(2027, 1, 3), notice="n0")])
    assert [(m.first, len(m.dated)) for m in months] == [(date(2027, 1, 1), 2), (date(2027, 6, 1), 1)]
    assert months[0].dated[0].notice.id == "n0"


def test_the_agenda_sets_a_quarter_apart_from_exact_days() -> None:
    month = views.agenda([at(date(2027, 7, 1), Precision.QUARTER), at(date(2027, 7, 30))])[0]
    assert [p.day for p in month.dated] == [date(2027, 7, 30)]
    assert [p.milestone.when.precision for p in month.spans] == [Precision.QUARTER]


def test_what_is_known_to_the_day_comes_before_the_month_that_begins_with_it() -> None:
    points = [at(date(2027, 3, 1), Precision.MONTH, notice="n1"), at(date(2027, 3, 1), notice="n2")]
    assert [p.notice.id for p in views.agenda(points)[0].dated] == ["n2", "n1"]
    assert [d.point.notice.id for d in views.strip(points, TODAY, 12).dots] == ["n2", "n1"]


def test_a_turn_of_a_yearly_date_is_a_day_and_no_span() -> None:
    turn = at(date(2027, 1, 1), Precision.YEAR, turn=True)
    assert not views.wide(turn)
    assert views.bounds(turn) == (date(2027, 1, 1), date(2027, 1, 1))


def test_a_month_begins_on_monday_and_numbers_its_weeks_by_iso() -> None:
    grid = views.month_grid(2027, 1, [])
    assert grid.weeks[0][0] == 53
    assert grid.weeks[0][1][0].day == date(2026, 12, 28)
    assert not grid.weeks[0][1][0].inside
    assert all(len(days) == 7 for _, days in grid.weeks)
    assert (grid.before, grid.after) == (date(2026, 12, 1), date(2027, 2, 1))


def test_a_month_shows_days_in_cells_and_each_span_once_above_them() -> None:
    day, quarter, other = (
        at(date(2027, 1, 20)),
        at(date(2027, 1, 1), Precision.QUARTER),
        at(date(2027, 4, 1), Precision.QUARTER),
    )
    grid = views.month_grid(2027, 1, [day, quarter, other])
    assert [p for _, days in grid.weeks for d in days for p in d.points] == [day]
    assert grid.spans == (quarter,)


def test_the_strip_piles_dates_up_in_their_month_and_counts_what_finds_no_room() -> None:
    points = [at(date(2026, 12, d), notice=f"n{d}") for d in range(1, 11)]
    strip = views.strip(points, TODAY, 12, pile=6)
    december = strip.columns[1]
    assert (december.first, december.count, december.more) == (date(2026, 12, 1), 10, 5)
    ys = [d.y for d in strip.dots]
    assert len(ys) == 5
    assert all(a - b == pytest.approx(24) for a, b in itertools.pairwise(ys)), "targets of 24 px never overlap"


def test_the_strip_leaves_out_what_lies_beyond_its_months() -> None:
    strip = views.strip([at(date(2029, 1, 1)), at(date(2026, 10, 1))], TODAY, 12)
    assert strip.dots == ()


def test_today_stands_between_the_start_of_its_month_and_the_next() -> None:
    drawn = line([at(date(2027, 1, 20))])
    assert drawn.start == date(2026, 11, 1)
    assert 0 < drawn.today_x < drawn.ticks[1].x


def test_a_quarter_is_drawn_over_its_whole_length() -> None:
    drawn = line([at(date(2027, 4, 1), Precision.QUARTER)])
    item = drawn.rows[0].items[0]
    scale = drawn.width / (drawn.end - drawn.start).days
    assert item.width == pytest.approx(91 * scale, abs=0.2)
    assert item.x == pytest.approx((date(2027, 4, 1) - drawn.start).days * scale, abs=0.1)


LONG = "Invitation to tender expected: laptops, monitors and docking stations for all schools of the county, with spare parts"


@pytest.mark.parametrize("about", ["", LONG])
@pytest.mark.parametrize("months", [12, 24, 36])
def test_marks_and_words_of_one_lane_never_touch_and_stay_in_the_picture(about: str, months: int) -> None:
    points = [at(date(2026, 12, 1) + timedelta(days=19 * i), milestone=f"m{i:02}") for i in range(50)]
    spans = [at(date(2027, q, 1), Precision.QUARTER, milestone=f"q{q}") for q in (1, 4, 7)]
    drawn = line([*points, *spans], months, about=about)
    (row,) = drawn.rows
    lanes = extents(row)
    for taken in lanes.values():
        assert all(a[1] < b[0] for a, b in itertools.pairwise(taken))
        assert taken[0][0] >= -12
        assert taken[-1][1] <= drawn.width + 12
    assert row.height >= len(lanes) * timeline.LANE


def test_words_take_all_the_free_room_of_their_lane() -> None:
    near, far = at(date(2026, 12, 1)), at(date(2028, 3, 1), notice="n2")
    assert [i.text for i in line([near], about=LONG).rows[0].items] == [LONG]
    first, last = line([near, far], about=LONG).rows[0].items
    assert first.y == last.y
    assert first.text.endswith("…")
    assert LONG.startswith(first.text[:-1])
    assert last.x - 14 - 12 - 10 * 6.8 - first.text_x < len(first.text) * 6.8, "not cut earlier than at a word"
    assert len(first.text) >= timeline.LEAST[-1] / 2


def test_a_row_grows_up_to_four_lanes_before_words_are_cut_short() -> None:
    points = [at(date(2026, 12, 1) + timedelta(days=40 * i), milestone=f"m{i:02}") for i in range(12)]
    low = line(points[: timeline.LOW], about=LONG[:80]).rows[0]
    assert {i.text for i in low.items} == {LONG[:80]}
    high = line(points, about=LONG[:80]).rows[0]
    assert min(len(i.text) for i in high.items) < timeline.LEAST[-1] + 1
    assert len(extents(high)) < len(points)


def test_words_are_not_cut_where_that_saves_no_lane() -> None:
    points = [at(date(2026, 12, 1) + timedelta(days=9 * i), milestone=f"m{i:02}") for i in range(9)]
    row = line([*points, at(date(2028, 6, 1), notice="n2")], about=LONG[:80]).rows[0]
    assert len(extents(row)) == len(points)
    assert {i.text for i in row.items if i.point.notice.id == "n1"} == {LONG[:80]}


def test_words_that_do_not_fit_stand_left_of_their_mark_where_much_more_of_them_fits() -> None:
    late = at(date(2028, 3, 1))
    assert line([late], about=LONG[:50]).rows[0].items[0].anchor == "start"
    (item,) = line([late], about=LONG).rows[0].items
    assert item.anchor == "end"
    assert len(item.text) > 90
    assert line([at(date(2027, 9, 20))], about=LONG).rows[0].items[0].anchor == "start", "little more fits there"


def test_words_at_the_left_of_their_mark_reach_back_to_what_stands_before_it() -> None:
    early, late = at(date(2026, 12, 1)), at(date(2028, 10, 20), milestone="m2")
    assert line([late], about=LONG).rows[0].items[0].text == LONG
    first, last = line([early, late], about=LONG[:60]).rows[0].items
    assert (first.text, last.text) == (LONG[:60], LONG[:60])
    assert (first.anchor, last.anchor) == ("start", "end")


def test_a_span_over_the_whole_picture_has_no_words_outside_it() -> None:
    drawn = line([at(date(2026, 1, 1), Precision.YEAR), at(date(2027, 1, 1), Precision.YEAR, milestone="m2")], 12)
    for taken in extents(drawn.rows[0]).values():
        assert taken[0][0] >= -12
        assert taken[-1][1] <= drawn.width + 12


def test_words_near_the_right_edge_stand_on_the_left_of_their_mark() -> None:
    drawn = line([at(date(2028, 10, 20))])
    item = drawn.rows[0].items[0]
    assert item.anchor == "end"
    assert item.text_x < item.x <= drawn.width


def test_dates_stand_in_the_lane_of_the_heaps_where_there_is_room() -> None:
    heaps = (("a", date(2028, 3, 1), 40, False), ("a", date(2028, 5, 1), 30, False))
    near = line([at(date(2026, 12, 1))], about=LONG, heaps=heaps).rows[0]
    assert {i.y for i in near.items} == {h.y for h in near.heaps}
    assert len(near.items[0].text) * 6.8 + near.items[0].text_x < near.heaps[0].x - 15
    among = line([at(date(2028, 4, 10))], about=LONG, heaps=heaps).rows[0]
    assert {i.y for i in among.items}.isdisjoint({h.y for h in among.heaps})


def test_rows_stand_under_each_other_in_the_order_asked_for_and_empty_ones_are_left_out() -> None:
    points = [at(date(2027, 2, 1), authority="b", notice="n2"), at(date(2027, 3, 1), authority="a")]
    drawn = line(points, rows=("b", "c", "a"))
    assert [r.label for r in drawn.rows] == ["B", "A"]
    assert drawn.rows[1].y == drawn.rows[0].height
    assert drawn.height == sum(r.height for r in drawn.rows)


def test_a_consultation_with_both_ends_gets_a_bar_between_them() -> None:
    opens = at(date(2026, 12, 1), kind="consultation_opens")
    closes = at(date(2027, 2, 1), kind="consultation_closes", milestone="m2")
    stages = [i for i in line([opens, closes]).rows[0].items if i.stage]
    assert len(stages) == 1
    assert stages[0].width > 0
    assert not [i for i in line([opens]).rows[0].items if i.stage]


def test_a_point_may_stand_in_several_rows() -> None:
    drawn = timeline.timeline(
        [at(date(2027, 1, 1))],
        TODAY,
        12,
        rows={"x": "X", "y": "Y"},
        within=lambda _: ["x", "y"],
        words=lambda _: "w",
    )
    assert [r.key for r in drawn.rows] == ["x", "y"]


@pytest.mark.parametrize(
    ("kind", "sign"),
    [("tender_closes", "tender"), ("market_event", "talk"), ("applies_from", "duty"), ("review", "other")],
)
def test_each_group_of_dates_has_a_sign_of_its_own(kind: str, sign: str) -> None:
    assert views.sign(MilestoneKind(kind)) == sign


def test_lead_times_fall_into_classes_and_the_tender_window_is_marked() -> None:
    bins = views.distribution([0, 13, 14, 28, 29, 200, 400, 5000])
    assert [(b.low, b.high, b.count) for b in bins][:3] == [(0, 13, 2), (14, 28, 2), (29, 60, 1)]
    assert bins[-1].count == 2
    assert [b.window for b in bins] == [False, True, False, False, False, False, False]
    assert max(b.share for b in bins) == 1.0


def test_a_picture_is_crowded_when_fingers_could_not_tell_its_marks_apart() -> None:
    far = [at(date(2027, m, 1), notice=f"n{m}", milestone=f"m{m}") for m in (1, 9)]
    assert not line(far).crowded
    assert not line([*far, at(date(2027, 1, 3), notice="n3")]).crowded, "another lane is no neighbour"
    heaps = tuple(("a", date(2027, m, 1), 2, False) for m in (1, 2))
    assert line(far, heaps=heaps).crowded
