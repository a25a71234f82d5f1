"""F25, the hub's part: a missing page is tried again, five times running suspends, one that is gone suspends at once."""

import pytest
from loopback import Clock, Site, declare
from watching import GOOD, check, facts, status

from feedhub.hub import Hub
from feedhub.hub.base import load_catalogue


@pytest.fixture
def watched(hub: Hub, site: Site, clock: Clock, sources) -> Hub:
    declare(sources, f"{site.url}/policy")
    load_catalogue(hub)
    site.pages["/policy"] = GOOD
    assert check(hub, clock).outcome.value == "baseline"
    return hub


def suspended(hub: Hub) -> bool:
    return hub.authority("gb-example").sources[0].suspended


def test_a_page_missing_once_is_asked_for_again(watched: Hub, site: Site, clock: Clock) -> None:
    before = facts(watched)
    site.pages["/policy"] = status(404)
    result = check(watched, clock)
    assert (result.outcome.value, result.reason) == ("failed", "not_found")
    assert not suspended(watched)
    site.pages["/policy"] = GOOD
    assert check(watched, clock).outcome.value == "unchanged"
    assert facts(watched) == before


def test_five_times_running_suspends_and_four_do_not(watched: Hub, site: Site, clock: Clock) -> None:
    before = facts(watched)
    site.pages["/policy"] = status(404)
    for number in range(1, 6):
        assert not suspended(watched), number
        check(watched, clock)
    assert suspended(watched)
    asked = len(site.seen)
    assert check(watched, clock).reason == "suspended"
    assert len(site.seen) == asked, "a suspended source is not asked"
    assert facts(watched) == before


def test_a_good_reading_in_between_begins_the_count_anew(watched: Hub, site: Site, clock: Clock) -> None:
    for letter in "----+----":
        site.pages["/policy"] = GOOD if letter == "+" else status(404)
        check(watched, clock)
    assert not suspended(watched)


def test_a_page_that_is_gone_suspends_at_once(watched: Hub, site: Site, clock: Clock) -> None:
    before = facts(watched)
    site.pages["/policy"] = status(410)
    assert check(watched, clock).reason == "gone"
    assert suspended(watched)
    assert facts(watched) == before


@pytest.mark.parametrize("code", [401, 403, 451])
def test_f24_what_is_forbidden_is_not_asked_for_again(watched: Hub, site: Site, clock: Clock, code: int) -> None:
    site.pages["/policy"] = status(code)
    assert check(watched, clock).reason == "forbidden"
    assert suspended(watched)
