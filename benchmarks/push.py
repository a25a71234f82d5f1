"""One announcement to 1,000 WebSub subscribers, one in five failing: seconds until every good one has it."""

from __future__ import annotations

import socket
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from feedhub.config import Settings
from feedhub.hub import Hub
from feedhub.hub.deliveries import key_of, new_row
from feedhub.hub.shapes import Actor
from feedhub.model import AuthorityRef, Draft, Milestone, MilestoneKind, When
from feedhub.schedule import Clock
from feedhub.store import subscriptions

COUNT = 1000
TOPIC = "/feeds/announcements.atom"


class Callbacks:
    """Good callbacks under /good, callbacks that answer 500 under /bad; `arrived` holds when each good one was hit."""

    def __init__(self) -> None:
        """Start serving."""
        self.arrived: dict[str, float] = {}
        callbacks = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                good = self.path.startswith("/good")
                if good:
                    callbacks.arrived.setdefault(self.path, time.perf_counter())
                self.wfile.write(f"HTTP/1.1 {200 if good else 500} X\r\nContent-Length: 0\r\n\r\n".encode())

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def main() -> None:
    """Print how long it took with failures of three kinds: 500, refused, and silence."""
    silent = socket.create_server(("127.0.0.1", 0), backlog=512)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        closed = probe.getsockname()[1]
    callbacks = Callbacks()
    failing = (f"{callbacks.url}/bad", f"http://127.0.0.1:{closed}", f"http://127.0.0.1:{silent.getsockname()[1]}")
    targets = [f"{failing[i // 5 % 3]}/{i}" if i % 5 == 0 else f"{callbacks.url}/good/{i}" for i in range(COUNT)]
    good = sum("/good/" in t for t in targets)
    with tempfile.TemporaryDirectory() as folder:
        hub = _hub(Path(folder))
        hub.deliver_due()  # what the first start announced is nobody's yet
        with hub.store.writing() as tx:
            for target in targets:
                row = new_row("websub", target, hub.now(), topic=TOPIC, state="active")
                subscriptions.put(tx, key_of(target), row)
        with Clock(hub, tick=3600, refresh=lambda: None):
            began = _post(hub)
            while len(callbacks.arrived) < good and time.perf_counter() - began < 60:
                time.sleep(0.02)
            times = sorted(t - began for t in callbacks.arrived.values())
        hub.close()
    silent.close()
    print(
        f"{len(times)} of {good} good subscribers have it: first after {times[0]:.2f} s, median "
        f"{times[len(times) // 2]:.2f} s, last {times[-1]:.2f} s (wanted ≤ 30 s)"
    )


def _hub(folder: Path) -> Hub:
    (folder / "sources" / "se").mkdir(parents=True)
    text = '[authority]\nname = "Bench"\ncountry = "SE"\nlanguages = ["en"]\nwebsite = "https://example.org"\n'
    (folder / "sources" / "se" / "bench.toml").write_text(text, encoding="utf-8")
    env = {
        "FEEDHUB_DATA_DIR": str(folder / "data"),
        "FEEDHUB_SOURCES": str(folder / "sources"),
        "FEEDHUB_PUSH_ALLOW": "127.0.0.0/8",
        "HOME": str(folder),
    }
    return Hub.open(Settings.from_env(env))


def _post(hub: Hub) -> float:
    dates = (Milestone(MilestoneKind.TENDER_EXPECTED, When(hub.today().replace(day=1))),)
    began = time.perf_counter()
    hub.post(Actor(1, "buyer", "se-bench"), Draft("Factory lists", AuthorityRef("", "", "se-bench"), milestones=dates))
    return began


if __name__ == "__main__":
    main()
