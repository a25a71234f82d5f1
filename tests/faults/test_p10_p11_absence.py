"""P10 and P11: many notices gone at once are held for a person; one gone is withdrawn after three good absences."""

import pytest
from loopback import Clock, Site, declare, page
from watching import ABOUT, check

from feedhub.hub import Hub
from feedhub.hub.base import load_catalogue
from feedhub.hub.shapes import Actor

DUTIES = {
    "Laptops": "From 1 March 2027 suppliers must disclose the factories of all laptops.",
    "Living wages": "From 1 April 2027 suppliers must pay a living wage in the assembly of monitors.",
    "Child labour": "From 1 May 2027 suppliers must have excluded child labour from the making of tablets.",
    "Minerals": "From 1 June 2027 suppliers must report the smelters of tin and tantalum in servers.",
    "Hours": "From 1 July 2027 suppliers must limit the working hours in the assembly of phones to 48 a week.",
}


def text(*names: str) -> str:
    sections = "".join(f"<h2>{n}</h2><p>{DUTIES[n]}</p>" for n in names)
    return page(ABOUT).replace("</main>", f"{sections}</main>")


@pytest.fixture
def watched(hub: Hub, site: Site, clock: Clock, sources) -> Hub:
    declare(sources, f"{site.url}/policy")
    load_catalogue(hub)
    site.pages["/policy"] = text(*DUTIES)
    check(hub, clock)
    assert hub.authority("gb-example").live_notices == 5
    return hub


@pytest.mark.parametrize("left", [(), ("Laptops",), ("Laptops", "Hours", "Minerals")])
def test_p10_more_than_three_in_ten_gone_are_held(
    watched: Hub, site: Site, clock: Clock, left: tuple[str, ...]
) -> None:
    site.pages["/policy"] = text(*left)
    for _ in range(4):
        result = check(watched, clock)
        assert (result.outcome.value, result.reason) == ("held", "mass_absence")
    assert watched.authority("gb-example").live_notices == 5
    waiting = [i for i in watched.review_queue() if i.why == "mass_absence"]
    assert len(waiting) == 5 - len(left), "each once, however often the page is read"


def test_p10_a_person_decides(watched: Hub, site: Site, clock: Clock) -> None:
    site.pages["/policy"] = text("Laptops", "Hours", "Minerals")
    check(watched, clock)
    for item in [i for i in watched.review_queue() if i.why == "mass_absence"]:
        watched.resolve(Actor(1, "curator"), item.id, accept=True)
    assert watched.authority("gb-example").live_notices == 3


def test_p11_one_gone_is_withdrawn_after_three_good_absences_and_stays_as_a_tombstone(
    watched: Hub, site: Site, clock: Clock
) -> None:
    site.pages["/policy"] = text("Laptops", "Living wages", "Child labour", "Minerals")
    live = []
    for _ in range(3):
        check(watched, clock)
        live.append(watched.authority("gb-example").live_notices)
    assert live == [5, 5, 4]
    (gone,) = [n for n in watched.authority("gb-example").notices if not n.live]
    assert gone.stage.value == "withdrawn"
    state = watched.render("/feeds/notices.atom?authority=gb-example").body.decode()
    assert f"notice/{gone.id}" in state
    assert "deleted-entry" in state


def test_p11_a_doubtful_reading_is_no_absence(watched: Hub, site: Site, clock: Clock) -> None:
    short = text("Laptops", "Living wages", "Child labour", "Minerals")
    for body in (short, short, "<html><title>Error</title><body><h1>500 Internal server error</h1></body></html>"):
        site.pages["/policy"] = body
        check(watched, clock)
    assert watched.authority("gb-example").live_notices == 5


def test_p11_one_that_comes_back_was_never_gone(watched: Hub, site: Site, clock: Clock) -> None:
    short = text("Laptops", "Living wages", "Child labour", "Minerals")
    for body in (short, short, text(*DUTIES), short, short):
        site.pages["/policy"] = body
        check(watched, clock)
    assert watched.authority("gb-example").live_notices == 5
