"""The static face: the whole public part as files that any web server can send. Walks the app; knows no page by name.

Addresses without a query become files; filters need a running feedhub. Never writes what asks for an account.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import Flask

from feedhub.errors import UsageError

#: Where the walk begins; everything else is found by its links.
_DOORS = ("/", "/feeds", "/feeds.opml", "/calendar.ics", "/openapi.json", "/api/v1/notices", "/api/v1/announcements")
_MORE = (
    "/feeds/announcements.rss",
    "/feeds/announcements.json",
    "/feeds/notices.rss",
    "/ocds/releases.json",
    "/nothing",
)
_CLOSED = re.compile(r"/(account|desk|review|admin|healthz|readyz|metrics|websub|subscribe)(/|$)")
_LINK = re.compile(r'(?:href|src)="([^"#]+)|"url": ?"([^"#]+)|(/feeds/archive/[\w./-]+)')
_TEXT = ("text/html", "application/atom+xml", "application/rss+xml", "application/feed+json")
_MOST = 500_000


def freeze(app: Flask, out: Path, step: Callable[[int], None] = lambda _: None) -> tuple[int, int]:
    """Write every public address without a query under `out`, with a `.gz` beside it; (files, files that changed).

    What is already there with the same bytes is left alone. `step` is told the number of files so far. A page `/notices/x` becomes `notices/x/index.html`, an unknown address is answered by `404.html`. Files are replaced
    whole, never written half. Raises UsageError when `out` is a file.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file; name a folder.")
    base = str(app.extensions["feedhub"].instance.base_url)
    client = app.test_client()
    waiting, seen, written, changed = [*_DOORS, *_MORE], set[str](), 0, 0
    while waiting and len(seen) < _MOST:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = client.get(path, base_url=base, buffered=True)
        kind = answer.mimetype or ""
        if answer.status_code != 200 and path != "/nothing":
            continue
        changed += _write(out, _file(path, kind) if path != "/nothing" else Path("404.html"), answer.data)
        written += 1
        step(written)
        if kind in _TEXT:
            waiting += _links(answer.get_data(as_text=True), base)
    return written, changed


def _links(text: str, base: str) -> Iterator[str]:
    for found in _LINK.finditer(text):
        address = unescape(next(filter(None, found.groups()))).removeprefix(base)
        parts = urlsplit(address)
        static = parts.path.startswith("/static/")
        if address.startswith("/") and (static or not parts.query) and not _CLOSED.match(parts.path):
            yield parts.path


def _file(path: str, kind: str) -> Path:
    """Where an address lies below the folder; parts that would lead out of it are refused."""
    parts = [unquote(p) for p in path.split("/") if p]
    if any(p in (".", "..") or "/" in p or "\\" in p or "\0" in p for p in parts):
        raise UsageError(f"{path} cannot be a file.")
    return Path(*parts, "index.html") if kind == "text/html" else Path(*parts)


def _write(out: Path, file: Path, body: bytes) -> bool:
    """Write a file and its gzip twin whole, unless the same bytes stand there; True when they did not."""
    target = out / file
    if target.is_file() and target.read_bytes() == body:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    for name, content in ((f"{target.name}.gz", gzip.compress(body, mtime=0)), (target.name, body)):
        draft = target.with_name(f".{name}.new")
        draft.write_bytes(content)
        draft.replace(target.with_name(name))
    return True
