"""First rendering of a 100-entry feed in each format, and a calendar, as milliseconds and beside plain feedgen."""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from datetime import date, timedelta

from feedgen.feed import FeedGenerator

from feedhub.config import Settings
from feedhub.hub import Hub
from feedhub.hub.shapes import Actor
from feedhub.model import AuthorityRef, Clause, Draft, Filter, Milestone, MilestoneKind, Requirement, When


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
        plain = _plain()
        for address in ("/feeds/announcements.atom", "/feeds/announcements.rss", "/feeds/announcements.json"):
            took = _took(lambda a=address: hub.render(a))
            print(f"{address}: {took * 1000:.1f} ms, {took / plain:.2f} × plain feedgen (wanted ≤ 50 ms)")
        cold, warm = _took(lambda: hub.render("/calendar.ics")), _took(lambda: hub.render("/calendar.ics?country=SE"))
        print(f"/calendar.ics of 960 events: {cold * 1000:.0f} ms cold, {warm * 1000:.0f} ms from kept fragments")
        print(f"{len(hub.recent(Filter(), 1000))} announcements")
        hub.close()


def _took(what: object) -> float:
    began = time.perf_counter()
    what()  # type: ignore[operator]
    return time.perf_counter() - began


def _plain() -> float:
    began = time.perf_counter()
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
    feed.atom_str()
    return time.perf_counter() - began
