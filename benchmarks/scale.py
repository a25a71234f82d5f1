"""Growth: how long an uncached feed, calendar or page takes with 1,000, 10,000 and 100,000 notices, on both engines.

Three announcements a notice. Every address is asked for once with nothing kept but what earlier addresses left, and
once more when its entries are kept but its body is not; processor time stands beside the clock for busy machines.
`python -m benchmarks scale [--1000 …] [--sqlite|--postgresql] [--each]` chooses sizes and engine, and tells of every
address; PostgreSQL's part needs its binaries.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from benchmarks._crowd import BEGAN, RARE, fill
from feedhub.config import Settings
from feedhub.errors import NotFound
from feedhub.hub import Hub
from feedhub.web import create_app

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
from postgres_server import postgres_server

NOW = datetime(2027, 1, 4, 9, tzinfo=UTC)
QUERIES = (
    "",
    "country=SE",
    "country=EE&country=PT",
    "authority=crowd-001",
    "authority=crowd-200",
    "topic=supply_chain_transparency",
    "topic=forced_labour&country=SE",
    "stage=planned&trust=verified&lang=de",
    "stage=planned&stage=adopted&stage=in_force&trust=posted&trust=verified&trust=official&lang=de&lang=en",
    "clause=award_criterion&product=laptops",
    "lead_days_min=500",
    "lead_days_min=500&country=DE&trust=posted",
    "from=2016-01-10&to=2016-01-11",
    f"q={RARE}",
    f"q={RARE}&country=SE",
    "q=independent+audits",
)
FEEDS = (
    *(f"/feeds/announcements.{fmt}" for fmt in ("atom", "rss", "json")),
    "/feeds/archive/announcements/1.atom",
    "/feeds/archive/announcements/7.rss",
    *(f"/feeds/notices.{fmt}" for fmt in ("atom", "json")),
)
KINDS = {"feeds": FEEDS, "calendars": ("/calendar.ics",), "pages": ("/notices", "/feeds")}


def main() -> None:
    """Print p50 and p99 by kind, size and engine, and how the largest compares with the smallest."""
    counts = [int(a[2:]) for a in sys.argv if a.startswith("--") and a[2:].isdigit()] or [1_000, 10_000, 100_000]
    engines = [e for e in ("sqlite", "postgresql") if f"--{e}" in sys.argv] or ["sqlite", "postgresql"]
    for engine in engines:
        before: dict[str, float] = {}
        for count in counts:
            with tempfile.TemporaryDirectory(prefix="feedhub-scale-") as folder, _database(engine) as url:
                if url is None:
                    print(f"{engine}: left out, it is not installed")
                    break
                _measure(engine, count, Path(folder), url, before)


@contextmanager
def _database(engine: str) -> Iterator[str | None]:
    if engine == "sqlite":
        yield ""
        return
    with postgres_server("256MB") as server:
        yield f"{server}/postgres" if server else None


def _measure(engine: str, count: int, folder: Path, url: str, before: dict[str, float]) -> None:
    (folder / "none").mkdir()
    env = {"FEEDHUB_DATA_DIR": str(folder), "HOME": str(folder), "FEEDHUB_SOURCES": str(folder / "none")}
    settings = Settings.from_env({**env, **({"FEEDHUB_DATABASE_URL": url} if url else {})})
    crowd = Hub.open(settings, clock=lambda: BEGAN)
    fill(crowd, count)
    crowd.close()
    hub = Hub.open(settings, clock=lambda: NOW)
    client = create_app(hub).test_client()
    for warm in ("/feeds/lessons.atom", "/feeds/lessons.rss", "/feeds/lessons.json"):
        hub.render(warm)
    client.get("/privacy")
    for kind, paths in KINDS.items():
        first: list[tuple[float, float]] = []
        again: list[tuple[float, float]] = []
        slowest: list[tuple[float, str]] = []
        for path in paths:
            for query in QUERIES:
                address = f"{path}?{query}" if query else path
                for times in (first, again):
                    hub.shelf.kept.clear()
                    took = _took(hub, client, address)
                    if took is not None:
                        times.append(took)
                        slowest += [(took[0], address)] if times is first else []
                if "--each" in sys.argv and first:
                    print(f"  {first[-1][0]:6.0f} {again[-1][0]:6.0f} ms {address}", flush=True)
        line = f"{engine} {count:7,} notices, {kind:9}: first {_said(first)}; entries kept {_said(again)}"
        p99 = _part([c for _, c in again], 0.99)
        grown = f"; {p99 / before[kind]:.1f} × as long as with the fewest" if kind in before else ""
        before.setdefault(kind, p99)
        print(f"{line}{grown}; slowest {'; '.join(f'{t:.0f} ms {a}' for t, a in sorted(slowest)[:-4:-1])}", flush=True)
    hub.close()


def _took(hub: Hub, client: object, address: str) -> tuple[float, float] | None:
    """Milliseconds by the clock and of this process; None for an archive that does not exist."""
    began, worked = time.perf_counter(), time.process_time()
    if address.startswith(("/notices", "/feeds?")) or address == "/feeds":
        answer = client.get(address)  # type: ignore[attr-defined]
        assert answer.status_code == 200, answer.get_data(as_text=True)
    else:
        try:
            hub.render(address)
        except NotFound:
            return None
    return (time.perf_counter() - began) * 1000, (time.process_time() - worked) * 1000


def _part(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def _said(times: list[tuple[float, float]]) -> str:
    """`p50 and p99 ms by the clock (and of the processor)`."""
    wall, cpu = [t for t, _ in times], [c for _, c in times]
    p50, p99 = (f"{_part(wall, s):.0f} ({_part(cpu, s):.0f})" for s in (0.5, 0.99))
    return f"p50 {p50} ms, p99 {p99} ms"
