"""Sources of many pages: a walk is kept page by page, goes on after a crash, keeps the platform's limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from loopback import START, Clock, Site
from platforms import Releases, Search, declare_platform, planned, release

from feedhub.errors import ReadError
from feedhub.hub import Hub, paging
from feedhub.hub.base import load_catalogue
from feedhub.hub.paging import Place
from feedhub.model import Filter, Source, SourceKind
from feedhub.store import catalogue

WINDOWS = 'cursor = "links.next"\nwindow = "6h"\nfrom_param = "from"\nto_param = "to"\n'
ID = "gb-platform-all"


@pytest.fixture
def releases(site: Site) -> Releases:
    made = Releases()
    site.pages = made
    return made


@pytest.fixture
def search(site: Site) -> Search:
    made = Search()
    site.pages = made
    return made


def start(hub: Hub, sources: Path, url: str, kind: str, query: str, **more: str) -> None:
    declare_platform(sources, url, kind, query, **more)
    load_catalogue(hub)


def turn(hub: Hub, clock: Clock, **later: float):
    clock.forward(**(later or {"seconds": 30}))
    return hub.refresh(ID)


def place(hub: Hub) -> Place:
    with hub.store.reading() as tx:
        return paging.place_of(catalogue.get_source(tx, ID).cursor)


def titles(hub: Hub) -> list[str]:
    return sorted(n.title for n in hub.notices(Filter()).notices if n.title.startswith("Laptops"))


def snapshots(hub: Hub) -> int:
    from sqlalchemy import func, select

    from feedhub.store.tables import snapshot

    with hub.store.reading() as tx:
        return tx.execute(select(func.count()).select_from(snapshot)).scalar_one()


def entries(hub: Hub) -> list[str]:
    return [e.kind.value for e in hub.recent(Filter(), 100) if "law calendar" not in e.title]


def test_a_walk_reads_every_page_of_every_window_and_keeps_one_snapshot_each(
    each_hub: Hub, sources: Path, site: Site, clock: Clock, releases: Releases
):
    releases.rows = [(START - timedelta(hours=h), release(i)) for i, h in enumerate((1, 1, 1, 8, 8, 20))]
    start(each_hub, sources, f"{site.url}/api?limit=2", "ocds", WINDOWS + 'back = "1d"\nmax_pages = 50')
    assert turn(each_hub, clock).outcome.value == "baseline"
    assert len(titles(each_hub)) == 6
    assert len(releases.spans) == snapshots(each_hub) == 5  # four windows, one of them of two pages
    assert place(each_hub).walking is False
    edges = [(a, b) for a, b, cursor in releases.spans if not cursor]
    assert [b for _, b in edges[:-1]] == [a for a, _ in edges[1:]], "windows touch each other"
    for since, until in edges:
        span = datetime.fromisoformat(until) - datetime.fromisoformat(since)
        assert timedelta(0) < span <= timedelta(hours=6)


def test_the_next_walk_begins_where_the_last_one_ended(
    hub: Hub, sources: Path, site: Site, clock: Clock, releases: Releases
):
    start(hub, sources, f"{site.url}/api?limit=2", "ocds", WINDOWS)
    turn(hub, clock)
    ended = releases.spans[-1][1]
    releases.rows = [(START + timedelta(hours=3), release(7))]
    assert turn(hub, clock, hours=7).outcome.value == "changed"
    assert releases.spans[1][0] == ended
    assert titles(hub) == ["Laptops for schools, lot 7"]
    assert entries(hub) == ["new"]


def test_a_turn_reads_its_share_and_the_walk_goes_on_soon(
    hub: Hub, sources: Path, site: Site, clock: Clock, releases: Releases
):
    releases.rows = [(START - timedelta(hours=1), release(i)) for i in range(9)]
    start(hub, sources, f"{site.url}/api?limit=2", "ocds", WINDOWS + "max_pages = 2")
    for turns in range(1, 4):
        result = turn(hub, clock)
        assert result.outcome.value == "baseline"
        assert len(releases.spans) == min(2 * turns, 5)
        if turns < 3:
            assert "more follow" in result.detail
            (health,) = hub.authority("gb-platform").sources
            assert health.next_due - clock() < timedelta(seconds=30)
    assert len(titles(hub)) == 9
    assert not place(hub).walking


def test_the_first_full_walk_announces_one_digest_of_what_lies_ahead(
    hub: Hub, sources: Path, site: Site, clock: Clock, releases: Releases
):
    releases.rows = [(START - timedelta(hours=1), release(i)) for i in range(5)]
    start(hub, sources, f"{site.url}/api?limit=2", "ocds", WINDOWS + "max_pages = 1")
    seen = []
    for _ in range(3):
        turn(hub, clock)
        seen.append(entries(hub))
    assert seen == [[], [], ["digest"]]
    digest = hub.recent(Filter(), 1)[0]
    assert len(digest.items) == 5


def test_after_a_crash_between_keeping_and_recording_the_kept_page_is_read_and_not_asked_for_again(
    hub: Hub, sources: Path, site: Site, clock: Clock, releases: Releases, monkeypatch: pytest.MonkeyPatch
):
    releases.rows = [(START - timedelta(hours=1), release(i)) for i in range(5)]
    start(hub, sources, f"{site.url}/api?limit=2", "ocds", WINDOWS)
    record, calls = Hub._record, []

    def dies(self, *given, **more):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return record(self, *given, **more)

    monkeypatch.setattr(Hub, "_record", dies)
    with pytest.raises(KeyboardInterrupt):
        turn(hub, clock)
    monkeypatch.undo()
    assert len(titles(hub)) == 2
    assert place(hub).pending
    asked = len(releases.spans)
    assert turn(hub, clock, minutes=4).outcome.value == "baseline"
    assert len(titles(hub)) == 5
    assert len(releases.spans) == asked + 1, "the page that was kept is read from the store"


@pytest.mark.parametrize("crash_at", range(5))
def test_a_crash_before_any_page_loses_nothing_and_makes_nothing_twice(
    hub: Hub,
    sources: Path,
    site: Site,
    clock: Clock,
    releases: Releases,
    monkeypatch: pytest.MonkeyPatch,
    crash_at: int,
):
    releases.rows = [(START - timedelta(hours=1), release(i)) for i in range(9)]
    start(hub, sources, f"{site.url}/api?limit=2", "ocds", WINDOWS)
    fetch, calls = hub.fetcher.fetch, []

    def dies(*given):
        calls.append(1)
        if len(calls) == crash_at + 1:
            raise KeyboardInterrupt
        return fetch(*given)

    monkeypatch.setattr(hub.fetcher, "fetch", dies)
    with pytest.raises(KeyboardInterrupt):
        turn(hub, clock)
    turn(hub, clock, minutes=4)
    assert titles(hub) == [f"Laptops for schools, lot {i}" for i in range(9)]
    assert len(releases.spans) == 5


def test_a_declared_rate_is_kept_without_sleeping_in_the_worker(
    hub: Hub, sources: Path, site: Site, clock: Clock, releases: Releases
):
    releases.rows = [(START - timedelta(hours=1), release(i)) for i in range(5)]
    start(hub, sources, f"{site.url}/api?limit=2", "ocds", WINDOWS + 'rate = "12/2m"')
    for pages in (1, 2, 3):
        assert len(releases.spans) == pages - 1
        turn(hub, clock, seconds=11)
        assert len(releases.spans) == pages, "one page a turn, because the next one must wait ten seconds"
        assert hub.host_wait(site.url) == 10
    before = len(releases.spans)
    clock.forward(hours=7)
    hub.refresh(ID)
    result = hub.refresh(ID)
    assert (result.outcome.value, result.reason) == ("skipped", "host_busy")
    assert len(releases.spans) == before + 1


def test_a_403_of_a_platform_that_means_later_waits_and_stops_nothing(
    hub: Hub, sources: Path, site: Site, clock: Clock, releases: Releases
):
    releases.rows = [(START - timedelta(hours=1), release(i)) for i in range(3)]
    start(hub, sources, f"{site.url}/api?limit=2", "ocds", WINDOWS + 'wait_403 = "5m"')
    releases.refuse = 1
    result = turn(hub, clock)
    assert (result.outcome.value, result.reason) == ("skipped", "rate_limited")
    (health,) = hub.authority("gb-platform").sources
    assert not health.suspended
    assert health.next_due == clock() + timedelta(minutes=5)
    assert hub.host_wait(site.url) == 300
    assert turn(hub, clock, minutes=6).outcome.value == "baseline"
    assert len(titles(hub)) == 3


def test_a_page_that_fails_is_asked_for_again_where_the_walk_stood(
    hub: Hub, sources: Path, site: Site, clock: Clock, releases: Releases
):
    releases.rows = [(START - timedelta(hours=1), release(i)) for i in range(6)]
    start(hub, sources, f"{site.url}/api?limit=2", "ocds", WINDOWS + "max_pages = 1")
    turn(hub, clock)
    releases.broken = 1
    assert turn(hub, clock).reason == "server_error"
    assert len(titles(hub)) == 2
    for _ in range(2):
        turn(hub, clock)
    assert len(titles(hub)) == 6
    assert [cursor for _, _, cursor in releases.spans] == ["", "2", "2", "4"]


def test_a_span_without_releases_is_a_good_reading(
    hub: Hub, sources: Path, site: Site, clock: Clock, releases: Releases
):
    start(hub, sources, f"{site.url}/api?limit=2", "ocds", WINDOWS)
    assert turn(hub, clock).outcome.value == "baseline"
    assert turn(hub, clock, hours=7).outcome.value == "unchanged"
    assert entries(hub) == []


def test_a_token_goes_back_inside_the_body_until_there_is_none(
    hub: Hub, sources: Path, site: Site, clock: Clock, search: Search
):
    search.pages = [[planned(1), planned(2)], [planned(3)], [planned(4)]]
    query = 'method = "POST"\nbody = \'{"query": "cpv=302*", "limit": 2}\'\ncursor = "iterationNextToken"'
    start(hub, sources, f"{site.url}/search", "eforms", query)
    assert turn(hub, clock).outcome.value == "baseline"
    assert titles(hub) == [f"Laptops for town {i}" for i in (1, 2, 3, 4)]
    assert [b.get("iterationNextToken", "") for b in search.asked] == ["", "token-1", "token-2"]
    assert all(b["query"] == "cpv=302*" for b in search.asked)
    search.pages.append([planned(5)])
    assert turn(hub, clock, hours=7).outcome.value == "changed"
    assert entries(hub) == ["new", "digest"]


def test_a_token_that_ran_out_begins_the_query_again(hub: Hub, sources: Path, site: Site, clock: Clock, search: Search):
    search.pages = [[planned(1)], [planned(2)], [planned(3)]]
    query = 'method = "POST"\nbody = "{}"\ncursor = "iterationNextToken"\nmax_pages = 2'
    start(hub, sources, f"{site.url}/search", "eforms", query)
    turn(hub, clock)
    kept, search.pages = search.pages, search.pages[:1]
    assert turn(hub, clock).reason == "http_error"
    search.pages = kept
    for _ in range(2):
        turn(hub, clock, hours=1)
    assert titles(hub) == [f"Laptops for town {i}" for i in (1, 2, 3)]
    assert not place(hub).walking


def test_a_search_that_gives_nothing_at_all_is_doubtful(
    hub: Hub, sources: Path, site: Site, clock: Clock, search: Search
):
    search.pages = [[]]
    query = 'method = "POST"\nbody = "{}"\ncursor = "iterationNextToken"'
    start(hub, sources, f"{site.url}/search", "eforms", query)
    assert turn(hub, clock).outcome.value == "suspect"


# -- pure

ASKED = Source(
    ID,
    "gb-platform",
    "",
    SourceKind.OCDS,
    "https://platform.example/api?limit=100",
    cursor="links.next",
    window=timedelta(hours=6),
    from_param="updatedFrom",
    to_param="updatedTo",
    back=timedelta(days=2),
)


def test_spans_are_written_by_the_platforms_own_clock():
    now = datetime(2026, 7, 1, 12, 2, tzinfo=UTC)
    first = paging.begin(ASKED, Place(done="2026-07-01T06:00:00+00:00"), now, "Europe/London")
    url = paging.request(ASKED, first, "Europe/London").url
    assert "updatedFrom=2026-07-01T07%3A00%3A00" in url
    assert "updatedTo=2026-07-01T13%3A00%3A00" in url
    assert url.startswith("https://platform.example/api?limit=100&")


MONTHLY = replace(
    ASKED,
    url="https://platform.example/v1/Notices?outputType=0&noticeType=2",
    cursor="",
    window=timedelta(days=31),
    from_param="",
    to_param="",
    month_param="dateFrom",
    back=timedelta(0),
)


def test_a_platform_of_months_is_asked_for_each_one_and_for_the_present_one_again():
    asked, place = [], Place()
    for now in (
        datetime(2026, 12, 5, 9, tzinfo=UTC),
        datetime(2026, 12, 6, 9, tzinfo=UTC),
        datetime(2027, 1, 1, tzinfo=UTC),
    ):
        place = paging.begin(MONTHLY, place, now, "Europe/London")
        while place.walking:
            asked.append(paging.request(MONTHLY, place, "Europe/London").url.rpartition("dateFrom=")[2])
            place = paging.after(MONTHLY, place, "", "Europe/London")
        asked.append("over")
    assert asked == ["11-2026", "12-2026", "over", "12-2026", "over", "12-2026", "over"]
    place = paging.begin(MONTHLY, place, datetime(2027, 3, 1, 5, tzinfo=UTC), "Europe/London")
    walked = []
    while place.walking:
        walked.append(paging.request(MONTHLY, place, "Europe/London").url.rpartition("dateFrom=")[2])
        place = paging.after(MONTHLY, place, "", "Europe/London")
    assert walked == ["12-2026", "01-2027", "02-2027", "03-2027"], "December's last minutes are read once more"


def test_the_hour_that_comes_twice_in_autumn_is_never_an_edge():
    """01:30 on 25 October 2026 is two instants in London; a platform without offsets cannot tell which is meant."""
    now, asked, done = datetime(2026, 10, 25, 1, 32, tzinfo=UTC), [], ""
    at = paging.begin(ASKED, Place(done="2026-10-24T18:30:00+00:00"), now, "Europe/London")
    for _ in range(60):
        if at is None:
            now += timedelta(minutes=30)
            at = paging.begin(ASKED, Place(done=done), now, "Europe/London")
            continue
        asked.append((datetime.fromisoformat(at.since), datetime.fromisoformat(at.until)))
        at = paging.after(ASKED, at, "", "Europe/London")
        if not at.walking:
            done, at = at.done, None
            if now > datetime(2026, 10, 25, 9, tzinfo=UTC):
                break
    twice = (datetime(2026, 10, 25, 0, tzinfo=UTC), datetime(2026, 10, 25, 2, tzinfo=UTC))
    for since, until in asked:
        assert since < until <= since + timedelta(hours=6)
        assert not any(twice[0] <= edge < twice[1] for edge in (since, until))
    for (_, ended), (began, _) in pairwise(asked):
        assert began <= ended, "no gap"


def test_a_next_page_on_another_host_is_refused():
    with pytest.raises(ReadError):
        paging.request(ASKED, Place(next="https://evil.example/api?page=2"), "Europe/London")


def test_a_next_page_that_leads_to_itself_ends_the_walk():
    plain = Source(ID, "gb-platform", "", SourceKind.OCDS, "https://platform.example/api", cursor="links.next")
    at = Place(next="https://platform.example/api?page=2", page=1)
    assert not paging.after(plain, at, at.next, "Europe/London").walking


@pytest.mark.parametrize("text", ["", "null", "[]", '{"since": 5}', '{"odd": 1}', "nonsense", '{"since": "yesterday"}'])
def test_a_place_that_cannot_be_understood_is_the_beginning(text: str):
    assert paging.place_of(text) == Place()


def test_a_place_survives_being_written_down():
    one = paging.begin(ASKED, Place(), datetime(2026, 11, 24, 19, tzinfo=UTC), "Europe/London")
    assert paging.place_of(one.text()) == one
