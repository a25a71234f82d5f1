"""Pages at 10,000 notices (or as many as named): server time, bytes sent, requests.

The mark is held to the processor time of the request, which other work on the machine does not change.
"""

from __future__ import annotations

import gzip
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks._crowd import year
from feedhub.web import create_app

#: Milliseconds at the 95th percentile, bytes of a page with its style, script and picture, and requests.
WANTED = (50.0, 150_000, 5)
NUMBER, ROUNDS = 10_000, 15


def addresses(notice: str) -> list[str]:
    """One address a kind of page, and the heavy variants of those that take a filter."""
    return [
        "/",
        "/?country=SE",
        "/notices",
        "/notices?sort=newest&page=200",
        "/notices?q=factories",
        "/notices?country=DE&topic=living_wage&trust=posted&q=cobaltite",
        f"/notices/{notice}",
        "/calendar",
        "/calendar?country=SE&page=3",
        "/calendar?past=12",
        "/calendar/horizon",
        "/calendar/horizon?rows=topic&months=36",
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
        "/lessons",
        "/sources",
        "/feeds",
        "/feeds?country=SE&q=audits",
        "/about",
    ]


def main(number: int = NUMBER) -> None:
    """Fill, warm up, measure each page, and print a table; what misses a mark is named."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        hub = year(Path(folder), number)
        print(f"{number:,} notices made in {time.perf_counter() - began:.0f} s")
        measure(hub)
        hub.close()


def measure(hub: object, only: list[str] | None = None) -> None:
    """Print a line a page."""
    client = create_app(hub).test_client()  # type: ignore[arg-type]
    notice = hub.notices(hub.parse_filter(()), per_page=1).notices[0].id  # type: ignore[attr-defined]
    missed = []
    print(f"{'page':58} {'first':>8} {'median':>8} {'p95':>8} {'cpu p95':>8} {'html':>8} {'sent':>8}")
    for address in only or addresses(notice):
        times, busy, carried = [], [], b""
        for _ in range(ROUNDS + 1):
            began, before = time.perf_counter(), time.process_time()
            answer = client.get(address, buffered=True, headers={"Accept-Encoding": "gzip"})
            times.append((time.perf_counter() - began) * 1000)
            busy.append((time.process_time() - before) * 1000)
            carried = answer.data
        if answer.status_code != 200:
            missed.append(f"{address}: {answer.status_code}")
            continue
        warm = sorted(times[1:])
        p95 = statistics.quantiles(warm, n=20)[-1]
        used = statistics.quantiles(sorted(busy[1:]), n=20)[-1]
        packed = answer.headers.get("Content-Encoding") == "gzip"
        body = gzip.decompress(carried) if packed else carried
        own = sorted(set(re.findall(rb'<(?:script|link|img)\b[^>]*?(?:src|href)="(/static/[^"]+)"', body)))
        sent = len(carried) + sum(len(client.get(o.decode()).data) for o in own)
        print(
            f"{address:58} {times[0]:8.1f} {statistics.median(warm):8.1f} {p95:8.1f} {used:8.1f} {len(body):8,} {sent:8,}"
        )
        if used > WANTED[0] or sent > WANTED[1] or len(own) + 1 > WANTED[2]:
            missed.append(f"{address}: {used:.0f} ms of the processor, {sent:,} bytes, {len(own) + 1} requests")
    print(
        f"wanted: ≤ {WANTED[0]:.0f} ms, ≤ {WANTED[1]:,} bytes, ≤ {WANTED[2]} requests; missed by {len(missed)}",
        *missed,
        sep="\n  ",
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else NUMBER)
