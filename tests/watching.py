"""What faults of watching share: several pages on one host, servers that answer with a status, a day between checks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from loopback import Clock, page

from feedhub.hub import Hub
from feedhub.hub.base import load_catalogue
from feedhub.model import CheckResult

ABOUT = "The City of Example buys goods and services for its schools and offices."
DUTY = "From 1 March 2027 suppliers must disclose the factories of all laptops."
GOOD = page(ABOUT, DUTY)
ID = "gb-example-policy"


def status(code: int, body: bytes = b"", **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    """A server that answers with this status."""

    def play(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in {"Content-Type": "text/html", "Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return play


def check(hub: Hub, clock: Clock, **later: float) -> CheckResult:
    clock.forward(**(later or {"days": 1}))
    (result,) = hub.check([ID])
    return result


def due(hub: Hub, clock: Clock, **later: float) -> list[CheckResult]:
    """What the clock of the house does."""
    clock.forward(**(later or {"days": 1}))
    return hub.refresh_due()


def facts(hub: Hub) -> list[tuple[str, int, str]]:
    return [(n.id, n.revision, n.stage.value) for n in hub.authority("gb-example").notices]


def declare_many(hub: Hub, folder: Path, urls: list[str], every: str = "24h") -> None:
    """One authority that is watched at many addresses."""
    (folder / "gb").mkdir(exist_ok=True)
    rows = "".join(
        f'[[source]]\nid = "gb-example-p{i:04d}"\ntitle = "Page {i}"\nkind = "page"\nurl = "{url}"\nevery = "{every}"\n'
        for i, url in enumerate(urls)
    )
    head = '[authority]\nname = "City of Example"\ncountry = "GB"\nlanguages = ["en"]\n\n'
    (folder / "gb" / "example.toml").write_text(head + rows, encoding="utf-8")
    load_catalogue(hub)


class Counter:
    """A page that takes `seconds` to answer, and how many were being answered at once."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds, self.now, self.most, self.times = seconds, 0, 0, list[str]()
        self.lock = threading.Lock()

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
            self.times.append(handler.path)
        time.sleep(self.seconds)
        with self.lock:
            self.now -= 1
        status(200, GOOD.encode())(handler)
