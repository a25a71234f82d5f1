"""F33, the hub's part: a hundred sources of one host are read one at a time, spaced, whoever reads them."""

from concurrent.futures import ThreadPoolExecutor

from loopback import Clock, Site
from watching import Counter, declare_many, due

from feedhub.hub import Hub


def test_a_hundred_sources_of_a_host_are_read_one_at_a_time(hub: Hub, site: Site, clock: Clock, sources) -> None:
    counter = Counter(0.002)
    site.pages.update({f"/{i}": counter for i in range(100)})
    declare_many(hub, sources, [f"{site.url}/{i}" for i in range(100)])
    for _ in range(3):
        due(hub, clock, seconds=20)
    assert len(set(counter.times)) == len(counter.times) == 100
    assert counter.most == 1


def test_two_processes_never_ask_a_host_at_the_same_time(open_hub, started, site: Site, clock: Clock, sources) -> None:
    url = started("sqlite")
    first, second = open_hub(database_url=url), open_hub(database_url=url)
    counter = Counter(0.02)
    site.pages.update({f"/{i}": counter for i in range(16)})
    declare_many(first, sources, [f"{site.url}/{i}" for i in range(16)])
    with ThreadPoolExecutor(4) as pool:
        jobs = [(first, second)[i % 2].refresh for i in range(16)]
        results = list(pool.map(lambda i: jobs[i](f"gb-example-p{i:04d}", asked=True), range(16)))
    assert {r.outcome.value for r in results} == {"baseline"}
    assert counter.most == 1


def test_a_crawl_delay_is_kept_between_sources_without_a_worker_that_sleeps(
    hub: Hub, site: Site, clock: Clock, sources
) -> None:
    counter = Counter()
    site.pages["/robots.txt"] = "User-agent: *\nCrawl-delay: 600\n"
    site.pages.update({f"/{i}": counter for i in range(5)})
    declare_many(hub, sources, [f"{site.url}/{i}" for i in range(5)])
    due(hub, clock, seconds=20)
    assert len(counter.times) == 1
    for later, read in ((300, 1), (310, 2), (590, 2), (20, 3), (601, 4), (601, 5)):
        due(hub, clock, seconds=later)
        assert len(counter.times) == read, later
    assert len(set(counter.times)) == 5, "each had its turn"


def test_a_busy_host_is_no_failure_of_a_source(hub: Hub, site: Site, clock: Clock, sources) -> None:
    site.pages["/robots.txt"] = "User-agent: *\nCrawl-delay: 600\n"
    site.pages.update({f"/{i}": Counter() for i in range(3)})
    declare_many(hub, sources, [f"{site.url}/{i}" for i in range(3)])
    for _ in range(6):
        due(hub, clock, seconds=30)
    health = hub.authority("gb-example").sources
    assert sorted(h.outcome for h in health) == ["", "", "baseline"]
    assert not any(h.failing for h in health)
