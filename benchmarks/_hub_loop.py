"""A process that holds an open Hub, as `feedhub serve` does, and checks all sources at every line it is sent."""

from __future__ import annotations

import json
import sys

from feedhub.config import Settings
from feedhub.hub import Hub

if __name__ == "__main__":
    hub = Hub.open(Settings.from_env())
    print("ready", flush=True)
    for _ in sys.stdin:
        print(json.dumps([[r.source, r.outcome.value] for r in hub.check()]), flush=True)
    hub.close()
