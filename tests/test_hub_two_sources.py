"""One duty that two pages of one authority state: neither page alone takes it back, and their wording does not alternate."""

from __future__ import annotations

import pytest
from loopback import Clock, Site, page
from watching import ABOUT, DUTY, declare_many, facts

from feedhub.hub import Hub
from feedhub.model import CheckResult, Filter

FIRST, SECOND = "gb-example-p0000", "gb-example-p0001"
OTHERWISE = "From 1 March 2027 all suppliers must disclose the factories of the laptops."
SCORED = (
    "Award criterion: from 1 March 2027 suppliers disclose the factories of all laptops; up to 10 points are given."
)
LATER = "From 1 June 2027 suppliers must disclose the factories of all laptops."


@pytest.fixture
def two(each_hub: Hub, site: Site, sources) -> Hub:
    site.pages["/first"] = page(ABOUT, DUTY)
    site.pages["/second"] = page(ABOUT, DUTY)
    declare_many(each_hub, sources, [f"{site.url}/first", f"{site.url}/second"])
    return each_hub


def check(hub: Hub, clock: Clock, source: str = "", times: int = 1) -> list[CheckResult]:
    out: list[CheckResult] = []
    for _ in range(times):
        clock.forward(days=1)
        out += hub.check([source] if source else [FIRST, SECOND])
    return out


def kinds(hub: Hub) -> list[str]:
    """Kinds of all announcements but the digest of a first reading."""
    found = hub.recent(Filter(sets={"authority": ("gb-example",)}), 100)
    return [e.kind.value for e in reversed(found) if e.kind.value != "digest"]


def test_a_duty_that_one_of_two_pages_drops_stays_until_the_other_drops_it_too(two: Hub, site: Site, clock: Clock):
    check(two, clock)
    assert len(facts(two)) == 1
    site.pages["/first"] = page(ABOUT, "Our team works in the town hall.")
    check(two, clock, times=4)
    assert kinds(two) == []
    assert two.authority("gb-example").notices[0].live
    site.pages["/second"] = page(ABOUT, "Our team works in the town hall.")
    check(two, clock, times=3)
    assert kinds(two) == ["withdrawn"]


def test_what_the_remaining_page_says_is_what_is_shown_and_cited_from_then_on(two: Hub, site: Site, clock: Clock):
    check(two, clock)
    site.pages["/first"] = page(ABOUT, "Our team works in the town hall.")
    check(two, clock, FIRST, times=3)
    check(two, clock, SECOND)
    site.pages["/second"] = page(ABOUT, LATER)
    check(two, clock, SECOND)
    (notice,) = two.authority("gb-example").notices
    assert {r.provenance.source_id for r in notice.living_requirements} == {SECOND}
    assert {m.provenance.source_id for m in notice.living_milestones} == {SECOND}
    assert kinds(two) == ["moved"]


def test_one_of_two_duties_dropped_by_one_page_is_not_weaker_while_the_other_states_it(
    two: Hub, site: Site, clock: Clock
):
    more = "Suppliers must also prove that no child labour was used in the making of the laptops."
    for path in ("/first", "/second"):
        site.pages[path] = page(ABOUT, f"{DUTY} {more}")
    check(two, clock)
    site.pages["/first"] = page(ABOUT, DUTY)
    check(two, clock, times=4)
    assert kinds(two) == []
    site.pages["/second"] = page(ABOUT, DUTY)
    check(two, clock, times=3)
    assert kinds(two) == ["relaxed"]


def test_two_wordings_of_one_duty_do_not_alternate(two: Hub, site: Site, clock: Clock):
    site.pages["/second"] = page(ABOUT, OTHERWISE)
    check(two, clock)
    before = facts(two)
    assert len(before) == 1
    for day in range(3):  # something else changes on both pages, so that both are judged
        site.pages["/first"] = page(ABOUT, DUTY, f"Day {day} of our summer school.")
        site.pages["/second"] = page(ABOUT, OTHERWISE, f"Day {day} of our summer school.")
        check(two, clock)
    assert facts(two) == before


def test_a_clause_of_another_kind_on_the_second_page_stands_beside_and_is_told_once(two: Hub, site: Site, clock: Clock):
    site.pages["/second"] = page(ABOUT, f"{DUTY} {SCORED}")
    check(two, clock)
    told = kinds(two)
    for day in range(3):
        site.pages["/first"] = page(ABOUT, DUTY, f"Day {day} of our summer school.")
        site.pages["/second"] = page(ABOUT, f"{DUTY} {SCORED}", f"Day {day} of our summer school.")
        check(two, clock)
    assert kinds(two) == told


def test_a_page_that_is_no_longer_read_does_not_keep_a_duty_alive(two: Hub, site: Site, clock: Clock):
    check(two, clock)
    site.pages["/first"] = page(ABOUT, "Our team works in the town hall.")
    del site.pages["/second"]
    check(two, clock, FIRST, times=4)
    assert kinds(two) == ["withdrawn"]
