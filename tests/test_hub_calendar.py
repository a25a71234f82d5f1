"""Dates by day: pages, months, rows and cells count the same dates, on both engines, and show few of many."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from loopback import Clock
from sqlalchemy import text
from web_house import CITY, COUNTY, draft, milestone

from feedhub.hub import Hub
from feedhub.hub.calendar import CELL, NEAR, PILE, ROW
from feedhub.hub.shapes import Actor
from feedhub.model import Authority, Filter, Milestone, Precision
from feedhub.store import catalogue

MANY = ROW + 5


@pytest.fixture
def filled(each_hub: Hub) -> Hub:
    """One day of one body with many dates, a quarter, a yearly date, and one date of another body."""
    with each_hub.store.writing() as tx:
        catalogue.add_authority(tx, Authority(CITY, "City of Elm", "SE"))
        catalogue.add_authority(tx, Authority(COUNTY, "County of Oak", "GB"))
    for number in range(MANY):
        dates = (milestone("tender_closes", date(2027, 3, 10)),)
        each_hub.post(Actor(1, "admin"), draft(CITY, f"Lot {number}", milestones=dates))
    yearly = milestone("compliance_due", date(2027, 6, 30), recurs="--06-30")
    wide = milestone("tender_expected", date(2027, 1, 1), Precision.QUARTER)
    each_hub.post(Actor(1, "admin"), draft(COUNTY, "Yearly", milestones=(yearly, wide)))
    return each_hub


def post(hub: Hub, authority: str, *dates: Milestone) -> None:
    hub.post(Actor(1, "admin"), draft(authority, f"Day {[d.when for d in dates]}", milestones=dates))


OWN = Filter(sets={"authority": (CITY, COUNTY)})


def test_pages_of_dates_put_together_are_the_agenda(filled: Hub) -> None:
    window = filled.ahead(24)
    pages = [filled.dates(OWN, *window, page=n, per_page=5) for n in range(1, 6)]
    assert {p.total for p in pages} == {filled.count_dates(OWN, *window)} == {MANY + 3}
    assert {p.pages for p in pages} == {4}
    together = [e for p in pages[:4] for e in p.entries]
    assert together == filled.agenda(OWN, months=24)
    assert pages[4].page == 4
    days = [e.day for e in together]
    assert days == sorted(days)


def test_a_yearly_date_stands_there_with_its_next_two_turns(filled: Hub) -> None:
    turns = [e for e in filled.agenda(OWN, months=36) if e.milestone.recurs]
    assert [e.occurrence for e in turns] == [date(2027, 6, 30), date(2028, 6, 30)]


def test_a_turn_that_has_passed_gives_way_to_the_one_after_next(filled: Hub, clock: Clock) -> None:
    clock.forward(days=300)
    filled.remind()
    turns = [e.occurrence for e in filled.agenda(OWN, months=36) if e.milestone.recurs]
    assert turns == [date(2028, 6, 30), date(2029, 6, 30)]


def test_months_count_every_date_and_show_the_first_ones(filled: Hub) -> None:
    months = {m.first: m for m in filled.months(OWN)}
    assert {f: m.total for f, m in months.items()} == {
        date(2027, 1, 1): 1,
        date(2027, 3, 1): MANY,
        date(2027, 6, 1): 1,
        date(2028, 6, 1): 1,
    }
    assert len(months[date(2027, 3, 1)].entries) == PILE


def test_a_full_row_shows_its_nearest_dates_and_counts_the_others_by_month(filled: Hub) -> None:
    for month in (1, 2, 5, 5):
        post(filled, CITY, milestone("market_event", date(2027, month, 20)))
    groups = filled.horizon(OWN, "authority", 24, [CITY, COUNTY])
    shown = {(g.row, g.first.month, g.first.year): (g.total, len(g.entries)) for g in groups}
    assert shown == {
        (COUNTY, 1, 2027): (1, 1),
        (COUNTY, 6, 2027): (1, 1),
        (COUNTY, 6, 2028): (1, 1),
        (CITY, 1, 2027): (1, 1),
        (CITY, 2, 2027): (1, 1),
        (CITY, 3, 2027): (MANY, NEAR - 2),
        (CITY, 5, 2027): (2, 0),
    }


def test_no_date_of_a_month_is_kept_back_alone(filled: Hub) -> None:
    post(filled, COUNTY, *(milestone("market_event", date(2027, 2, day)) for day in range(1, NEAR + 1)))
    post(filled, COUNTY, *(milestone("market_event", date(2027, month, 20)) for month in (3, 4)))
    groups = [g for g in filled.horizon(OWN, "authority", 24, [COUNTY]) if g.first.year == 2027]
    assert [(g.total, len(g.entries)) for g in groups] == [(1, 1), (NEAR, NEAR), (1, 1), (1, 1), (1, 1)]


def test_a_row_that_is_not_full_shows_each_of_its_dates(filled: Hub) -> None:
    post(filled, COUNTY, *(milestone("market_event", date(2028, 3, day)) for day in range(1, ROW - 2)))
    groups = filled.horizon(OWN, "authority", 24, [COUNTY])
    assert [(g.total, len(g.entries)) for g in groups] == [(1, 1), (1, 1), (ROW - 3, ROW - 3), (1, 1)]


def test_days_of_a_full_row_come_before_the_spans_that_began_earlier(filled: Hub) -> None:
    for number in range(ROW):
        post(filled, COUNTY, milestone("tender_expected", date(2027, 1, 1), Precision.YEAR, subject=str(number)))
    post(filled, COUNTY, milestone("tender_closes", date(2027, 1, 28)))
    first = filled.horizon(OWN, "authority", 24, [COUNTY])[0]
    precisions = [e.milestone.when.precision for e in first.entries]
    assert precisions == [Precision.DAY, Precision.QUARTER, *[Precision.YEAR] * (NEAR - 2)]
    assert first.total == ROW + 2


def test_rows_know_their_next_date(filled: Hub, clock: Clock) -> None:
    assert filled.rows(OWN, "authority", 24) == {CITY: (MANY, date(2027, 3, 10)), COUNTY: (3, date(2027, 1, 1))}
    clock.forward(days=(date(2027, 1, 15) - filled.today()).days)
    later = filled.rows(OWN, "authority", 24)
    assert later[COUNTY] == (3, date(2027, 3, 31)), "a quarter that has begun counts by its last day"


@pytest.mark.parametrize("by", ["topic", "country"])
def test_rows_count_each_date_once_for_each_value(filled: Hub, by: str) -> None:
    counted = Counter()
    for e in filled.agenda(OWN, months=24):
        values = {r.topic for r in e.notice.requirements} if by == "topic" else {e.notice.country}
        counted.update(values)
    assert {v: number for v, (number, _) in filled.rows(OWN, by, 24).items()} == counted


def test_a_month_shows_some_dates_of_a_day_and_counts_the_others(filled: Hub) -> None:
    found = filled.month(2027, 3, OWN)
    day = date(2027, 3, 10)
    assert len([e for e in found.entries if e.day == day and not e.milestone.when.is_span]) == CELL
    assert found.more == {day: MANY - CELL}
    assert [e.notice.title for e in found.entries if e.milestone.when.is_span] == ["Yearly"]
    assert found.spans_more == 0


def test_what_was_counted_is_counted_anew_after_a_publication(filled: Hub) -> None:
    before = filled.count_dates(OWN, *filled.ahead(24))
    dates = (milestone("tender_closes", date(2027, 4, 1)),)
    filled.post(Actor(1, "admin"), draft(CITY, "One more", milestones=dates))
    assert filled.count_dates(OWN, *filled.ahead(24)) == before + 1
    assert filled.notices(Filter(sets={"authority": (CITY,)})).total == MANY + 1


def test_notices_are_indexed_again_when_the_index_is_of_an_older_kind(filled: Hub) -> None:
    with filled.store.writing() as tx:
        tx.execute(text("DELETE FROM dated"))
        catalogue.put_value(tx, "index", "1")
    assert filled.reindex() > MANY
    assert filled.count_dates(OWN, *filled.ahead(24)) == MANY + 3
    assert filled.reindex() == 0


def test_lead_times_by_authority_and_one_page_of_notices(filled: Hub) -> None:
    given = filled.lead_times(per_page=10)
    assert given.pages == -(-len(given.days) // 10)
    assert [days for _, _, days in given.notices] == list(given.days[:10])
    days = (date(2027, 3, 10) - filled.today()).days
    assert {a.id: (median, number) for a, median, number in given.bodies if a.id in (CITY, COUNTY)} == {
        CITY: (days, MANY),
        COUNTY: ((date(2027, 1, 1) - filled.today()).days, 1),
    }
    assert filled.median_lead(Filter()) == days


def test_proofs_count_all_notices_and_show_the_first(filled: Hub) -> None:
    (proof,) = [p for p in filled.proofs(each=3)[0] if p.id == "ew_factory_disclosure_form"]
    assert (proof.total, len(proof.notices)) == (MANY + 1, 3)


def test_related_notices_come_by_their_next_date(filled: Hub) -> None:
    (yearly,) = list(filled.notices(Filter(sets={"authority": (COUNTY,)})).notices)
    related = filled.notice(yearly.id).related
    assert len(related) == 6
    assert {n.authority_id for n in related} == {CITY}


def test_the_window_of_dates_is_narrowed_by_the_filter(filled: Hub) -> None:
    narrow = Filter(sets=OWN.sets, since=date(2027, 3, 10), until=date(2027, 3, 10) + timedelta(days=1))
    assert filled.count_dates(narrow, *filled.ahead(24)) == MANY + 1  # the quarter touches it too


def test_what_comes_first_are_days_of_different_notices_in_order_without_spans_and_cancelled_dates(
    filled: Hub, clock: Clock
) -> None:
    me = Actor(1, "admin")
    sooner = filled.post(
        me,
        draft(
            CITY,
            "Sooner",
            milestones=(milestone("market_event", date(2027, 2, 1)), milestone("tender_closes", date(2027, 9, 1))),
        ),
    )
    off = filled.post(me, draft(CITY, "Off", milestones=(milestone("market_event", date(2027, 1, 5)),)))
    filled.withdraw(me, off.id, reason="No budget.", base_revision=1)
    first, *others = filled.soonest(OWN)
    assert (first.notice.id, first.day) == (sooner.id, date(2027, 2, 1))
    assert [e.day for e in others] == [date(2027, 3, 10)] * 2
    assert len({e.notice.id for e in (first, *others)}) == 3
    clock.forward(days=90)
    assert sooner.id not in {e.notice.id for e in filled.soonest(OWN)}
    assert [e.day for e in filled.soonest(Filter(sets={"authority": (COUNTY,)}))] == [date(2027, 6, 30)]
