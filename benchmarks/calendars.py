"""A calendar of 1,000 and of 10,000 events from kept events, beside open-web-calendar merging the same events.

open-web-calendar gets them as 18 calendars, one a country, already fetched: only its parsing, merging and writing count.
It lives in an environment of its own, made by `python -m benchmarks calendars --install`, and is left out without.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from benchmarks._crowd import BEGAN, COUNTRIES, fill
from benchmarks._others import install, installed, programs
from feedhub.config import Settings
from feedhub.hub import Hub

OTHER = "open-web-calendar"
ROUNDS = 5
ALL = "/calendar.ics?from=2016-01-01&to=2040-01-01"
#: Run by the other's own Python: it reads files instead of addresses.
_MERGE = """
import json, sys, time
from pathlib import Path
from open_web_calendar.convert.ics import ConvertToICS
files = {str(p): p.read_text("utf-8") for p in sorted(Path(sys.argv[1]).glob("*.ics"))}
times = []
for _ in range(int(sys.argv[2])):
    began = time.perf_counter(), time.process_time()
    wanted = {"title": "all", "url": list(files), "source_code": ""}
    made = ConvertToICS(wanted, get_text_from_url=files.__getitem__)
    made.retrieve_calendars()
    body = made.merge().get_data()
    times.append((time.perf_counter() - began[0], time.process_time() - began[1]))
print(json.dumps({"events": body.count(b"BEGIN:VEVENT"), "times": times}))
"""


def main() -> None:
    """Print the times by the clock and of the processor, and their ratio."""
    if "--install" in sys.argv:
        install([OTHER])
    if not installed(OTHER):
        print(f"{OTHER} is left out; --install makes an environment for it")
    python = programs(OTHER) / "python" if installed(OTHER) else None
    for count in (620, 6400):
        with tempfile.TemporaryDirectory(prefix="feedhub-calendars-") as name:
            folder = Path(name)
            (folder / "none").mkdir()
            env = {"FEEDHUB_DATA_DIR": name, "HOME": name, "FEEDHUB_SOURCES": str(folder / "none")}
            crowd = Hub.open(Settings.from_env(env), clock=lambda: BEGAN)
            fill(crowd, count)
            crowd.close()
            hub = Hub.open(Settings.from_env(env), clock=lambda: datetime(2027, 1, 4, 9, tzinfo=UTC))
            _compare(hub, folder, python)
            hub.close()


def _compare(hub: Hub, folder: Path, python: Path | None) -> None:
    def ours() -> None:
        hub.shelf.kept.clear()
        hub.render(ALL)

    first = _took(ours)
    warm = [_took(ours) for _ in range(ROUNDS)]
    events = hub.render(ALL).body.count(b"BEGIN:VEVENT")
    wall, cpu = (median(t[i] for t in warm) for i in (0, 1))
    said = f"{events} events: {wall * 1000:.0f} ms ({cpu * 1000:.0f} of processor) from kept events, first {first[0]:.1f} s"
    if python is not None:
        for country in COUNTRIES:
            (folder / f"{country}.ics").write_bytes(hub.render(f"{ALL}&country={country}").body)
        run = [str(python), "-c", _MERGE, str(folder), "3"]
        other = json.loads(subprocess.run(run, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
        theirs, work = (median(t[i] for t in other["times"]) for i in (0, 1))
        said += f"; open-web-calendar {theirs * 1000:.0f} ms ({work * 1000:.0f}) for {other['events']}"
        said += f", ratio {wall / theirs:.3f} by the clock, {cpu / work:.3f} of processor (wanted ≤ 0.200)"
    print(said + (" (wanted ≤ 1 s)" if events > 5000 else ""))


def _took(what: Callable[[], None]) -> tuple[float, float]:
    began = time.perf_counter(), time.process_time()
    what()
    return time.perf_counter() - began[0], time.process_time() - began[1]
