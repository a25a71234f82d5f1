"""S10: one host takes connections and never answers; the others keep their pace, and its queue costs one deadline."""

import time

import pytest
from loopback import Clock, Site
from watching import Counter, declare_many, due

from feedhub.fetch import Fetcher, Limits
from feedhub.hub import Hub

DEADLINE = 1.0


@pytest.fixture
def impatient(hub: Hub) -> Hub:
    hub.__dict__["fetcher"] = Fetcher(
        allow=hub.settings.fetch_allow, limits=Limits(connect=DEADLINE, read=DEADLINE, total=DEADLINE)
    )
    return hub


def test_the_others_do_not_wait_for_a_host_that_hangs(impatient: Hub, clock: Clock, sources) -> None:
    hanging, good = Site(), Site()
    stop: list[int] = []
    counter = Counter()

    def silence(_handler: object) -> None:
        for _ in range(300):
            if stop:
                return
            time.sleep(0.01)

    hanging.pages.update({f"/{i}": silence for i in range(20)} | {"/robots.txt": silence})
    good.pages.update({f"/{i}": counter for i in range(20)})
    urls = [f"{hanging.url}/{i}" for i in range(20)] + [f"{good.url}/{i}" for i in range(20)]
    declare_many(impatient, sources, urls)
    began = time.perf_counter()
    results = due(impatient, clock, seconds=20)
    took = time.perf_counter() - began
    stop.append(1)
    hanging.close()
    good.close()
    assert len(counter.times) == 20
    failed = [r for r in results if r.outcome.value == "failed"]
    assert [r.reason for r in failed] == ["timeout"], "the rest of its queue waits for the next round"
    assert took < DEADLINE + 4, "one deadline, not twenty"


def test_the_next_round_asks_for_another_of_its_pages(impatient: Hub, clock: Clock, sources) -> None:
    down = Site()
    urls = [f"{down.url}/{i}" for i in range(12)]
    down.close()
    declare_many(impatient, sources, urls)
    tried = [r.source for _ in range(8) for r in due(impatient, clock, seconds=20)]
    assert len(tried) == len(set(tried)) == 8
    assert due(impatient, clock, seconds=20)[0].reason == "circuit_open", "after eight it is left in peace"
    assert due(impatient, clock, minutes=16)[0].reason == "connect", "and then tried once more"
