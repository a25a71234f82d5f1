"""Watching a page on loopback, from the first reading to the withdrawal, on both databases."""

from __future__ import annotations

import json

import feedparser
import pytest
from loopback import Clock, Site, declare, page

from feedhub.hub import Hub
from feedhub.hub.base import load_catalogue
from feedhub.model import AnnouncementKind, Filter

DUTY = "From 1 March 2027 suppliers must disclose the factories of all laptops."
LATER = "From 1 June 2027 suppliers must disclose the factories of all laptops."
ABOUT = "The City of Example buys goods and services for its schools and offices."
MORE = "Our purchasing team works in the town hall and answers questions on weekdays."


@pytest.fixture
def watched(each_hub: Hub, site: Site, sources) -> Hub:
    declare(sources, f"{site.url}/policy")
    load_catalogue(each_hub)
    return each_hub


def check(hub: Hub, clock: Clock):
    clock.forward(seconds=90)
    (result,) = hub.check(["gb-example-policy"])
    return result


def entries(hub: Hub):
    """Announcements about this authority, oldest first."""
    return list(reversed(hub.recent(Filter(sets={"authority": ("gb-example",)}), 100)))


def kinds(hub: Hub) -> list[str]:
    return [e.kind.value for e in entries(hub)]


def test_the_whole_life_of_a_requirement_is_announced_step_by_step(watched: Hub, site: Site, clock: Clock):
    site.pages["/policy"] = page(ABOUT, MORE)
    assert check(watched, clock).outcome.value == "baseline"
    assert kinds(watched) == []

    site.pages["/policy"] = page(ABOUT, DUTY, MORE)
    assert check(watched, clock).outcome.value == "changed"
    assert kinds(watched) == ["new"]

    site.pages["/policy"] = page(ABOUT, LATER, MORE)
    assert check(watched, clock).outcome.value == "changed"
    assert kinds(watched) == ["new", "moved"]
    assert "1 March 2027" in " ".join(entries(watched)[-1].changes)
    assert "1 June 2027" in " ".join(entries(watched)[-1].changes)

    site.pages["/policy"] = page(ABOUT, MORE)
    outcomes = [check(watched, clock).outcome.value for _ in range(3)]
    assert outcomes == ["unchanged", "unchanged", "changed"]
    assert kinds(watched) == ["new", "moved", "withdrawn"]

    query = "?authority=gb-example"
    atom = feedparser.parse(watched.render(f"/feeds/announcements.atom{query}").body)
    rss = feedparser.parse(watched.render(f"/feeds/announcements.rss{query}").body)
    feed = json.loads(watched.render(f"/feeds/announcements.json{query}").body)
    ids = [e.id for e in atom.entries]
    assert len(ids) == 3
    assert [e.id for e in rss.entries] == ids == [item["id"] for item in feed["items"]]
    prefixes = ["Withdrawn:", "Date moved:", "New:"]
    for titles in (
        [e.title for e in atom.entries],
        [e.title for e in rss.entries],
        [i["title"] for i in feed["items"]],
    ):
        assert [t.startswith(p) for t, p in zip(titles, prefixes, strict=True)] == [True] * 3
    calendar = watched.render(f"/calendar.ics{query}").body.decode()
    assert calendar.count("BEGIN:VEVENT") == 1
    assert "STATUS:CANCELLED" in calendar
    assert "DTSTART;VALUE=DATE:20270601" in calendar


def test_twenty_fetches_with_only_a_timestamp_and_a_counter_say_nothing(watched: Hub, site: Site, clock: Clock):
    for visit in range(20):
        stamp = f"<p>Page generated on 24 November 2026 at 10:{visit:02d}:07. Visitors today: {4711 + 3 * visit}</p>"
        site.pages["/policy"] = page(ABOUT, DUTY, MORE, extra=stamp)
        check(watched, clock)
    assert [k for k in kinds(watched) if k != "digest"] == []
    assert len(watched.authority("gb-example").notices) == 1


def test_the_first_reading_announces_one_digest_of_what_lies_ahead(watched: Hub, site: Site, clock: Clock):
    past = "Since 1 March 2020 suppliers must sign the code of conduct against forced labour."
    site.pages["/policy"] = page(ABOUT, DUTY, past)
    assert check(watched, clock).outcome.value == "baseline"
    (entry,) = entries(watched)
    assert entry.kind is AnnouncementKind.DIGEST
    assert len(entry.items) == 1
    assert "1 March 2027" in entry.items[0]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"<html><body><main>", None),
        (b"\x00\x01\x02" * 400, "unparseable"),
        (page("Page not found", "Error 404", title="404 Not Found").encode(), "error_page"),
    ],
)
def test_a_cut_empty_or_broken_page_changes_no_notice(
    watched: Hub, site: Site, clock: Clock, body: bytes, reason: str | None
):
    site.pages["/policy"] = page(ABOUT, DUTY, MORE)
    check(watched, clock)
    site.pages["/policy"] = page(ABOUT, LATER, MORE)
    check(watched, clock)
    before = watched.authority("gb-example").notices
    site.pages["/policy"] = body
    for _ in range(4):
        result = check(watched, clock)
        assert result.outcome.value in ("suspect", "failed")
        if reason:
            assert result.reason == reason
    after = watched.authority("gb-example").notices
    assert [(n.id, n.stage, n.revision) for n in after] == [(n.id, n.stage, n.revision) for n in before]


def test_a_server_that_fails_changes_no_notice_and_says_why(watched: Hub, site: Site, clock: Clock):
    site.pages["/policy"] = page(ABOUT, DUTY, MORE)
    check(watched, clock)

    def broken(handler):
        handler.send_response(503)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    site.pages["/policy"] = broken
    result = check(watched, clock)
    assert (result.outcome.value, result.reason) == ("failed", "server_error")
    (health,) = watched.authority("gb-example").sources
    assert health.sentence
    assert health.todo
    assert watched.authority("gb-example").live_notices == 1


def test_a_304_counts_as_a_good_absence_of_what_was_missing(watched: Hub, site: Site, clock: Clock):
    site.pages["/policy"] = page(ABOUT, DUTY, MORE)
    check(watched, clock)
    body = page(ABOUT, MORE).encode()

    def conditional(handler):
        same = handler.headers.get("If-None-Match") == '"v2"'
        handler.send_response(304 if same else 200)
        handler.send_header("ETag", '"v2"')
        handler.send_header("Content-Type", "text/html; charset=utf-8")
        handler.send_header("Content-Length", "0" if same else str(len(body)))
        handler.end_headers()
        if not same:
            handler.wfile.write(body)

    site.pages["/policy"] = conditional
    assert [check(watched, clock).outcome.value for _ in range(3)] == ["unchanged", "unchanged", "changed"]
    assert kinds(watched)[-1] == "withdrawn"


def test_a_source_that_disappears_from_the_catalogue_is_suspended_and_deletes_nothing(
    watched: Hub, site: Site, clock: Clock, sources
):
    site.pages["/policy"] = page(ABOUT, DUTY, MORE)
    check(watched, clock)
    (sources / "gb" / "example.toml").unlink()
    load_catalogue(watched)
    assert check(watched, clock).reason == "suspended"
    assert watched.authority("gb-example").live_notices == 1


def test_snapshots_are_kept_before_they_are_read(watched: Hub, site: Site, clock: Clock):
    site.pages["/policy"] = b"\x00\x01\x02" * 400
    assert check(watched, clock).outcome.value == "suspect"
    assert watched.saved_page("gb-example-policy").body == b"\x00\x01\x02" * 400


def test_every_fact_cites_its_source_snapshot_and_quote(watched: Hub, site: Site, clock: Clock):
    site.pages["/policy"] = page(ABOUT, DUTY, MORE)
    check(watched, clock)
    (notice,) = watched.authority("gb-example").notices
    for fact in (*notice.requirements, *notice.milestones):
        assert fact.provenance.source_id == "gb-example-policy"
        assert fact.provenance.url == f"{site.url}/policy"
        assert len(fact.provenance.snapshot) == 64
    assert notice.requirements[0].quote == DUTY


def test_reading_again_with_the_same_rules_announces_nothing(watched: Hub, site: Site, clock: Clock):
    site.pages["/policy"] = page(ABOUT, DUTY, MORE)
    check(watched, clock)
    before = kinds(watched)
    (result,) = watched.reread(["gb-example-policy"])
    assert result.outcome.value == "unchanged"
    assert kinds(watched) == before


def test_a_page_that_keeps_its_date_of_publication_still_moves_its_dates(watched: Hub, site: Site, clock: Clock):
    stamp = '<p>Published on <time datetime="2025-05-03">3 May 2025</time></p>'
    head = '<head><meta property="article:published_time" content="2025-05-03">'
    for duty in (DUTY, LATER):
        site.pages["/policy"] = page(ABOUT, duty, MORE, extra=stamp).replace("<head>", head)
        check(watched, clock)
    assert kinds(watched) == ["digest", "moved"]
