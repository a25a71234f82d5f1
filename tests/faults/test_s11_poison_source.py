"""S11: a source that makes feedhub itself fail is pushed ahead; the loop goes on with the others."""

import pytest
from loopback import Clock, Site
from sqlalchemy import update
from watching import Counter, declare_many, due

from feedhub.hub import Hub, collect
from feedhub.store.tables import source


@pytest.fixture
def three(hub: Hub, site: Site, sources) -> Hub:
    site.pages.update({f"/{i}": Counter() for i in range(3)})
    declare_many(hub, sources, [f"{site.url}/{i}" for i in range(3)])
    return hub


def test_a_crash_on_one_source_stops_no_other(three: Hub, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    judge = collect.judge

    def bug(reading, one, *rest):
        if one.id == "gb-example-p0001":
            raise ZeroDivisionError("a rule divides by the number of dates")
        return judge(reading, one, *rest)

    monkeypatch.setattr(collect, "judge", bug)
    results = {r.source: r for r in due(three, clock, seconds=20)}
    assert len(results) == 3
    poisoned = results.pop("gb-example-p0001")
    assert (poisoned.outcome.value, poisoned.reason) == ("failed", "internal")
    assert "ZeroDivisionError" in poisoned.detail
    assert {r.outcome.value for r in results.values()} == {"baseline"}
    assert due(three, clock, seconds=20) == [], "it is pushed ahead, not tried at every tick"
    monkeypatch.undo()
    again = {r.source: r.outcome.value for r in due(three, clock, days=2)}
    assert again["gb-example-p0001"] == "baseline"


@pytest.mark.parametrize("column", ["overlay", "declared"])
def test_a_row_that_cannot_be_understood_stops_no_other(three: Hub, clock: Clock, column: str) -> None:
    with three.store.writing() as tx:
        broken = {column: {"id": "gb-example-p0001", "kind": "telepathy"}}
        tx.execute(update(source).where(source.c.id == "gb-example-p0001").values(**broken))
    read = {r.source for r in due(three, clock, seconds=20)}
    assert {"gb-example-p0000", "gb-example-p0002"} <= read
    assert three.source_health()
