"""What many tests share: a clock that stands, pages on loopback, declarations of them, and where things are."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from feedhub.hub import Hub
from feedhub.model import Source

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
START = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)


class Clock:
    """A clock that stands until a test moves it."""

    def __init__(self, start: datetime = START) -> None:
        self.at = start

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **what: float) -> datetime:
        self.at += timedelta(**what)
        return self.at


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


class Site:
    """Pages on loopback: set `pages[path]` to a body, or to a function of the request handler that answers itself."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes | str | Callable[[BaseHTTPRequestHandler], None]] = {}
        self.seen: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.seen.append(self.path)
                page = site.pages.get(self.path)
                if callable(page):
                    page(self)
                    return
                body = page.encode() if isinstance(page, str) else page
                self.send_response(200 if body is not None else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            do_POST = do_GET  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def page(*paragraphs: str, title: str = "Responsible procurement", lang: str = "en", extra: str = "") -> str:
    """A plain page with navigation and footer around its paragraphs."""
    text = "".join(f"<p>{p}</p>" for p in paragraphs)
    return (
        f'<!doctype html><html lang="{lang}"><head><title>{title}</title></head><body>'
        "<nav><a href='/'>Home</a> <a href='/news'>News</a></nav>"
        f"<main><h1>{title}</h1>{text}</main>{extra}"
        "<footer>City of Example, 1 Market Square</footer></body></html>"
    )


def declare(folder: Path, url: str, *, source_id: str = "gb-example-policy", name: str = "example", **more: str) -> str:
    """Write a declaration of one loopback page; its source id."""
    country = source_id.split("-", 1)[0]
    (folder / country).mkdir(exist_ok=True)
    lines = "".join(f"{k} = {v}\n" for k, v in more.items())
    (folder / country / f"{name}.toml").write_text(
        f'[authority]\nname = "City of Example"\ncountry = "{country.upper()}"\nlanguages = ["en"]\n'
        'website = "https://example.org"\n\n'
        f'[[source]]\nid = "{source_id}"\ntitle = "Responsible procurement policy"\nkind = "page"\nurl = "{url}"\n'
        f'signposts = "policy"\nevery = "24h"\nseen = 2026-11-23\npublish = "detected"\n{lines}'
        "[source.expect]\nat_least = 1\n",
        encoding="utf-8",
    )
    return source_id


def source_of(hub: Hub, source_id: str) -> Source:
    return next(h.source for h in hub.source_health() if h.source.id == source_id)
