"""The clock ticks, survives errors, and only one process holds it."""

from __future__ import annotations

import threading
import time

import pytest
from loopback import Clock as Watch

from feedhub.hub import Hub
from feedhub.schedule import Clock


def eventually(condition, seconds: float = 5.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_the_first_tick_comes_at_once_and_checks_what_is_due(hub: Hub):
    calls: list[int] = []
    with Clock(hub, tick=3600, refresh=lambda: calls.append(1)):
        assert eventually(lambda: calls)


def test_a_tick_that_fails_is_followed_by_another(hub: Hub, monkeypatch, caplog):
    ticks: list[int] = []

    def remind() -> int:
        ticks.append(1)
        if len(ticks) == 1:
            raise RuntimeError("once")
        return 0

    monkeypatch.setattr(hub, "remind", remind)
    with Clock(hub, tick=0.05, refresh=lambda: None) as clock:
        assert eventually(lambda: len(ticks) >= 3)
        assert clock.alive
    assert "A tick failed" in caplog.text


def test_one_process_holds_the_clock_until_its_lease_ends_or_it_steps_down(hub: Hub, clock: Watch):
    assert hub.lead("a") is not None
    assert hub.lead("b") is None
    clock.forward(seconds=60)
    assert hub.lead("a") is not None
    clock.forward(seconds=60)
    assert hub.lead("b") is None
    clock.forward(seconds=60)
    assert hub.lead("b") is not None
    hub.step_down("b")
    assert hub.lead("a") is not None


def test_readiness_tells_whether_a_clock_runs(hub: Hub, clock: Watch):
    assert hub.ready()["clock"] is False
    hub.lead("a")
    assert hub.ready()["clock"] is True
    assert hub.ready()["ok"] is True
    clock.forward(seconds=121)
    assert hub.ready()["clock"] is False
    assert hub.ready()["ok"] is False


def test_a_feedhub_that_never_had_a_clock_is_ready(hub: Hub):
    assert hub.ready()["ok"] is True


def test_a_stopped_scheduler_is_told_from_a_living_one(hub: Hub):
    ticking = Clock(hub, tick=3600, refresh=lambda: None)
    assert not ticking.alive
    with ticking:
        assert ticking.alive


def test_a_clock_keeps_no_thread_that_has_not_begun(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault: a clock stopped within its first tick joined a thread that did not run yet, and ended with an error."""
    ticking, kept, real = Clock(hub, refresh=lambda: None), [], threading.Thread.start

    def start(thread: threading.Thread) -> None:
        kept.append(thread in (ticking._push, ticking._watch))
        real(thread)

    monkeypatch.setattr(threading.Thread, "start", start)
    ticking.tick()
    ticking._stop.set()
    for thread in (ticking._push, ticking._watch):
        assert thread is not None
        thread.join(5)
    assert len(kept) >= 2
    assert not any(kept)
