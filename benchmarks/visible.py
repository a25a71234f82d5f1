"""From posting to visible: seconds until two other processes show a notice and a WebSub subscriber has it.

One is `feedhub serve`, which also delivers, the other a web process of its own under granian; a third one, this, posts.
On SQLite, and on PostgreSQL where its binaries are.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from benchmarks.polling import _granian, _port, _up
from feedhub.config import Settings
from feedhub.hub import Hub
from feedhub.hub.shapes import Actor
from feedhub.model import AuthorityRef, Clause, Draft, Requirement

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
from postgres_server import postgres_server

POSTS = 60
TOPIC = "/feeds/announcements.atom"
WANTED = {"serve": 1.0, "another process": 1.0, "WebSub subscriber": 2.0}


class Subscriber:
    """A callback that agrees to everything and remembers when it was first sent a text."""

    def __init__(self) -> None:
        """Start serving."""
        self.bodies: list[tuple[float, bytes]] = []
        kept = self.bodies

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._answer(200, parse_qs(urlsplit(self.path).query)["hub.challenge"][0].encode())

            def do_POST(self) -> None:
                kept.append((time.monotonic(), self.rfile.read(int(self.headers["Content-Length"]))))
                self._answer(204, b"")

            def _answer(self, status: int, body: bytes) -> None:
                self.wfile.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def first(self, text: bytes, within: float) -> float | None:
        """When a body with this text came, waiting for it so long."""
        end = time.monotonic() + within
        while time.monotonic() < end:
            found = [at for at, body in self.bodies[-20:] if text in body]
            if found:
                return min(found)
            time.sleep(0.01)
        return None


def main() -> None:
    """Print p50 and p99 by engine and by who sees it."""
    with tempfile.TemporaryDirectory(prefix="feedhub-visible-") as folder:
        _measure("sqlite", Path(folder), {})
    with tempfile.TemporaryDirectory(prefix="feedhub-visible-") as folder, postgres_server("128MB") as server:
        if server is None:
            print("postgresql: left out, it is not installed")
        else:
            _measure("postgresql", Path(folder), {"FEEDHUB_DATABASE_URL": f"{server}/postgres"})


def _measure(engine: str, folder: Path, more: dict[str, str]) -> None:
    (folder / "none").mkdir()
    port = _port()
    env = {
        **os.environ,
        "FEEDHUB_DATA_DIR": str(folder),
        "FEEDHUB_SOURCES": str(folder / "none"),
        "FEEDHUB_BASE_URL": f"http://127.0.0.1:{port}",
        "FEEDHUB_PUSH_ALLOW": "127.0.0.0/8",
        **more,
    }
    hub = Hub.open(Settings.from_env(env))
    subscriber = Subscriber()
    took: dict[str, list[float]] = {name: [] for name in WANTED}
    with _running(env, port) as bases:
        asked = {
            "hub.mode": "subscribe",
            "hub.callback": subscriber.url,
            "hub.topic": f"{hub.instance.base_url}{TOPIC}",
        }
        urllib.request.urlopen(f"{bases['serve']}/websub", urlencode(asked).encode(), timeout=10).close()
        _once(hub, "The first one, before the subscription holds", bases, subscriber, {name: [] for name in WANTED})
        for number in range(POSTS):
            _once(hub, f"Notice number {number}", bases, subscriber, took)
    hub.close()
    for name, times in took.items():
        p50, p99 = (sorted(times)[int((len(times) - 1) * share)] for share in (0.5, 0.99))
        print(
            f"{engine}, {name}: p50 {p50:.2f} s, p99 {p99:.2f} s of {len(times)} posts (wanted ≤ {WANTED[name]:.0f} s)"
        )


@contextmanager
def _running(env: dict[str, str], port: int) -> Iterator[dict[str, str]]:
    servers: list[subprocess.Popen[bytes]] = []
    try:
        command = [sys.executable, "-m", "feedhub", "serve", "--host", "127.0.0.1", "--port", str(port)]
        servers.append(subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL))
        first = _up(f"http://127.0.0.1:{port}")
        yield {"serve": first, "another process": _granian("feedhub.web.wsgi:application", env, servers)}
    finally:
        for server in servers:
            server.terminate()
        for server in servers:
            server.wait(40)


def _once(hub: Hub, title: str, bases: dict[str, str], subscriber: Subscriber, took: dict[str, list[float]]) -> None:
    duty = Requirement("supply_chain_transparency", Clause.CONTRACT_PERFORMANCE_CLAUSE, text="Name the factories.")
    hub.post(Actor(1, "admin"), Draft(f"{title}.", AuthorityRef("", "", hub_authority(hub)), requirements=(duty,)))
    posted, text = time.monotonic(), f"{title}.".encode()
    waiting = dict(bases)
    while waiting and time.monotonic() < posted + 20:
        for name, base in list(waiting.items()):
            with urllib.request.urlopen(base + TOPIC, timeout=10) as answer:
                if text in answer.read():
                    took[name].append(time.monotonic() - posted)
                    del waiting[name]
        time.sleep(0.005)
    assert not waiting, f"never seen by {waiting}"
    at = subscriber.first(text, 20)
    if at is not None:
        took["WebSub subscriber"].append(at - posted)


def hub_authority(hub: Hub) -> str:
    """An authority to post for: the European Union, whose laws every feedhub knows."""
    return next(iter(sorted(hub.known_values()["authority"])))
