"""A walk through a platform's pages survives kill -9: whatever the instant, nothing is lost and nothing is made twice.

A process of its own walks stand-ins of Find a Tender and of TED's search. It is killed while a page is under way and at
moments after one was handed out, started again (four minutes later, when its lease has run out), and killed again.
"""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from loopback import ROOT, Site
from platforms import Releases, Search, declare_platform, planned, release

from feedhub.hub import Hub, paging
from feedhub.hub.base import load_catalogue
from feedhub.model import Filter
from feedhub.store import Store, backup, catalogue

ID = "gb-platform-all"
WALKER = """
import sys
from datetime import UTC, datetime, timedelta
from feedhub.config import Settings
from feedhub.hub import Hub, paging
from feedhub.store import catalogue

later = timedelta(minutes=float(sys.argv[1]))
hub = Hub.open(Settings.from_env(), clock=lambda: datetime.now(UTC) + later)
while True:
    result = hub.refresh("gb-platform-all", asked=True)
    print(result.line(), flush=True)
    assert result.outcome.value in ("baseline", "changed", "unchanged"), result
    with hub.store.reading() as tx:
        if not paging.place_of(catalogue.get_source(tx, "gb-platform-all").cursor).walking:
            break
hub.close()
"""
PAGES, NOTICES = 6, 12


class Killer:
    """Answers as the platform does, and kills who asks: before the answer, or a moment after it."""

    def __init__(self, answer: Callable[[BaseHTTPRequestHandler], None], seed: int) -> None:
        self.answer, self.rng = answer, random.Random(seed)
        self.victim: subprocess.Popen[str] | None = None
        self.until, self.kills = 0, 0

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        self.until -= 1
        if self.until or self.victim is None:
            self.answer(handler)
            return
        self.kills += 1
        if self.kills % 3 == 1:  # the request is under way
            self.victim.kill()
            self.victim.wait(10)
        else:  # the page is kept, read or recorded
            threading.Timer(self.rng.uniform(0.0, 0.08), self.victim.kill).start()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.answer(handler)


def find_a_tender(site: Site, now: datetime) -> tuple[Killer, str, str, str]:
    """Releases of a day, in windows of six hours and pages of two, each leading to the next by `links.next`."""
    made = Releases()
    made.rows = [(now - timedelta(hours=1 + i), release(i)) for i in range(NOTICES)]
    site.pages = made
    killer = Killer(made.answer, 5)
    made.answer = killer  # type: ignore[method-assign]
    query = 'cursor = "links.next"\nwindow = "6h"\nfrom_param = "from"\nto_param = "to"\nback = "1d"\nmax_pages = 3'
    return killer, "/api?limit=2", "ocds", query


def ted(site: Site, now: datetime) -> tuple[Killer, str, str, str]:
    """A search by POST, each page leading to the next by `iterationNextToken`."""
    made = Search()
    made.pages = [[planned(2 * p), planned(2 * p + 1)] for p in range(PAGES)]
    site.pages = made
    killer = Killer(made.answer, 7)
    made.answer = killer  # type: ignore[method-assign]
    query = (
        'method = "POST"\nbody = \'{"query": "cpv=302*", "limit": 2}\'\ncursor = "iterationNextToken"\nmax_pages = 3'
    )
    return killer, "/search", "eforms", query


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    "platform", [find_a_tender, pytest.param(ted, marks=pytest.mark.thorough)], ids=lambda f: f.__name__
)
def test_a_walk_killed_again_and_again_loses_nothing_and_makes_nothing_twice(
    each_hub: Hub, environment: dict[str, str], tmp_path: Path, sources: Path, site: Site, platform
):
    killer, path, kind, query = platform(site, datetime.now(UTC))
    declare_platform(sources, f"{site.url}{path}", kind, query)
    load_catalogue(each_hub)
    url = each_hub.settings.database_url
    env = {"PATH": os.defpath, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT), **environment}
    env["FEEDHUB_DATABASE_URL"] = url
    rng, starts = random.Random(3), 0
    while starts < 40:
        killer.until = rng.choice((1, 2, 3))
        walker = [sys.executable, "-c", WALKER, str(4 * starts)]
        with subprocess.Popen(walker, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            killer.victim = process
            _, errors = process.communicate(timeout=60)
        starts += 1
        if process.returncode == 0:
            break
        assert process.returncode == -9, errors
    assert process.returncode == 0
    assert killer.kills >= 3, "it was killed in the middle"
    _whole(url)
    _nothing_lost_or_doubled(each_hub)


def _whole(url: str) -> None:
    store = Store.open(url)
    backup.verify(store.engine)
    store.close()


def _nothing_lost_or_doubled(hub: Hub) -> None:
    found = [n.title for n in hub.notices(Filter(), per_page=100).notices if n.title.startswith("Laptops")]
    assert len(found) == len(set(found)) == NOTICES, sorted(found)
    entries = [e for e in hub.recent(Filter(), 200) if "law calendar" not in e.title]
    assert [e.kind.value for e in entries] == ["digest"], "one digest of what lies ahead, and nothing as news"
    assert len(entries[0].items) == NOTICES
    with hub.store.reading() as tx:
        assert not paging.place_of(catalogue.get_source(tx, ID).cursor).walking
