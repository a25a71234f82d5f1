"""S9: five thousand sources due at once: one request a host at a time, no host before the others, all in the end."""

import time
from collections import Counter as Count
from datetime import timedelta

from loopback import START, Clock, Site
from watching import Counter, declare_many, due

from feedhub.hub import Hub
from feedhub.hub.politeness import PER_HOST, fair
from feedhub.model import Source, SourceKind
from feedhub.store.catalogue import SourceState


def state(number: int, host: str) -> SourceState:
    source = Source(f"s{number}", "a", "", SourceKind.PAGE, f"https://{host}/{number}")
    nothing = {"last_checked": None, "last_good": None, "first_good": None, "validated": None}
    return SourceState(
        source=source,
        suspended=False,
        suspended_why="",
        outcome="",
        reason="",
        detail="",
        next_due=START + timedelta(seconds=number),
        failures=0,
        etag="",
        last_modified="",
        digest="",
        said="",
        cursor="",
        failing=False,
        **nothing,
    )


def test_a_host_with_thousands_of_sources_does_not_shut_out_the_others() -> None:
    """The fault: taken by due time alone, the first five hundred would all be of one host."""
    due_now = [state(i, "large.example") for i in range(4900)]
    due_now += [state(4900 + i, f"small{i}.example") for i in range(100)]
    assert {s.source.url.split("/")[2] for s in due_now[:500]} == {"large.example"}
    taken = fair(due_now, 500)
    hosts = Count(s.source.url.split("/")[2] for s in taken)
    assert len(hosts) == 101
    assert hosts["large.example"] == PER_HOST
    assert [s.source.id for s in taken if "large" in s.source.url] == [f"s{i}" for i in range(PER_HOST)]


def test_within_a_host_the_longest_waiting_comes_first() -> None:
    taken = fair([state(i, f"h{i % 7}.example") for i in range(70)], 35)
    assert [s.source.id for s in taken] == [f"s{i}" for i in range(35)]


def test_choosing_from_five_thousand_is_quick(hub: Hub, clock: Clock, sources) -> None:
    declare_many(hub, sources, [f"https://h{i % 400}.example/{i}" for i in range(5000)])
    began = time.perf_counter()
    put: list[str] = []
    claimed = hub.claim_due(lambda _connection, source_id, _url: put.append(source_id))
    assert claimed == len(set(put)) == 500
    assert time.perf_counter() - began < 10
    assert hub.claim_due(lambda _connection, source_id, _url: put.append(source_id)) == 500
    assert len(set(put)) == 1000, "what was claimed is not claimed again"


def test_all_that_is_due_is_read_in_the_end(hub: Hub, clock: Clock, sources) -> None:
    sites = [Site() for _ in range(4)]
    counters = [Counter(0.001) for _ in sites]
    for one, counter in zip(sites, counters, strict=True):
        one.pages.update({f"/{i}": counter for i in range(60)})
    declare_many(hub, sources, [f"{sites[0 if i < 45 else 1 + i % 3].url}/{i}" for i in range(60)])
    for _ in range(3):
        due(hub, clock, seconds=20)
    for one in sites:
        one.close()
    assert sum(len(c.times) for c in counters) == 60
    assert all(c.most == 1 for c in counters)
