"""First rendering of a 100-entry feed in each format, and a calendar, as milliseconds and beside plain feedgen.

First means that no entry, event, count or notice is kept; the middle of some rounds, by the clock and of the processor.
"""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from statistics import median

from feedgen.feed import FeedGenerator

from feedhub.config import Settings
from feedhub.hub import Hub
from feedhub.hub.shapes import Actor
from feedhub.model import AuthorityRef, Clause, Draft, Filter, Milestone, MilestoneKind, Requirement, When
from feedhub.store.notices import _read

ROUNDS = 7


def main() -> None:
    """Print the times."""
    with tempfile.TemporaryDirectory() as folder:
        hub = Hub.open(Settings.from_env({"FEEDHUB_DATA_DIR": folder, "HOME": folder}))
        actor = Actor(1, "admin")
        base = Draft(
            "Factory disclosure",
            AuthorityRef("", "", "se-adda"),
            summary="What we will ask. " * 10,
            requirements=(
                Requirement("supply_chain_transparency", Clause.CONTRACT_PERFORMANCE_CLAUSE, text="Name it."),
            ),
        )
        for i in range(120):
            day = date(2027, 1, 1) + timedelta(days=5 * i)
            dates = tuple(Milestone(MilestoneKind.APPLIES_FROM, When(day), subject=f"step {k}") for k in range(8))
            hub.post(actor, replace(base, title=f"Notice {i}", milestones=dates))
        gc.collect()
        gc.freeze()  # as servers do
        plain, _ = _middle(_plain)
        for address in ("/feeds/announcements.atom", "/feeds/announcements.rss", "/feeds/announcements.json"):
            took, work = _middle(lambda a=address: _first(hub, a))
            print(
                f"{address}: {took:.0f} ms ({work:.0f} of processor), {took / plain:.1f} × plain feedgen (wanted ≤ 50 ms)"
            )
        cold, warm = _middle(lambda: _first(hub, "/calendar.ics")), _middle(lambda: _kept(hub, "/calendar.ics"))
        said = [f"{took:.0f} ms ({work:.0f} of processor)" for took, work in (cold, warm)]
        print(f"/calendar.ics of 960 events: {said[0]} cold, {said[1]} from kept events")
        print(f"{len(hub.recent(Filter(), 1000))} announcements")
        hub.close()


def _first(hub: Hub, address: str) -> None:
    hub.fragments.kept.clear()
    hub.memo.kept.clear()
    _read.cache_clear()
    _kept(hub, address)


def _kept(hub: Hub, address: str) -> None:
    hub.shelf.kept.clear()
    hub.render(address)


def _middle(what: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds by the clock and of the processor."""
    times = []
    for _ in range(ROUNDS):
        began, worked = time.perf_counter(), time.process_time()
        what()
        times.append(((time.perf_counter() - began) * 1000, (time.process_time() - worked) * 1000))
    return median(t for t, _ in times), median(w for _, w in times)


def _plain() -> bytes:
    feed = FeedGenerator()
    feed.id("x")
    feed.title("x")
    feed.link(href="https://example.org")
    feed.description("x")
    for i in range(100):
        entry = feed.add_entry()
        entry.id(f"tag:{i}")
        entry.title(f"Notice {i}")
        entry.content("What we will ask. " * 20, type="html")
        entry.link(href="https://example.org")
    made: bytes = feed.atom_str()
    return made
