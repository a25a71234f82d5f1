"""F26 and F28, the hub's part: an answer that says nothing new leaves no snapshot and no revision."""

import itertools
from datetime import timedelta

import pytest
from loopback import Clock, Site, declare
from sqlalchemy import func, select
from watching import GOOD, check, facts, status

from feedhub.hub import Hub
from feedhub.hub.base import load_catalogue
from feedhub.store.tables import snapshot


@pytest.fixture
def watched(hub: Hub, site: Site, sources) -> Hub:
    declare(sources, f"{site.url}/policy")
    load_catalogue(hub)
    return hub


def snapshots(hub: Hub) -> int:
    with hub.store.reading() as tx:
        return tx.execute(select(func.count()).select_from(snapshot)).scalar_one()


def test_a_304_sets_the_instant_of_the_check_only(watched: Hub, site: Site, clock: Clock) -> None:
    def conditional(handler):
        same = handler.headers.get("If-None-Match") == '"1"'
        status(304 if same else 200, b"" if same else GOOD.encode(), ETag='"1"')(handler)

    site.pages["/policy"] = conditional
    check(watched, clock)
    before, (old,) = facts(watched), watched.authority("gb-example").sources
    result = check(watched, clock)
    (new,) = watched.authority("gb-example").sources
    assert result.outcome.value == "unchanged"
    assert facts(watched) == before
    assert snapshots(watched) == 1
    assert new.last_checked == new.last_good == old.last_checked + timedelta(days=1)
    (notice,) = watched.authority("gb-example").notices
    assert notice.confirmed == clock(), "what was read stands confirmed"


def test_a_new_etag_over_the_same_body_is_no_revision(watched: Hub, site: Site, clock: Clock) -> None:
    numbers = itertools.count()

    def always_new(handler):
        status(200, GOOD.encode(), ETag=f'"{next(numbers)}"')(handler)

    site.pages["/policy"] = always_new
    check(watched, clock)
    before = facts(watched)
    assert [check(watched, clock).outcome.value for _ in range(3)] == ["unchanged"] * 3
    assert facts(watched) == before
    assert snapshots(watched) == 1
    assert [entry.kind.value for entry in watched.notice(before[0][0]).announcements] == []
