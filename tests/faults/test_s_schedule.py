"""S rows: one tick for many processes, leases that run out, jobs twice, the clock's jumps, sleep, poison."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from loopback import Clock, Site, declare, page

from feedhub.errors import LeaseLost
from feedhub.hub import Hub
from feedhub.hub.base import load_catalogue
from feedhub.model import Filter
from feedhub.store import collecting

DUTY = "From 1 March 2027 suppliers must disclose the factories of all laptops."
ABOUT = "The City of Example buys goods and services for its schools and offices."


def test_s01_of_three_processes_one_ticks(each_hub: Hub) -> None:
    assert [each_hub.lead(name) is not None for name in ("a", "b", "c")] == [True, False, False]


def test_s02_after_a_leader_dies_another_takes_over_and_the_old_token_is_refused(each_hub: Hub, clock: Clock) -> None:
    old = each_hub.lead("a")
    clock.forward(seconds=91)
    assert each_hub.lead("b") is not None
    with pytest.raises(LeaseLost), each_hub.store.writing() as tx:
        collecting.hold_lease(tx, "clock", old or 0, clock.at)


def test_s03_a_check_whose_worker_died_runs_again_when_its_lease_is_over(
    each_hub: Hub, clock: Clock, site: Site, sources
) -> None:
    declare(sources, f"{site.url}/policy")
    load_catalogue(each_hub)
    site.pages["/policy"] = page(ABOUT, DUTY)
    with each_hub.store.writing() as tx:
        collecting.take_lease(tx, "source:gb-example-policy", "dead worker", clock.at, 180)
    assert each_hub.refresh("gb-example-policy").reason == "host_busy"
    clock.forward(seconds=181)
    assert each_hub.refresh("gb-example-policy").outcome.value == "baseline"


def test_s04_the_same_job_delivered_twice_has_one_effect(each_hub: Hub, clock: Clock, site: Site, sources) -> None:
    declare(sources, f"{site.url}/policy")
    load_catalogue(each_hub)
    site.pages["/policy"] = page(ABOUT)
    each_hub.refresh("gb-example-policy", asked=True)
    site.pages["/policy"] = page(ABOUT, DUTY)
    clock.forward(minutes=5)
    outcomes = [each_hub.refresh("gb-example-policy", asked=True).outcome.value for _ in range(2)]
    assert outcomes == ["changed", "unchanged"]
    assert len(each_hub.recent(Filter(sets={"authority": ("gb-example",)}))) == 1


def test_s04_a_result_whose_lease_went_to_another_is_dropped(each_hub: Hub, clock: Clock, site: Site, sources) -> None:
    declare(sources, f"{site.url}/policy")
    load_catalogue(each_hub)

    def slow(handler) -> None:
        with each_hub.store.writing() as tx:
            collecting.take_lease(tx, "source:gb-example-policy", "other", clock.forward(seconds=200), 180)
        body = page(ABOUT, DUTY).encode()
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    site.pages["/policy"] = slow
    assert each_hub.refresh("gb-example-policy").outcome.value == "skipped"
    assert each_hub.authority("gb-example").notices == ()


@pytest.mark.parametrize("hours", [1, -1])
def test_s05_a_clock_that_jumps_an_hour_makes_no_storm_and_loses_nothing(
    hub: Hub, clock: Clock, site: Site, sources, hours: int
) -> None:
    declare(sources, f"{site.url}/policy")
    load_catalogue(hub)
    site.pages["/policy"] = page(ABOUT, DUTY)
    hub.refresh_due()
    clock.forward(hours=hours)
    assert hub.refresh_due() == []
    clock.forward(hours=28)
    assert len(hub.refresh_due()) == 1


def test_s06_six_hours_asleep_are_one_catch_up(hub: Hub, clock: Clock, site: Site, sources) -> None:
    declare(sources, f"{site.url}/policy")
    load_catalogue(hub)
    site.pages["/policy"] = page(ABOUT, DUTY)
    hub.refresh_due()
    clock.forward(days=3, hours=6)
    seen = len(site.seen)
    assert len(hub.refresh_due()) == 1
    assert hub.refresh_due() == []
    assert len(site.seen) <= seen + 2


def test_s11_a_poisoned_source_is_pushed_ahead_and_the_others_go_on(
    hub: Hub, clock: Clock, site: Site, sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(sources, f"{site.url}/policy")
    declare(sources, f"{site.url}/good", source_id="gb-good-policy", name="good")
    load_catalogue(hub)
    site.pages["/policy"] = site.pages["/good"] = page(ABOUT, DUTY)
    real: Callable[..., object] = Hub._read

    def poison(self: Hub, turn, *given):
        if turn.source.id == "gb-example-policy":
            raise ZeroDivisionError("poison")
        return real(self, turn, *given)

    monkeypatch.setattr(Hub, "_read", poison)
    results = {r.source: (r.outcome.value, r.reason) for r in hub.refresh_due()}
    assert results == {"gb-example-policy": ("failed", "internal"), "gb-good-policy": ("baseline", "")}
    assert hub.refresh_due() == []


def test_s10_one_host_that_hangs_lets_the_others_keep_pace(hub: Hub, site: Site, sources) -> None:
    other = Site()

    def hang(handler) -> None:
        time.sleep(2.5)
        handler.send_response(503)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    try:
        other.pages["/slow"] = hang
        declare(sources, f"{other.url}/slow", source_id="gb-slow-policy", name="slow")
        for i in range(5):
            site.pages[f"/p{i}"] = page(ABOUT)
            declare(sources, f"{site.url}/p{i}", source_id=f"gb-fast{i}-policy", name=f"fast{i}")
        load_catalogue(hub)
        order = [r.source for r in hub.check()]
        assert order[-1] == "gb-slow-policy"
    finally:
        other.close()
