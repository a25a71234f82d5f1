"""What is kept ready below Flask: public feeds, calendars and data, answered with a look into a dictionary.

The bytes lie on the hub's shelf; here are only names (addresses as clients write them) and headers made once. Knows no
session, no page and no form: whatever is not kept goes on to the application. Never stale for longer than `LOOK`.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.utils import format_datetime
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header, parse_date, parse_etags

from feedhub.web.security import FOR_ALL, Doorkeeper, standing_headers

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from feedhub.hub import Hub
    from feedhub.hub.shapes import Rendered

#: Seconds after which the shelf looks again whether something was published, here or in another process.
LOOK = 0.2
#: Addresses that are remembered, and the longest of them: what clients add to an address must not fill the memory.
NAMES, LONGEST = 4096, 1000
_PUBLIC = re.compile(
    r"/feeds/[\w./-]+|/feeds\.opml|/calendar\.ics|/notices/[a-z0-9-]+\.(json|ics|atom|rss)"
    r"|/api/v1/(notices|announcements)|/ocds/releases\.json",
    re.ASCII,
)
#: Any page on the web may read public data, and caches keep one copy an encoding.
OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Last-Modified, Link",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Vary": "Accept-Encoding",
}
_log = logging.getLogger(__name__)

Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Copy:
    """One encoding of a body as it is sent: its tag with quotes, and the headers of 200 and of 304."""

    tag: str
    full: Headers
    unchanged: Headers


@dataclass(frozen=True)
class Ready:
    """Everything about a body but the body, made once."""

    address: str
    etag: str
    modified: str
    plain: Copy
    zipped: Copy | None

    @classmethod
    def of(cls, made: Rendered, standing: Mapping[str, str]) -> Ready:
        """The headers of a rendered body; `standing` are those that every answer carries."""
        modified = format_datetime(made.last_modified.replace(microsecond=0), usegmt=True)
        # RFC 9110, section 15.4.5: what a cache needs to go on, and no more about what it already has.
        kept = {"Last-Modified": modified, "Cache-Control": FOR_ALL, **OPEN}
        always = dict(kept)
        if made.links:
            always["Link"] = ", ".join(f'<{href}>; rel="{rel}"' for rel, href in made.links)

        def copy(size: int, etag: str, more: Mapping[str, str]) -> Copy:
            tag = f'"{etag}"'
            entity = {"Content-Type": made.content_type, "Content-Length": str(size), **more}
            return Copy(
                tag, list({**entity, "ETag": tag, **always, **standing}.items()), [("ETag", tag), *kept.items()]
            )

        zipped = copy(len(made.zipped), f"{made.etag}-gzip", {"Content-Encoding": "gzip"}) if made.zipped else None
        return cls(made.address, made.etag, modified, copy(made.size, made.etag, {}), zipped)

    def copy_for(self, environ: WSGIEnvironment) -> Copy:
        """The encoding that the client takes."""
        if self.zipped is not None and takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
            return self.zipped
        return self.plain

    def is_known(self, environ: WSGIEnvironment, copy: Copy) -> bool:
        """Whether the client has this copy: If-None-Match wins over If-Modified-Since (RFC 9110, section 13.2.2)."""
        tags = environ.get("HTTP_IF_NONE_MATCH")
        if tags is not None:
            return tags == copy.tag or parse_etags(tags).contains_weak(copy.tag[1:-1])
        since = environ.get("HTTP_IF_MODIFIED_SINCE")
        if since is None:
            return False
        return since == self.modified or _not_after(self.modified, since)


def _not_after(modified: str, since: str) -> bool:
    changed, known = parse_date(modified), parse_date(since)
    return changed is not None and known is not None and changed <= known


@lru_cache(maxsize=256)
def takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding admits gzip."""
    return parse_accept_header(accepted, Accept).quality("gzip") > 0


class ShelfFront:
    """A WSGI application that answers what is on the shelf, and hands on everything else."""

    def __init__(self, app: WSGIApplication, hub: Hub) -> None:
        """Wrap an application over this hub."""
        self.app = app
        self.hub = hub
        self.standing = standing_headers(hub.settings)
        self.keeper = Doorkeeper(hub.settings)
        self._names: dict[str, Ready] = {}
        self._edition: tuple[int, str] | None = None
        self._look_at = 0.0
        self._looking = Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer GET and HEAD of public addresses; ask the application for the rest."""
        method = environ["REQUEST_METHOD"]
        if method not in ("GET", "HEAD"):
            return self.app(environ, start_response)
        if time.monotonic() >= self._look_at:
            self._look()
        query, address = environ.get("QUERY_STRING"), environ["PATH_INFO"]
        if query:
            address = f"{address}?{query}"
        names, made = self._names, None
        ready = names.get(address)
        if ready is None:
            ready, made = self._make(address, names, environ)
        if ready is None or not self.keeper.knows(environ):
            return self.app(environ, start_response)
        copy = ready.copy_for(environ)
        if ready.is_known(environ, copy):
            start_response("304 NOT MODIFIED", copy.unchanged[:])
            return ()
        made = made or self.hub.shelf.peek(ready.address, ready.etag)
        if made is None:  # gone from the shelf for want of room
            ready, made = self._make(address, names, environ)
            if ready is None or made is None:
                return self.app(environ, start_response)
            copy = ready.copy_for(environ)
        start_response("200 OK", copy.full[:])
        if method == "HEAD":
            return ()
        return (made.zipped if copy is ready.zipped else made.body,)

    def _make(
        self, address: str, names: dict[str, Ready], environ: WSGIEnvironment
    ) -> tuple[Ready | None, Rendered | None]:
        """Render an address; nothing for what is refused, moved or broken: the application says that in words."""
        if len(address) > LONGEST or not address.isascii() or not _PUBLIC.fullmatch(environ["PATH_INFO"]):
            return None, None
        if not self.keeper.knows(environ):
            return None, None
        try:
            made = self.hub.render(address)
        except Exception:  # noqa: BLE001 - the application meets it again, and knows what to say and log
            return None, None
        ready = Ready.of(made, self.standing)
        if len(names) >= NAMES:
            names.clear()
        # `names` belongs to the edition that was current before rendering: nothing older gets into a newer one.
        names[address] = ready
        return ready, made

    def _look(self) -> None:
        """Forget all names when something was published or the day changed; one thread looks, others go on."""
        if not self._looking.acquire(blocking=False):
            return
        try:
            began = time.monotonic()
            edition = (self.hub.publication_counter(), self.hub.today().isoformat())
            if edition != self._edition:
                self._names, self._edition = {}, edition
            self._look_at = began + LOOK
        except Exception:  # noqa: BLE001
            # The database does not answer: what was public before still is, and is looked at again in a second.
            self._look_at = time.monotonic() + 1.0
            _log.warning("The shelf cannot see whether something was published", exc_info=True)
        finally:
            self._looking.release()


def with_shelf(app: WSGIApplication, hub: Hub) -> WSGIApplication:
    """The application with the shelf in front; for servers, not for tests of pages."""
    return ShelfFront(app, hub)
