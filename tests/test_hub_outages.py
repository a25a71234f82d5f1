"""Outages are told to operators once at the beginning and once at the end, and never to readers of announcements."""

from __future__ import annotations

import json

import feedparser
import pytest
from loopback import Clock, Site, declare, page

from feedhub.errors import FilterError
from feedhub.hub import Hub
from feedhub.hub.base import load_catalogue
from feedhub.hub.outages import fails
from feedhub.model import Filter

DUTY = "From 1 March 2027 suppliers must disclose the factories of all laptops."
GOOD = page("The City of Example buys goods for its schools and offices.", DUTY)
ID = "gb-example-policy"


@pytest.fixture
def watched(each_hub: Hub, site: Site, sources) -> Hub:
    declare(sources, f"{site.url}/policy")
    load_catalogue(each_hub)
    return each_hub


def broken(handler):
    handler.send_response(503)
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def gone(handler):
    handler.send_response(410)
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def days(hub: Hub, site: Site, clock: Clock, story: str) -> None:
    """One check a day: `+` finds the page, `-` a server that fails."""
    for letter in story:
        site.pages["/policy"] = GOOD if letter == "+" else broken
        clock.forward(days=1)
        list(hub.check([ID]))


def feed(hub: Hub) -> list[str]:
    return [e.title for e in feedparser.parse(hub.render("/feeds/sources.atom").body).entries]


def failing(hub: Hub) -> bool:
    return hub.authority("gb-example").sources[0].failing


def test_one_entry_an_outage_and_one_on_recovery(watched: Hub, site: Site, clock: Clock):
    days(watched, site, clock, "++++-")
    assert not failing(watched)
    assert feed(watched) == []
    days(watched, site, clock, "-")
    assert failing(watched)
    days(watched, site, clock, "---")
    assert feed(watched) == ["Cannot be read: Responsible procurement policy"]
    days(watched, site, clock, "+++")
    assert failing(watched), "three good ones are not enough"
    days(watched, site, clock, "+")
    assert not failing(watched)
    days(watched, site, clock, "+++")
    assert feed(watched) == [
        "Read again: Responsible procurement policy",
        "Cannot be read: Responsible procurement policy",
    ]


def test_a_second_outage_has_an_id_of_its_own(watched: Hub, site: Site, clock: Clock):
    days(watched, site, clock, "++" + "--" * 3 + "++++" + "------")
    entries = feedparser.parse(watched.render("/feeds/sources.atom").body).entries
    ids = [e.id for e in entries]
    assert len(ids) == len(set(ids)) == 3
    assert all(":outage/" in i for i in ids)


def test_all_formats_list_the_same_entries(watched: Hub, site: Site, clock: Clock):
    days(watched, site, clock, "++----++++")
    atom = feedparser.parse(watched.render("/feeds/sources.atom").body)
    rss = feedparser.parse(watched.render("/feeds/sources.rss").body)
    made = json.loads(watched.render("/feeds/sources.json").body)
    ids = [e.id for e in atom.entries]
    assert len(ids) == 2
    assert ids == [e.id for e in rss.entries] == [i["id"] for i in made["items"]]
    text = made["items"][1]["content_html"]
    assert "The server reports an error of its own" in text
    assert f"/sources?authority=gb-example#{ID}" in made["items"][1]["url"]
    assert watched.render("/feeds/sources.atom").body == watched.render("/feeds/sources.atom").body


def test_readers_of_announcements_never_hear_of_an_outage(watched: Hub, site: Site, clock: Clock):
    days(watched, site, clock, "++")
    before = [e.seq for e in watched.recent(Filter(), 100)]
    states = [(n.id, n.revision, n.stage) for n in watched.authority("gb-example").notices]
    days(watched, site, clock, "--------")
    assert feed(watched)
    assert [e.seq for e in watched.recent(Filter(), 100)] == before
    assert [(n.id, n.revision, n.stage) for n in watched.authority("gb-example").notices] == states
    assert b"Cannot be read" not in watched.render("/feeds/announcements.atom").body


def test_a_source_that_is_not_asked_any_more_is_out_at_once(watched: Hub, site: Site, clock: Clock):
    days(watched, site, clock, "++")
    site.pages["/policy"] = gone
    clock.forward(days=1)
    list(watched.check([ID]))
    (title,) = feed(watched)
    assert title.startswith("Cannot be read")
    entry = feedparser.parse(watched.render("/feeds/sources.atom").body).entries[0]
    assert "gone for good" in entry.summary


def test_a_host_that_asks_to_wait_is_no_outage(watched: Hub, site: Site, clock: Clock):
    days(watched, site, clock, "+")

    def busy(handler):
        handler.send_response(429)
        handler.send_header("Retry-After", "3600")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    site.pages["/policy"] = busy
    for _ in range(6):
        clock.forward(days=1)
        list(watched.check([ID]))
    assert feed(watched) == []


def test_the_feed_is_narrowed_by_authority_only(watched: Hub, site: Site, clock: Clock):
    days(watched, site, clock, "+----")
    assert len(feedparser.parse(watched.render("/feeds/sources.atom?authority=gb-example").body).entries) == 1
    with pytest.raises(FilterError):
        watched.render("/feeds/sources.atom?topic=forced_labour")


@pytest.mark.parametrize(
    ("good", "checks", "lately", "expected"),
    [
        (0, 3, [False] * 3, False),
        (0, 4, [False] * 4, True),
        (3, 4, [False, True, True, True], False),
        (2, 4, [False, True, True, False], True),
        (10, 14, [True, True, True, False], True),
        (10, 14, [True] * 4, False),
        (0, 0, [], False),
    ],
)
def test_under_three_in_four_over_a_fortnight_from_four_checks_on(good, checks, lately, expected):
    assert fails(good, checks, lately) is expected


def test_old_checks_do_not_count(watched: Hub, site: Site, clock: Clock):
    days(watched, site, clock, "---")
    clock.forward(days=15)
    days(watched, site, clock, "-")
    assert not failing(watched)
