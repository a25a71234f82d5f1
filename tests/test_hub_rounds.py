"""Rounds: many sources share their transactions, and nothing of a round is lost or written twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from loopback import Clock, Site, page
from sqlalchemy import event
from watching import ABOUT, DUTY, declare_many, status

from feedhub.hub import Hub, rounds
from feedhub.store import catalogue, collecting


@pytest.fixture
def many(each_hub: Hub, site: Site, sources: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Hub:
    """Twelve pages of one host, visited eight at a time, that were read once and say nothing new from now on."""
    monkeypatch.setattr(rounds, "SHARE", 8)
    site.pages.update({f"/{i}": page(ABOUT) for i in range(12)})
    declare_many(each_hub, sources, [f"{site.url}/{i}" for i in range(12)])
    assert {r.outcome.value for r in each_hub.check()} == {"baseline"}
    clock.forward(days=1)
    return each_hub


def states(hub: Hub) -> list[catalogue.SourceState]:
    with hub.store.reading() as tx:
        return catalogue.source_states(tx)


def test_checks_that_bring_nothing_new_share_their_transactions(many: Hub, clock: Clock) -> None:
    begun: list[object] = []
    event.listen(many.store.engine, "begin", begun.append)
    assert [r.outcome.value for r in many.check()] == ["unchanged"] * 12
    assert len(begun) < 12
    assert {s.last_good for s in states(many)} == {clock.at}
    assert all(s.next_due and s.next_due > clock.at for s in states(many))


def test_an_unchanged_check_whose_lease_went_to_another_is_not_written(many: Hub, clock: Clock, site: Site) -> None:
    before = next(s for s in states(many) if s.source.id == "gb-example-p0003").last_good

    def taken(handler) -> None:
        with many.store.writing() as tx:
            collecting.take_lease(tx, "source:gb-example-p0003", "other", clock.forward(seconds=200), 180)
        status(200, page(ABOUT).encode())(handler)

    site.pages["/3"] = taken
    outcomes = {r.source: (r.outcome.value, r.reason) for r in many.check()}
    assert outcomes["gb-example-p0003"] == ("skipped", "host_busy")
    assert outcomes["gb-example-p0004"] == ("unchanged", "")
    assert next(s for s in states(many) if s.source.id == "gb-example-p0003").last_good == before


def test_a_round_that_nobody_listens_to_any_more_gives_everything_back(many: Hub, clock: Clock) -> None:
    round_of_many = many.check()
    next(round_of_many)
    round_of_many.close()
    checked = [s for s in states(many) if s.last_good == clock.at]
    assert 8 <= len(checked) <= 12
    assert len(list(many.check())) == 12


def test_a_host_that_fails_within_a_visit_is_left_and_the_rest_stays_due(many: Hub, clock: Clock, site: Site) -> None:
    site.pages["/5"] = status(503)
    clock.forward(days=30)  # all of them are due
    with many.store.writing() as tx:
        catalogue.set_state(tx, "gb-example-p0005", next_due=None)  # and this one first
    asked = len(site.seen)
    results = many.refresh_due()
    assert [r.outcome.value for r in results if r.reason] == ["failed"]
    assert len(site.seen) - asked < 4
    site.pages["/5"] = page(ABOUT)
    clock.forward(minutes=1)
    assert len(results) + len(many.refresh_due()) >= 12 - 1


def test_a_source_that_was_stopped_meanwhile_is_skipped_and_its_host_visited(many: Hub) -> None:
    with many.store.writing() as tx:
        catalogue.set_state(tx, "gb-example-p0000", suspended=True, suspended_why="gone")
    results = {r.source: r for r in many.check()}
    assert results["gb-example-p0000"].reason == "suspended"
    assert sum(r.outcome.value == "unchanged" for r in results.values()) == 11


def test_a_page_that_only_looks_different_is_not_judged_again(
    hub: Hub, site: Site, sources: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def served(links: str, duty: str = DUTY) -> str:
        return page(ABOUT, duty).replace("<body>", f"<body><nav>{links}</nav>")

    declare_many(hub, sources, [f"{site.url}/0"])
    site.pages["/0"] = served("<a href='/a'>News</a>")
    assert [r.outcome.value for r in hub.check()] == ["baseline"]
    judged: list[object] = []
    real = Hub._judged
    monkeypatch.setattr(Hub, "_judged", lambda self, *given: judged.append(1) or real(self, *given))
    clock.forward(days=1)
    site.pages["/0"] = served("<a href='/b'>Other news</a>")
    assert [r.outcome.value for r in hub.check()] == ["unchanged"]
    assert not judged
    (state,) = states(hub)
    assert state.last_good == clock.at
    with hub.store.reading() as tx:
        assert collecting.latest_snapshot(tx, state.source.id).digest == state.digest
    clock.forward(days=1)
    site.pages["/0"] = served("", DUTY.replace("March", "May"))
    assert [r.outcome.value for r in hub.check()] == ["changed"]
    assert judged


def test_what_was_missing_is_counted_on_a_page_that_says_the_same(
    hub: Hub, site: Site, sources: Path, clock: Clock
) -> None:
    declare_many(hub, sources, [f"{site.url}/0"])
    site.pages["/0"] = page(ABOUT, DUTY)
    list(hub.check())
    outcomes = []
    for i in range(3):
        clock.forward(days=1)
        site.pages["/0"] = page(ABOUT).replace("<body>", f"<body><nav><a href='/{i}'>{i}</a></nav>")
        outcomes += [r.outcome.value for r in hub.check()]
    assert [n.stage.value for n in hub.authority("gb-example").notices] == ["withdrawn"], outcomes
