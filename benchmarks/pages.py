"""Pages at 10,000 notices (or as many as named), on both engines: server time, bytes sent, requests.

`first` is the first answer of the process, `anew` the first after a publication, when everything that was counted must be
counted again; the others are warm. Marks are held to the processor time of a request, which other work on the machine
changes less than the clock; PostgreSQL's own processes are not in it.
"""

from __future__ import annotations

import gzip
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from benchmarks._crowd import year
from feedhub.hub.shapes import Actor
from feedhub.model import Filter
from feedhub.store.tables import user
from feedhub.web import create_app
from feedhub.web.accounts import add_user
from feedhub.web.wsgi import at_ease

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
from postgres_server import postgres_server

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from feedhub.hub import Hub

#: Milliseconds at the 95th percentile, of a first answer, bytes of a page with its style, script and picture, requests.
WANTED, FIRST, BYTES, REQUESTS = 50.0, 500.0, 150_000, 5
NUMBER, ROUNDS = 10_000, 15
#: One address a kind of page, and the heavy variants of those that take a filter.
PUBLIC = (
    "/",
    "/?country=SE",
    "/notices",
    "/notices?sort=newest&page=200",
    "/notices?q=factories",
    "/notices?country=DE&topic=living_wage&trust=posted&q=cobaltite",
    "/notices/{notice}",
    "/calendar",
    "/calendar?country=SE&page=3",
    "/calendar?past=12",
    "/calendar?page=200",
    "/calendar/horizon",
    "/calendar/horizon?page=15",
    "/calendar/horizon?rows=topic&months=36",
    "/calendar/horizon?rows=topic&months=12",
    "/calendar/horizon?rows=country&months=12&q=audits",
    "/calendar/2027/03",
    "/calendar/2027/03?topic=living_wage",
    "/authorities",
    "/authorities/crowd-007",
    "/topics",
    "/topics/living_wage",
    "/evidence",
    "/laws",
    "/lead-times",
    "/lead-times?page=100",
    "/lessons",
    "/sources",
    "/sources?page=9",
    "/feeds",
    "/feeds?country=SE&q=audits",
    "/subscribe",
    "/about",
)
INSIDE = {
    "buyer": ("/desk", "/desk?page=5", "/desk/new", "/desk/{own}/revise", "/desk/questions", "/desk/lessons/new"),
    "admin": (
        "/review",
        "/review?page=30",
        "/review/notices/{notice}",
        "/admin",
        "/admin/deliveries",
        "/admin/sources",
        "/admin/sources/crowd-007-21",
        "/admin/sources/new",
    ),
}
BUYER = Actor(1, "buyer", "crowd-007")


@dataclass(frozen=True)
class Measured:
    """Milliseconds of one page by the clock and of the processor, and its bytes, unpacked and as sent with its files.

    `begun` is the processor time of the dearer of `first` and `anew`, `used` that of the others at the 95th percentile.
    """

    first: float
    anew: float
    begun: float
    median: float
    p95: float
    used: float
    html: int
    sent: int
    requests: int

    @property
    def missed(self) -> bool:
        """Whether a mark is missed."""
        slow = self.used > WANTED or self.begun > FIRST
        return slow or self.sent > BYTES or self.requests > REQUESTS


def main(number: int = NUMBER, only: tuple[str, ...] = ()) -> None:
    """Fill, measure each page on each engine, and print a table; what misses a mark is named."""
    number = next((int(a[2:]) for a in sys.argv if a.startswith("--") and a[2:].isdigit()), number)
    for engine in ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory() as folder, _database(engine) as url:
            if url is None:
                print(f"{engine}: left out, it is not installed")
                continue
            began = time.perf_counter()
            hub = year(Path(folder), number, url)
            print(f"{engine}: {number:,} notices made in {time.perf_counter() - began:.0f} s")
            measure(hub, only)
            hub.close()


@contextmanager
def _database(engine: str) -> Iterator[str | None]:
    if engine == "sqlite":
        yield ""
        return
    with postgres_server("128MB") as server:
        yield f"{server}/postgres" if server else None


def measure(hub: Hub, only: tuple[str, ...] = ()) -> None:
    """Print a line a page."""
    ids = {
        "notice": hub.notices(Filter(), per_page=1).notices[0].id,
        "own": hub.own_notices(BUYER, per_page=1)[0].id,
    }
    hub.memo.kept.clear()
    app = create_app(hub)
    at_ease()
    missed = []
    print(f"{'':74} {'cpu,':>7} {'':15} {'cpu,':>7}")
    print(
        f"{'page':58} {'first':>7} {'anew':>7} {'dearer':>7} {'median':>7} {'p95':>7} {'p95':>7} {'html':>8} {'sent':>8}"
    )
    for role, addresses in (("", PUBLIC), *INSIDE.items()):
        client = app.test_client()
        if role:
            _sign_in(hub, client, role)
        for address in (a.format(**ids) for a in addresses):
            if only and address not in only:
                continue
            m = _measured(hub, client, address)
            print(
                f"{address:58} {m.first:7.1f} {m.anew:7.1f} {m.begun:7.1f} {m.median:7.1f} {m.p95:7.1f} {m.used:7.1f}"
                f" {m.html:8,} {m.sent:8,}{'  missed' if m.missed else ''}",
                flush=True,
            )
            missed += [address] if m.missed else []
    print(
        f"wanted: ≤ {WANTED:.0f} ms warm, ≤ {FIRST:.0f} ms first, ≤ {BYTES:,} bytes, ≤ {REQUESTS} requests; "
        f"missed by {len(missed)}",
        *missed,
        sep="\n  ",
    )


def _sign_in(hub: Hub, client: FlaskClient, role: str) -> None:
    email = f"{role}@example.org"
    add_user(hub, email, role, BUYER.authority_id if role == "buyer" else "")
    with hub.store.reading() as tx:
        mark = tx.execute(select(user.c.fs_uniquifier).where(user.c.email == email)).scalar_one()
    with client.session_transaction() as kept:
        kept["_user_id"], kept["_fresh"], kept["fs_paa"] = mark, True, time.time()


def _measured(hub: Hub, client: FlaskClient, address: str) -> Measured:
    times, busy, body, sent = [], [], b"", 0
    for turn in range(ROUNDS + 2):
        if turn == 1:
            hub.memo.kept.clear()
        began, before = time.perf_counter(), time.process_time()
        answer = client.get(address, buffered=True, headers={"Accept-Encoding": "gzip"})
        times.append((time.perf_counter() - began) * 1000)
        busy.append((time.process_time() - before) * 1000)
        assert answer.status_code == 200, (address, answer.status_code, answer.get_data(as_text=True)[:300])
        sent, body = len(answer.data), answer.data
        if answer.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
    own = set(re.findall(rb'<(?:script|link|img)\b[^>]*?(?:src|href)="(/static/[^"]+)"', body))
    sent += sum(len(client.get(o.decode()).data) for o in own)
    p95, used = (statistics.quantiles(some[2:], n=20)[-1] for some in (times, busy))
    return Measured(
        times[0], times[1], max(busy[:2]), statistics.median(times[2:]), p95, used, len(body), sent, len(own) + 1
    )


if __name__ == "__main__":
    main()
