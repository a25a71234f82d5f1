"""The static face: the whole public part as files that any web server can send. Walks the app; knows no page by name.

Only what everybody may keep is written: an answer that is not public, or asks for an account, never becomes a file.
"""

from __future__ import annotations

import gzip
import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from flask_babel import gettext

from feedhub.errors import UsageError
from feedhub.web import create_app
from feedhub.web._static_links import addresses, file_of, rewrite_calendar, rewrite_feed, rewrite_page
from feedhub.web.languages import ONLY

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from feedhub.hub import Hub

#: Says that a folder is ours; feedhub writes and removes nothing in any other.
MARKER = ".feedhub-site"
_SAID = "Made by “feedhub export --format site”. Everything in this folder is replaced or removed by the next run.\n"
#: Where the walk begins; everything else is found by its links.
_DOORS = ("/", "/feeds", "/feeds.opml", "/calendar.ics", "/openapi.json", "/api/v1/notices", "/api/v1/announcements")
_MORE = (
    *(f"/feeds/{kind}.{fmt}" for kind in ("announcements", "notices", "lessons") for fmt in ("atom", "rss", "json")),
    "/feeds/sources.atom",
    "/ocds/releases.json",
)
_NOTHING = "/nothing"
_FEEDS = ("application/atom+xml", "application/rss+xml", "application/feed+json", "text/x-opml")
_LOOSE = ("image/png", "image/jpeg", "image/webp", "font/woff2")
_NEW = ".new"
_AT_ONCE = 8  # one journal entry then settles many files: 0.3 s for 2,000 of them, and 6 s one after the other
_SMALL = 860  # bytes; below one packet compression gains nothing


@dataclass(frozen=True)
class Frozen:
    """How many files were written, left as they were and removed; compressed copies do not count."""

    written: int
    unchanged: int
    removed: int


@dataclass
class _Walk:
    """What was found: file → its raw bytes on disk and their kind."""

    spool: Path
    base: str
    client: FlaskClient
    instead: str
    files: dict[str, tuple[Path, str]] = field(default_factory=dict)

    def get(self, address: str) -> list[str]:
        """Fetch an address; the addresses that it names."""
        answer = self.client.get(address, base_url=self.base, buffered=True)
        kind = answer.mimetype or ""
        page = kind == "text/html"
        wanted = 404 if address == _NOTHING else 200
        if answer.status_code != wanted or (wanted == 200 and "no-store" in answer.headers.get("Cache-Control", "")):
            return []
        name = "404.html" if address == _NOTHING else file_of(address, page=page)
        raw = self.spool / str(len(self.files))
        raw.write_bytes(answer.data)
        self.files[name] = (raw, kind)
        if not page and kind not in _FEEDS:  # of data only the pages beside
            return list(addresses(answer.headers.get("Link", ""), self.base, page=False))
        return list(addresses(answer.get_data(as_text=True), self.base, page=page))

    def body(self, name: str) -> bytes:
        """The bytes of a file as they are written."""
        raw, kind = self.files[name]
        if kind == "text/html":
            return rewrite_page(raw.read_text(encoding="utf-8"), name, self.files, self.base, self.instead).encode()
        if kind in (*_FEEDS, "application/json"):
            return rewrite_feed(raw.read_bytes().decode(), self.files, self.base).encode()
        if kind == "text/calendar":
            return rewrite_calendar(raw.read_bytes().decode(), self.files, self.base).encode()
        return raw.read_bytes()


def freeze(hub: Hub, out: Path, told: Callable[[int, int], None] | None = None, language: str = "en") -> Frozen:
    """Write every public address as a file under `out`, each whole or not at all; files that are equal stay untouched.

    All pages are in one `language` of the interface. `told` hears after each address how many are done and how many are known. Raises UsageError when `out` is a file,
    or a folder with something in it that is not a site of feedhub's.
    """
    _claim(out)
    with TemporaryDirectory(prefix="feedhub-site-") as spool:
        app = create_app(hub, {ONLY: language})
        with app.test_request_context("/"):
            instead = gettext("Search and filters need a running feedhub; here is everything.")
        walk = _Walk(Path(spool), hub.instance.base_url, app.test_client(use_cookies=False), instead)
        seen = dict.fromkeys((*_DOORS, *_MORE, _NOTHING))
        waiting = list(seen)
        done = 0
        while waiting:
            for address in walk.get(waiting.pop()):
                if address not in seen:
                    seen[address] = None
                    waiting.append(address)
            done += 1
            if told is not None:
                told(done, len(seen))
        # What is new comes first, so that no page that is there already leads to nothing.
        order = sorted(walk.files, key=lambda name: ((out / name).exists(), name))
        drafts: list[Path] = []
        written = sum(_prepare(out / name, walk.body(name), walk.files[name][1], drafts) for name in order)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(_settle, drafts))
        for draft in drafts:
            draft.replace(_target(draft))
        removed = _clear(out, set(walk.files))
    return Frozen(written, len(order) - written, removed)


def _claim(out: Path) -> None:
    """Make the folder ours, or refuse it."""
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file; name a folder.")
    try:
        out.mkdir(parents=True, exist_ok=True)
        marker = out / MARKER
        if not marker.exists():
            if any(out.iterdir()):
                raise UsageError(f"{out} is not empty and was not made by feedhub; name a new folder.")
            marker.write_text(_SAID, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}.") from error


def _prepare(target: Path, body: bytes, kind: str, drafts: list[Path]) -> bool:
    """Write drafts of a file and its compressed copy where they differ from what is there; True when the file does.

    Drafts take their places by one rename each, after all of them are on disk: a reader sees the old file or the new.
    """
    zipped = target.with_name(f"{target.name}.gz")
    wants = len(body) >= _SMALL and kind not in _LOOSE
    same = target.is_file() and target.stat().st_size == len(body) and target.read_bytes() == body
    if same and zipped.is_file() == wants:
        return False
    if target.is_dir():
        shutil.rmtree(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    copies = [(target, body)] if not same else []
    if wants:
        copies.append((zipped, gzip.compress(body, 6, mtime=0)))
    else:
        zipped.unlink(missing_ok=True)
    for place, content in copies:
        draft = place.with_name(f".{place.name}{_NEW}")
        draft.write_bytes(content)
        drafts.append(draft)
    return not same


def _settle(draft: Path) -> None:
    """Wait until a file is on disk."""
    with draft.open("rb") as file:
        os.fsync(file.fileno())


def _target(draft: Path) -> Path:
    return draft.with_name(draft.name.removeprefix(".").removesuffix(_NEW))


def _clear(out: Path, names: set[str]) -> int:
    """Remove what no address serves any more, and folders that are empty then; how many files."""
    removed = 0
    for folder, folders, files in os.walk(out, topdown=False):
        here = Path(folder)
        for file in files:
            name = (here / file).relative_to(out).as_posix()
            if name == MARKER or name in names or name.removesuffix(".gz") in names:
                continue
            (here / file).unlink()
            removed += not name.endswith((".gz", _NEW))
        for inner in folders:
            if not (here / inner).is_symlink() and not any((here / inner).iterdir()):
                (here / inner).rmdir()
    return removed
