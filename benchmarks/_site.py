"""Many pages on loopback with validators, and a feedhub that watches them."""

from __future__ import annotations

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

FILLER = "The council publishes this page for everybody who sells goods or services to it. " * 200


class Pages:
    """`count` pages of about `size` bytes; `revision[i]` is the text that page i carries."""

    def __init__(self, count: int, size: int = 20_000) -> None:
        """Start serving."""
        self.revision = [0] * count
        self.size = size
        pages = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                if self.path == "/robots.txt":
                    self._send(404, b"", "")
                    return
                body = pages.body(int(self.path.rsplit("/", 1)[1]))
                tag = '"' + hashlib.sha256(body).hexdigest()[:16] + '"'
                same = self.headers.get("If-None-Match") == tag
                self._send(304 if same else 200, b"" if same else body, tag)

            def _send(self, status: int, body: bytes, tag: str) -> None:
                head = f"HTTP/1.1 {status} X\r\nContent-Type: text/html; charset=utf-8\r\nETag: {tag}\r\n"
                if status != 304:
                    head += f"Content-Length: {len(body)}\r\n"
                self.wfile.write(head.encode() + b"\r\n" + body)

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def body(self, i: int) -> bytes:
        """The page's bytes now."""
        duty = "Suppliers must disclose the factories of all laptops from 1 March 2027." if self.revision[i] else ""
        text = "".join(f"<p>{FILLER[k : k + 600]}</p>" for k in range(0, self.size - 1200, 600))
        return (
            f"<!doctype html><html lang='en'><head><title>Page {i}</title></head><body><main><h1>Page {i}</h1>"
            f"<p>Visits {self.revision[i] * 7 + i}</p>{text}<p>{duty}</p></main></body></html>"
        ).encode()

    def urls(self) -> list[str]:
        """All addresses."""
        return [f"{self.url}/page/{i}" for i in range(len(self.revision))]

    def close(self) -> None:
        """Stop."""
        self.server.shutdown()
        self.server.server_close()


def declare(folder: Path, urls: list[str]) -> None:
    """A catalogue of these addresses."""
    (folder / "gb").mkdir(parents=True)
    sources = "".join(
        f'[[source]]\nid = "gb-bench-p{i}"\ntitle = "Page {i}"\nkind = "page"\nurl = "{u}"\nsignposts = "policy"\n'
        f'every = "24h"\nseen = 2026-11-23\npublish = "detected"\n[source.expect]\nat_least = 1\n\n'
        for i, u in enumerate(urls)
    )
    (folder / "gb" / "bench.toml").write_text(
        f'[authority]\nname = "Bench"\ncountry = "GB"\nlanguages = ["en"]\nwebsite = "https://example.org"\n\n{sources}',
        encoding="utf-8",
    )
