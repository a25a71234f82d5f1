"""A process that opens a Hub and refreshes what is due until nothing is left, as its clock does; says what it did."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

from feedhub.config import Settings
from feedhub.fetch import Fetcher, Limits
from feedhub.hub import Hub

#: Between two ticks of the clock stand 20 s; here the hub's clock jumps instead.
TICK = timedelta(seconds=20)

if __name__ == "__main__":
    deadline, rounds = float(sys.argv[1]), int(sys.argv[2])
    ahead = timedelta()
    hub = Hub.open(Settings.from_env(), clock=lambda: datetime.now(UTC) + ahead)
    limits = Limits(connect=deadline, read=deadline, total=deadline)
    hub.__dict__["fetcher"] = Fetcher(allow=hub.settings.fetch_allow, limits=limits)
    opened = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ends: Counter[str] = Counter()
    took = []
    for _ in range(rounds):
        began = time.monotonic()
        results = hub.refresh_due()
        took.append(time.monotonic() - began)
        ends.update(r.reason or r.outcome.value for r in results)
        if all(r.reason for r in results):
            break
        ahead += TICK
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"rounds": took, "ends": ends, "opened": opened * 1024, "peak": peak * 1024}))
    hub.close()
