"""A notice whose source has not been read well for three times its interval: page, JSON and state feed say so, and only then."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from loopback import Clock, Site, page
from watching import ABOUT, DUTY, declare_many

from feedhub.hub import Hub

FIRST, SECOND = "gb-example-p0000", "gb-example-p0001"


@pytest.fixture
def two(hub: Hub, site: Site, sources, clock: Clock) -> Hub:
    site.pages["/first"] = site.pages["/second"] = page(ABOUT, DUTY)
    declare_many(hub, sources, [f"{site.url}/first", f"{site.url}/second"])
    clock.forward(days=1)
    read(hub, FIRST)
    return hub


def read(hub: Hub, *sources: str) -> None:
    assert len(list(hub.check(sources))) == len(sources)


def said(hub: Hub) -> dict[str, bool]:
    """Whether its page, its JSON, lists, the state feed and every export call the notice stale."""
    (notice,) = hub.authority("gb-example").notices
    (listed,) = body(hub, "/api/v1/notices?authority=gb-example")["notices"]
    (entry,) = body(hub, "/feeds/notices.json?authority=gb-example")["items"]
    (line,) = (row for row in map(json.loads, hub.export("jsonl")) if row["id"] == notice.id)
    table = csv.DictReader(io.StringIO(b"".join(hub.export("csv")).decode("utf-8-sig"), newline=""))
    assert line == listed == {**body(hub, f"/notices/{notice.id}.json")}
    return {
        "page": hub.notice(notice.id).stale_since is not None,
        "json": listed["stale"],
        "state": "last confirmed" in str(entry).lower(),
        "csv": {"yes": True, "no": False}[next(r["stale"] for r in table if r["notice_id"] == notice.id)],
    }


def body(hub: Hub, address: str) -> Any:
    return json.loads(hub.render(address).body)


def test_a_notice_is_stale_everywhere_once_its_source_was_not_read_for_three_intervals(two: Hub, clock: Clock):
    clock.forward(days=2)
    assert set(said(two).values()) == {False}
    clock.forward(days=2)
    assert set(said(two).values()) == {True}


def test_a_notice_that_is_only_missing_from_a_page_that_is_read_is_not_stale(two: Hub, site: Site, clock: Clock):
    read(two, FIRST, SECOND)
    site.pages["/first"] = page(ABOUT, "Our team works in the town hall.")
    del site.pages["/second"]
    for _ in range(2):
        clock.forward(days=2)
        read(two, FIRST)
    assert set(said(two).values()) == {False}


def test_a_notice_that_another_page_confirms_is_not_stale(two: Hub, site: Site, clock: Clock):
    read(two, SECOND)
    del site.pages["/first"]
    for _ in range(4):
        clock.forward(days=1)
        read(two, FIRST, SECOND)
    assert set(said(two).values()) == {False}
