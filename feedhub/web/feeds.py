"""Sends the bytes that `hub.render` makes: feeds, calendars, exports. Never makes any, never sets a cookie."""

from __future__ import annotations

import gzip
from email.utils import format_datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request
from werkzeug.datastructures import ETags, Headers
from werkzeug.http import parse_date

from feedhub.errors import FeedhubError
from feedhub.web.context import the_hub
from feedhub.web.errors import plain
from feedhub.web.security import FOR_ALL

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

bp = Blueprint("feeds", __name__)

_SMALL = 860  # bytes; below one packet compression gains nothing


class Unchanged(Response):
    """A 304 that keeps Last-Modified: werkzeug takes it off as an entity header, caches want it (RFC 9110, 15.4.5)."""

    default_status = 304

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        """The headers as werkzeug makes them, and Last-Modified again."""
        headers = super().get_wsgi_headers(environ)
        headers["Last-Modified"] = self.headers["Last-Modified"]
        return headers


@bp.get("/feeds/<path:name>")
@bp.get("/feeds.opml")
@bp.get("/calendar.ics")
@bp.get("/notices/<notice_id>.<any(json,ics,atom):kind>")
@bp.get("/api/v1/notices")
@bp.get("/api/v1/announcements")
@bp.get("/ocds/releases.json")
def rendered(**_: str) -> Response:
    """One public address as bytes; conditional, compressed once, the same for everybody."""
    query = request.query_string.decode("ascii", "replace")
    made = the_hub().render(f"{request.path}?{query}" if query else request.path)
    if made.location:
        response = Response(status=made.status, headers={"Location": made.location})
        response.headers["Cache-Control"] = FOR_ALL
        return response
    body, etag, zipped = made.body, made.etag, False
    if request.accept_encodings.quality("gzip") > 0 and len(body) >= _SMALL:
        body, etag, zipped = _zipped(made.etag, made.body), f"{made.etag}-gzip", True
    modified = made.last_modified.replace(microsecond=0)
    response = Response(body, status=made.status, content_type=made.content_type)
    if made.status == 200 and _unchanged(etag, modified.timestamp()):
        response = Unchanged()
    elif zipped:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(etag)
    response.headers["Last-Modified"] = format_datetime(modified, usegmt=True)
    response.headers["Cache-Control"] = FOR_ALL
    if made.links:
        response.headers["Link"] = ", ".join(f'<{href}>; rel="{rel}"' for rel, href in made.links)
    return response


@lru_cache(maxsize=128)
def _zipped(etag: str, body: bytes) -> bytes:
    """The compressed twin, made once per version with no time in it, so equal bytes stay equal."""
    _ = etag
    return gzip.compress(body, 6, mtime=0)


def _unchanged(etag: str, modified: float) -> bool:
    """Whether the client has this version: If-None-Match wins over If-Modified-Since (RFC 9110, section 13.2.2)."""
    wanted: ETags = request.if_none_match
    if "If-None-Match" in request.headers:
        return wanted.contains_weak(etag)
    since = parse_date(request.headers.get("If-Modified-Since"))
    return since is not None and modified <= since.timestamp()


@bp.after_request
def open_to_all(response: Response) -> Response:
    """Any page on the web may read public data, and caches keep one copy an encoding."""
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = "ETag, Last-Modified, Link"
    headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
    headers["Access-Control-Allow-Headers"] = "If-None-Match, If-Modified-Since, Accept"
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    headers["Vary"] = "Accept-Encoding"
    return response


@bp.errorhandler(FeedhubError)
def refuse(error: FeedhubError) -> Response:
    """A sentence in plain text: feed readers show it as it is."""
    return plain(error)
